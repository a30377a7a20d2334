/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantiles of weighted curves and subdistribution hazards with covariates: R (scripts/references/adjusted_times.R), laws. */
#include "compare/adjusted_quantile.h"

#include "tests/pipeline/compare/adjusted_people.h"

#define TIMES(list) \
    "compare: [{outcomes: [relapse], measures: [quantile_time, subhazard_ratio, risk_difference], at: [60], quantiles: [0.25, 0.5, 0.99], " \
    "adjust: [" list "]}]\n"

static size_t quantile_row(const struct table *t, const char *adjustment, const char *arm, const char *p)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "measure", i, "quantile_time") && text_is(t, "adjustment", i, adjustment) && text_is(t, "arm", i, arm) &&
            text_is(t, "term", i, p))
            return i;
    fail_msg("no quantile %s of %s under %s", p, arm, adjustment);
    return 0;
}

static void assert_same(double a, double b)
{
    if (isnan(a) || isnan(b))
        assert_true(isnan(a) && isnan(b));
    else
        assert_near(a, b, 0); /* days of the source */
}

static void check_quantiles(const char *cohort, const char *low, const char *high)
{
    static const char *const designs[] = {"iptw", "overlap"}, *const arms[] = {"iop", "inpatient"}, *const shares[] = {"0.25", "0.5"};
    struct reference *answers = reference_read("tests/reference/adjusted_times.csv");
    struct small_comparison c = adjusted_compare(cohort, COMPETING, TIMES("iptw, overlap"));

    assert_non_null(answers);
    assert_true(answers->n_rows == 9);
    for (size_t k = 0; k < 8; k++) {
        const size_t row = quantile_row(c.a.estimates, designs[k / 4], arms[k / 2 % 2], shares[k % 2]);
        assert_same(adjusted_number(c.a.estimates, row, "estimate"), reference_value(answers, k, "estimate"));
        assert_same(adjusted_number(c.a.estimates, row, "conf_low"), reference_value(answers, k, low));
        assert_same(adjusted_number(c.a.estimates, row, "conf_high"), reference_value(answers, k, high));
        assert_true(text_is(c.a.estimates, "estimand", row, k < 4 ? "ate" : "ato"));
    }
    small_release(&c);
    reference_free(answers);
}

static void test_quantiles_and_limits_are_those_of_stacked_equations(void **state)
{
    (void)state;
    check_quantiles(ADJUSTED_COHORT, "low", "high");
}

static void test_limits_within_clusters_are_those_of_stacked_equations(void **state)
{
    (void)state;
    check_quantiles(CLUSTERED, "clustered_low", "clustered_high");
}

/* A propensity that knows nothing leaves the curve as it is, and with it the day. */
static void test_without_a_covariate_that_tells_something_the_day_is_that_of_the_curve(void **state)
{
    (void)state;
    char lines[8192], *to = lines;

    for (int i = 0; i < 90; i++)
        to += sprintf(to, "%d,%d,,%d,1,40,1\n", 1 + i % 2, 1 + i * 37 % 89, i % 5 > 1);
    struct small_comparison c = small_compare(ADJUSTED_COHORT, COMPETING, TIMES("iptw"), lines);
    const char *const arms[] = {"iop", "inpatient"};

    for (size_t k = 0; k < 2; k++) {
        const size_t plain = quantile_row(c.a.estimates, "unadjusted", arms[k], "0.5"),
                     weighted = quantile_row(c.a.estimates, "iptw", arms[k], "0.5");
        assert_same(adjusted_number(c.a.estimates, weighted, "estimate"), adjusted_number(c.a.estimates, plain, "estimate"));
        assert_same(adjusted_number(c.a.estimates, weighted, "n_event"), adjusted_number(c.a.estimates, plain, "n_event"));
    }
    small_release(&c);
}

static bool has_note(const struct table *t, size_t row, const char *words)
{
    size_t n;
    const char *text = column_text(table_column(t, "note"), row, &n);

    return memmem(text, n, words, strlen(words)) != NULL;
}

static void test_what_has_no_quantile_says_why(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING, TIMES("iptw, regression, doubly_robust"));

    assert_true(has_note(c.a.estimates, quantile_row(c.a.estimates, "iptw", "iop", "0.99"), "the weighted curve of arm iop does not come down"));
    assert_true(has_note(c.a.estimates, quantile_row(c.a.estimates, "regression", "iop", "0.5"), "overlap and iptw have one"));
    assert_true(has_note(c.a.estimates, quantile_row(c.a.estimates, "doubly_robust", "iop", "0.5"), "overlap and iptw have one"));
    small_release(&c);
}

/* ---- subdistribution hazards ------------------------------------------------------------------------------- */

static void test_the_conditional_subhazard_ratio_is_that_of_cmprsk(void **state)
{
    (void)state;
    struct reference *answers = reference_read("tests/reference/adjusted_times.csv");
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING, TIMES("regression"));
    const size_t row = adjusted_row(c.a.estimates, "regression", "subhazard_ratio", "iop", "inpatient", NAN);

    assert_near(log(adjusted_number(c.a.estimates, row, "estimate")), reference_value(answers, 8, "estimate"), 1e-7);
    assert_near(adjusted_number(c.a.estimates, row, "std_error"), reference_value(answers, 8, "low"), 1e-6);
    assert_true(text_is(c.a.estimates, "status", row, "shown"));
    small_release(&c);
    reference_free(answers);
}

static void test_a_row_of_two_people_counts_twice(void **state)
{
    (void)state;
    char once[8192], twice[16384], *one = once, *two = twice;

    for (int i = 0; i < 60; i++) {
        const int arm = 1 + i % 2, days = 1 + i * 37 % 59, what = i * 5 % 7 % 3, age = 30 + i * 7 % 31, sex = 1 + i % 3 % 2;
        one += sprintf(one, "%d,%d,,%d,2,%d,%d\n", arm, days, what, age, sex);
        for (int k = 0; k < 2; k++)
            two += sprintf(two, "%d,%d,,%d,1,%d,%d\n", arm, days, what, age, sex);
    }
    struct small_comparison a = small_compare_counted(", weight: n", ADJUSTED_COHORT, COMPETING, TIMES("regression, iptw"), once, 2),
                            b = small_compare(ADJUSTED_COHORT, COMPETING, TIMES("regression, iptw"), twice);
    assert_int_equal(a.status, 0);
    const size_t i = adjusted_row(a.a.estimates, "regression", "subhazard_ratio", "iop", "inpatient", NAN),
                 j = adjusted_row(b.a.estimates, "regression", "subhazard_ratio", "iop", "inpatient", NAN),
                 p = quantile_row(a.a.estimates, "iptw", "iop", "0.25"), q = quantile_row(b.a.estimates, "iptw", "iop", "0.25");

    assert_near(adjusted_number(a.a.estimates, i, "estimate"), adjusted_number(b.a.estimates, j, "estimate"), 1e-12);
    assert_near(adjusted_number(a.a.estimates, i, "std_error"), adjusted_number(b.a.estimates, j, "std_error"), 1e-12);
    assert_same(adjusted_number(a.a.estimates, p, "conf_low"), adjusted_number(b.a.estimates, q, "conf_low"));
    small_release(&a);
    small_release(&b);
}

/* scripts/references/weighted_subhazard.R: ratios as crr() has them of copies, errors from whole refits. */
static void check_weighted(const char *cohort, const char *error)
{
    static const char *const designs[] = {"iptw", "att", "overlap"};
    struct reference *answers = reference_read("tests/reference/weighted_subhazard.csv");
    struct small_comparison c = adjusted_compare(cohort, COMPETING, TIMES("iptw, att, overlap"));

    assert_non_null(answers);
    for (size_t k = 0; k < 3; k++) {
        const size_t row = adjusted_row(c.a.estimates, designs[k], "subhazard_ratio", "iop", "inpatient", NAN);
        assert_near(log(adjusted_number(c.a.estimates, row, "estimate")), reference_value(answers, k, "value"), 1e-10);
        assert_near(adjusted_number(c.a.estimates, row, "std_error"), reference_value(answers, k, error), 1e-7);
        assert_near(adjusted_number(c.a.estimates, row, "n"), 160, 0);
    }
    reference_free(answers);
    small_release(&c);
}

static void test_weighted_subhazard_ratios_and_errors_are_those_of_whole_refits(void **state)
{
    (void)state;
    check_weighted(ADJUSTED_COHORT, "error");
    check_weighted(CLUSTERED, "clustered");
}

/* Without a covariate that tells something weights leave the plain ratio; matches are whole people. */
static void test_weights_that_tell_nothing_leave_the_plain_ratio(void **state)
{
    (void)state;
    char lines[16384], *to = lines;

    for (int i = 0; i < 200; i++)
        to += sprintf(to, "%d,%d,,%d,1,40,1\n", 1 + i % 2, 1 + i * 37 % 101, i % 5 > 2 ? 0 : 1 + i % 3 / 2);
    struct small_comparison c = small_compare(ADJUSTED_COHORT, COMPETING, TIMES("overlap, iptw, match"), lines);
    const double plain = adjusted_number(c.a.estimates, adjusted_row(c.a.estimates, "unadjusted", "subhazard_ratio", "iop", "inpatient", NAN),
                                         "estimate");
    static const char *const designs[] = {"overlap", "iptw", "match"};

    for (size_t k = 0; k < 3; k++)
        assert_near(adjusted_number(c.a.estimates, adjusted_row(c.a.estimates, designs[k], "subhazard_ratio", "iop", "inpatient", NAN),
                                    "estimate"), plain, 1e-9);
    small_release(&c);
}

static void test_what_has_no_subhazard_ratio_says_so(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING, TIMES("doubly_robust"));
    const size_t row = adjusted_row(c.a.estimates, "doubly_robust", "subhazard_ratio", "iop", "inpatient", NAN);

    assert_true(text_is(c.a.estimates, "status", row, "undefined"));
    assert_true(has_note(c.a.estimates, row, "doubly robust numbers have no ratio"));
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantiles_and_limits_are_those_of_stacked_equations),
        cmocka_unit_test(test_limits_within_clusters_are_those_of_stacked_equations),
        cmocka_unit_test(test_without_a_covariate_that_tells_something_the_day_is_that_of_the_curve),
        cmocka_unit_test(test_what_has_no_quantile_says_why),
        cmocka_unit_test(test_the_conditional_subhazard_ratio_is_that_of_cmprsk),
        cmocka_unit_test(test_a_row_of_two_people_counts_twice),
        cmocka_unit_test(test_weighted_subhazard_ratios_and_errors_are_those_of_whole_refits),
        cmocka_unit_test(test_weights_that_tell_nothing_leave_the_plain_ratio),
        cmocka_unit_test(test_what_has_no_subhazard_ratio_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
