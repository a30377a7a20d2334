/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer in one sentence, and what must be read beside it. */
#include <stdlib.h>

#include "report/answer.h"
#include "report/reading.h"
#include "report/release.h"
#include "tests/pipeline/report/results_fixture.h"
#include "tests/support/scratch.h"

static struct bundle *released(const struct fixture *fixture, int64_t threshold)
{
    char *folder = scratch_folder();
    const char *results = scratch_path(folder, "results.h5"), *path = scratch_path(folder, "released.h5");
    const struct release_request request = {.threshold = threshold};
    struct table *provenance = chain_start("report", "0123", 7);
    struct bundle *bundle;

    fixture_write(results, fixture);
    assert_int_equal(release_write(results, path, &request, provenance), 0);
    table_free(provenance);
    bundle = bundle_read(path);
    assert_non_null(bundle);
    scratch_remove(folder);
    return bundle;
}

static bool has_caveat(const struct answer *answer, const char *text)
{
    for (size_t i = 0; i < answer->n_caveats; i++)
        if (strstr(answer->caveats[i], text) != NULL)
            return true;
    return false;
}

static void test_leads_with_the_declared_question(void **state)
{
    struct bundle *bundle = released(&(struct fixture){.label = "Done"}, 0);
    struct answer answer = answer_find(bundle);

    (void)state;
    /* 61,387 / 500,000 - 161,803 / 400,000 = 0.122774 - 0.4045075 */
    assert_string_equal(words_ascii(bundle->pool, answer.sentence),
                        "Done: day 28.2 points lower than night (95 % interval -28.3 to -28.0) - inferior at a margin "
                        "of "
                        "10 points.");
    assert_string_equal(answer.verdict, "inferior");
    assert_true(has_caveat(&answer, "Made up."));
    assert_true(has_caveat(&answer, "Unadjusted"));
    bundle_free(bundle);
}

static void test_says_whether_the_study_was_registered(void **state)
{
    struct bundle *bundle = released(&(struct fixture){.label = NULL}, 0);
    struct answer answer = answer_find(bundle);

    (void)state;
    assert_true(has_caveat(&answer, "Not registered"));
    bundle_free(bundle);
    bundle = released(&(struct fixture){.registered = "osf.io/abcde"}, 0);
    answer = answer_find(bundle);
    assert_false(has_caveat(&answer, "Not registered"));
    assert_true(has_caveat(&answer, "Registered: osf.io/abcde."));
    bundle_free(bundle);
}

static void test_a_withheld_answer_says_so_and_nothing_more(void **state)
{
    struct bundle *bundle = released(&(struct fixture){.label = "Done"}, 100000);
    struct answer answer = answer_find(bundle);

    (void)state;
    assert_string_equal(answer.sentence, "Done: day v night: withheld.");
    assert_true(has_caveat(&answer, "with other counts that would give them away"));
    bundle_free(bundle);
}

static void test_an_inconclusive_verdict_is_explained(void **state)
{
    static const char *const verdicts[] = {"inferior", "non-inferior", "inconclusive"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct bundle *bundle = released(&(struct fixture){.verdict = verdicts[i]}, 0);
        struct answer answer = answer_find(bundle);

        assert_non_null(strstr(answer.sentence, verdicts[i]));
        assert_int_equal(has_caveat(&answer, "cannot tell"), i == 2);
        bundle_free(bundle);
    }
}

static void test_a_number_that_does_not_exist_is_not_estimable(void **state)
{
    struct bundle *bundle = released(&(struct fixture){.label = "Done"}, 0);

    (void)state;
    assert_string_equal(reading_value(bundle, bundle->estimates, 3), "not estimable");
    assert_string_equal(reading_interval(bundle, bundle->estimates, 3), WORDS_NOTHING);
    assert_string_equal(answer_comparison(bundle, bundle->estimates, 3), "day v night: not estimable");
    assert_int_equal(reading_verdict_of(bundle, 3), NO_ROW);
    assert_int_equal(reading_verdict_of(bundle, 2), 0);
    assert_int_equal(reading_estimate_of(bundle, 0), 2);
    bundle_free(bundle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leads_with_the_declared_question),
        cmocka_unit_test(test_says_whether_the_study_was_registered),
        cmocka_unit_test(test_a_withheld_answer_says_so_and_nothing_more),
        cmocka_unit_test(test_an_inconclusive_verdict_is_explained),
        cmocka_unit_test(test_a_number_that_does_not_exist_is_not_estimable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
