/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Risk ratios by modified Poisson regression: sandwich and whole refits in R (scripts/references/modified_poisson.R), laws. */
#include "compare/adjusted_poisson.h"

#include "tests/pipeline/compare/adjusted_people.h"

#define YES "outcomes: {relapse: {event: \"what == 1\", event_is: bad}}\n"
#define YES_OR_NO "compare: [{outcomes: [relapse], measures: [risk_ratio, odds_ratio], adjust: [modified_poisson]}]\n"

static void check_row(const struct table *estimates, double time, size_t answer, const char *error)
{
    struct reference *answers = reference_read("tests/reference/modified_poisson.csv");
    const size_t row = adjusted_row(estimates, "modified_poisson", "risk_ratio", "iop", "inpatient", time);

    assert_non_null(answers);
    assert_near(log(adjusted_number(estimates, row, "estimate")), reference_value(answers, answer, "value"), 1e-10);
    assert_near(adjusted_number(estimates, row, "std_error"), reference_value(answers, answer, error), answer == 0 ? 1e-10 : 1e-8);
    reference_free(answers);
}

static void check_both(const char *cohort, const char *error)
{
    struct small_comparison plain = adjusted_compare(cohort, YES, YES_OR_NO),
                            timed = adjusted_compare(cohort, COMPETING, ADJUST("modified_poisson"));

    check_row(plain.a.estimates, NAN, 0, error);
    check_row(timed.a.estimates, 60, 1, error);
    small_release(&plain);
    small_release(&timed);
}

static void test_ratios_and_errors_are_those_of_sandwich_and_of_whole_refits(void **state)
{
    (void)state;
    check_both(ADJUSTED_COHORT, "error");
}

static void test_errors_within_clusters_are_those_of_sandwich_and_of_whole_refits(void **state)
{
    (void)state;
    check_both(CLUSTERED, "clustered");
}

static void test_it_has_risk_ratios_alone(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING, ADJUST("modified_poisson"));
    size_t n = 0;

    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        if (text_is(c.a.estimates, "adjustment", i, "modified_poisson")) {
            assert_true(text_is(c.a.estimates, "measure", i, "risk_ratio"));
            n++;
        }
    assert_int_equal(n, 2);
    small_release(&c);
}

/* A covariate that is the same for all leaves the plain ratio, and its error is Katz's. */
static void test_without_a_covariate_that_tells_something_it_is_the_plain_ratio(void **state)
{
    (void)state;
    char lines[8192], *to = lines;

    for (int i = 0; i < 120; i++)
        to += sprintf(to, "%d,5,,%d,1,40,1\n", 1 + i % 3 % 2, i % 7 == 0 || (i % 3 == 1 && i % 2 == 0));
    struct small_comparison c = small_compare(ADJUSTED_COHORT, YES, YES_OR_NO, lines);
    const size_t plain = adjusted_row(c.a.estimates, "unadjusted", "risk_ratio", "iop", "inpatient", NAN),
                 poisson = adjusted_row(c.a.estimates, "modified_poisson", "risk_ratio", "iop", "inpatient", NAN);

    assert_near(adjusted_number(c.a.estimates, poisson, "estimate"), adjusted_number(c.a.estimates, plain, "estimate"), 1e-12);
    assert_near(adjusted_number(c.a.estimates, poisson, "std_error"), adjusted_number(c.a.estimates, plain, "std_error"), 1e-12);
    assert_true(adjusted_number(c.a.estimates, plain, "std_error") > 0.1);
    small_release(&c);
}

static void test_a_row_of_many_is_as_many_rows(void **state)
{
    (void)state;
    char once[8192], often[32768], *one = once, *more = often;

    for (int i = 0; i < 80; i++) {
        const int copies = 1 + i % 4, arm = 1 + i % 2, what = i % 5 < 2 + (i % 2), age = 30 + i * 7 % 31, sex = 1 + i % 3 % 2;
        one += sprintf(one, "%d,5,,%d,%d,%d,%d\n", arm, what, copies, age, sex);
        for (int k = 0; k < copies; k++)
            more += sprintf(more, "%d,5,,%d,1,%d,%d\n", arm, what, age, sex);
    }
    struct small_comparison counted = small_compare_counted(", weight: n", ADJUSTED_COHORT, YES, YES_OR_NO, once, 2),
                            copied = small_compare(ADJUSTED_COHORT, YES, YES_OR_NO, often);
    assert_int_equal(counted.status, 0);
    const size_t a = adjusted_row(counted.a.estimates, "modified_poisson", "risk_ratio", "iop", "inpatient", NAN),
                 b = adjusted_row(copied.a.estimates, "modified_poisson", "risk_ratio", "iop", "inpatient", NAN);

    assert_near(adjusted_number(counted.a.estimates, a, "estimate"), adjusted_number(copied.a.estimates, b, "estimate"), 1e-12);
    assert_near(adjusted_number(counted.a.estimates, a, "std_error"), adjusted_number(copied.a.estimates, b, "std_error"), 1e-12);
    small_release(&counted);
    small_release(&copied);
}

static void test_what_does_not_exist_says_why(void **state)
{
    (void)state;
    char lines[8192], *to = lines;

    for (int i = 0; i < 60; i++)
        to += sprintf(to, "%d,5,,%d,1,%d,%d\n", 1 + i % 2, i % 2 == 1 && i % 5 < 2, 30 + i * 7 % 31, 1 + i % 3 % 2);
    struct small_comparison c = small_compare(ADJUSTED_COHORT, YES, YES_OR_NO, lines);
    const size_t row = adjusted_row(c.a.estimates, "modified_poisson", "risk_ratio", "iop", "inpatient", NAN);

    assert_true(text_is(c.a.estimates, "status", row, "undefined"));
    assert_true(text_is(c.a.estimates, "note", row, "no events in arm iop"));
    small_release(&c);
}

static void test_few_events_are_flagged(void **state)
{
    (void)state;
    char lines[8192], *to = lines;

    for (int i = 0; i < 60; i++)
        to += sprintf(to, "%d,5,,%d,1,%d,%d\n", 1 + i % 2, i % 11 == 0, 30 + i * 7 % 31, 1 + i % 3 % 2);
    struct small_comparison c = small_compare(ADJUSTED_COHORT, YES, YES_OR_NO, lines);
    const size_t row = adjusted_row(c.a.estimates, "modified_poisson", "risk_ratio", "iop", "inpatient", NAN);

    assert_true(text_is(c.a.estimates, "status", row, "flagged"));
    assert_true(adjusted_number(c.a.estimates, row, "estimate") > 0);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ratios_and_errors_are_those_of_sandwich_and_of_whole_refits),
        cmocka_unit_test(test_errors_within_clusters_are_those_of_sandwich_and_of_whole_refits),
        cmocka_unit_test(test_it_has_risk_ratios_alone),
        cmocka_unit_test(test_without_a_covariate_that_tells_something_it_is_the_plain_ratio),
        cmocka_unit_test(test_a_row_of_many_is_as_many_rows),
        cmocka_unit_test(test_what_does_not_exist_says_why),
        cmocka_unit_test(test_few_events_are_flagged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
