/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/side_by_side.h"

#include "base/fail.h"
#include "base/table_pack.h"
#include "tests/pipeline/compare/adjusted_people.h"
#include "tests/support/scratch.h"

#define TWO_OUTCOMES \
    "outcomes:\n  relapse: {time: days, event: \"what == 1\", competing: {death: \"what == 2\"}, event_is: bad}\n" \
    "  death: {time: days, event: \"what == 2\", event_is: bad}\n"
#define SEVERAL_PARTS \
    "compare:\n  - {outcomes: [relapse, death], measures: [risk_difference, rmst_difference, hazard_ratio], at: [30], tau: 80,\n" \
    "     adjust: [iptw, regression], models: [{cox: \"arm + age + sex\"}], subgroups: [sex]}\n"

static void pack_all(struct analyses *a, struct pack *pack)
{
    for (size_t i = 0; i < ANALYSES_PARTS; i++)
        table_pack(pack, *analyses_part(a, i));
    assert_false(pack->broken);
}

/* What was said, without the name of the scratch folder. */
static char *said_of(const char *text)
{
    static const char folder[] = "stepdown-test-";
    char *const said = strdup(text);

    assert_non_null(said);
    for (char *at = said; (at = strstr(at, folder)) != NULL; at += sizeof folder - 1)
        memset(at + sizeof folder - 1, '-', 6);
    return said;
}

/* Fifteen events of relapse and few deaths, so that models warn. */
static void test_tables_and_warnings_do_not_depend_on_the_number_of_threads(void **state)
{
    (void)state;
    char *const lines = adjusted_lines("tests/reference/adjusted_people.csv");
    struct pack pack[2] = {{0}};
    char *said[2];

    for (int k = 0; k < 2; k++) {
        capture_start();
        struct small_comparison c = small_compare_counted("", ADJUSTED_COHORT, TWO_OUTCOMES, SEVERAL_PARTS, lines, 1 + 3 * k);
        said[k] = said_of(capture_end());
        assert_int_equal(c.status, 0);
        pack_all(&c.a, &pack[k]);
        small_release(&c);
    }
    assert_non_null(strstr(said[0], "warning: "));
    assert_non_null(strchr(strchr(said[0], '\n') + 1, '\n')); /* two or more, whose order could differ */
    assert_string_equal(said[0], said[1]);
    assert_int_equal(pack[0].n, pack[1].n);
    assert_memory_equal(pack[0].bytes, pack[1].bytes, pack[0].n);
    for (int k = 0; k < 2; k++) {
        pack_free(&pack[k]);
        free(said[k]);
    }
    free(lines);
}

static int start_none(const struct analyses_input *input, struct analyses *a)
{
    (void)input;
    *a = (struct analyses){0};
    for (size_t i = 0; i < ANALYSES_PARTS; i++)
        if ((*analyses_part(a, i) = table_alloc("part", "A part")) == NULL)
            return -1;
    return 0;
}

static int fail_from_the_third(void *context, size_t part, struct analyses *made)
{
    (void)context;
    (void)made;
    warn("part %zu", part);
    return part >= 2 ? (fail)("part %zu fails", part) : 0;
}

static void test_the_first_part_that_fails_is_told_and_no_later_one(void **state)
{
    (void)state;
    static const size_t begin[] = {3, 2, 1, 0};
    struct table *const cohort = table_alloc("people", "People");

    assert_non_null(cohort);
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        const struct analyses_input input = {.cohort = cohort, .n_threads = n_threads};
        const struct side_by_side parts = {&input, start_none, fail_from_the_third, NULL, 4, begin};
        struct analyses into;
        assert_int_equal(start_none(&input, &into), 0);
        capture_start();
        assert_int_equal(side_by_side_run(&parts, &into), -1);
        assert_string_equal(capture_end(), "warning: part 0\nwarning: part 1\nwarning: part 2\nerror: part 2 fails\n");
        analyses_free(&into);
    }
    table_free(cohort);
}

static void test_every_part_has_two_threads_where_there_are_two(void **state)
{
    (void)state;
    struct table *const cohort = table_alloc("people", "People");
    const struct {
        int n_threads, expected;
    } cases[] = {{1, 1}, {2, 2}, {3, 2}, {8, 2}, {16, 4}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct analyses_input input = {.cohort = cohort, .n_threads = cases[i].n_threads};
        assert_int_equal(side_by_side_threads(&input, 4), cases[i].expected);
        assert_int_equal(side_by_side_threads(&input, 1), cases[i].n_threads);
    }
    table_free(cohort);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_and_warnings_do_not_depend_on_the_number_of_threads),
        cmocka_unit_test(test_the_first_part_that_fails_is_told_and_no_later_one),
        cmocka_unit_test(test_every_part_has_two_threads_where_there_are_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
