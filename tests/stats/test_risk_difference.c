/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/risk_difference.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/distribution.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

static struct risk_difference interval(const struct two_by_two *table, enum risk_difference_method method)
{
    struct risk_difference result;

    assert_int_equal(risk_difference_interval(table, method, 0.95, &result), GSL_SUCCESS);
    return result;
}

static void assert_within(double actual, double expected, double absolute)
{
    if (!(fabs(actual - expected) <= absolute))
        print_error("%.17g is not %.17g within %g\n", actual, expected, absolute);
    assert_true(fabs(actual - expected) <= absolute);
}

static void test_limits_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/proportion_tables.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct two_by_two t = {reference_count(r, i, "x1"), reference_count(r, i, "n1"),
                                     reference_count(r, i, "x0"), reference_count(r, i, "n0")};
        const struct risk_difference newcombe = interval(&t, RISK_DIFFERENCE_NEWCOMBE);
        const struct risk_difference mn = interval(&t, RISK_DIFFERENCE_MN), wald = interval(&t, RISK_DIFFERENCE_WALD);

        assert_within(newcombe.estimate, reference_value(r, i, "rd"), 1e-15);
        assert_within(newcombe.conf_low, reference_value(r, i, "newcombe_low"), 1e-14);
        assert_within(newcombe.conf_high, reference_value(r, i, "newcombe_high"), 1e-14);
        assert_within(wald.conf_low, reference_value(r, i, "wald_low"), 1e-14);
        assert_within(wald.conf_high, reference_value(r, i, "wald_high"), 1e-14);
        /* the reference takes the cubic's closed form, which has fewer digits than our halving */
        assert_within(mn.conf_low, reference_value(r, i, "mn_low"), 1e-10);
        assert_within(mn.conf_high, reference_value(r, i, "mn_high"), 1e-10);
    }
    reference_free(r);
}

static void test_matches_published_limits(void **state)
{
    const struct two_by_two made_up = {84, 154, 79, 139}, start = {386, 529, 339, 740};
    struct risk_difference d = interval(&made_up, RISK_DIFFERENCE_NEWCOMBE);

    (void)state;
    assert_within(d.conf_low, -0.134758, 5e-7);
    assert_within(d.conf_high, 0.090104, 5e-7);
    d = interval(&made_up, RISK_DIFFERENCE_MN);
    assert_within(d.conf_low, -0.135800, 5e-7);
    assert_within(d.conf_high, 0.090893, 5e-7);
    /* START: methadone v buprenorphine, retained 24 weeks */
    d = interval(&start, RISK_DIFFERENCE_NEWCOMBE);
    assert_near(d.estimate, 0.271570530833291, 1e-14);
    assert_near(d.conf_low, 0.218183893568948, 1e-13);
    assert_near(d.conf_high, 0.322257218596181, 1e-13);
}

static void test_newcombe_reproduces_his_table(void **state)
{
    /* Newcombe 1998, table II, examples (a), (d), (f), (h) by his method 10. */
    const struct {
        struct two_by_two table;
        double low, high;
    } published[] = {{{56, 70, 48, 80}, 0.0524, 0.3339},
                     {{5, 56, 0, 29}, -0.0381, 0.1926},
                     {{0, 10, 0, 20}, -0.1611, 0.2775},
                     {{10, 10, 0, 10}, 0.6075, 1.0000}};

    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        const struct risk_difference d = interval(&published[i].table, RISK_DIFFERENCE_NEWCOMBE);

        assert_within(d.conf_low, published[i].low, 5.1e-5);
        assert_within(d.conf_high, published[i].high, 5.1e-5);
    }
}

static void test_short_term_residential_completes_more_often(void **state)
{
    /* TEDS 2004: intensive outpatient v short-term residential, -23.8 points (-24.3, -23.4). */
    const struct two_by_two teds = {43119, 114440, 48222, 78423};
    const struct risk_difference d = interval(&teds, RISK_DIFFERENCE_NEWCOMBE);

    (void)state;
    assert_within(100 * d.estimate, -23.8, 0.05);
    assert_within(100 * d.conf_low, -24.3, 0.05);
    assert_within(100 * d.conf_high, -23.4, 0.05);
}

static void test_exchanging_arms_or_outcome_turns_the_interval_round(void **state)
{
    const struct two_by_two tables[] = {{17, 40, 9, 51}, {0, 12, 3, 9}, {12, 12, 0, 30}, {0, 5, 0, 8}, {6, 6, 9, 9}};

    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const struct two_by_two t = tables[i];
        const struct two_by_two arms = {t.reference_event, t.reference_n, t.arm_event, t.arm_n};
        const struct two_by_two outcome = {t.arm_n - t.arm_event, t.arm_n, t.reference_n - t.reference_event,
                                           t.reference_n};

        for (int method = RISK_DIFFERENCE_NEWCOMBE; method <= RISK_DIFFERENCE_WALD; method++) {
            const struct risk_difference a = interval(&t, (enum risk_difference_method)method);
            const struct risk_difference b = interval(&arms, (enum risk_difference_method)method);
            const struct risk_difference c = interval(&outcome, (enum risk_difference_method)method);

            assert_within(a.conf_low, -b.conf_high, 1e-14);
            assert_within(a.conf_low, -c.conf_high, 1e-14);
            assert_within(a.conf_high, -b.conf_low, 1e-14);
            assert_true(a.conf_low >= -1 && a.conf_low <= a.estimate && a.estimate <= a.conf_high && a.conf_high <= 1);
        }
    }
}

static void test_equal_risks_differ_by_exactly_nothing(void **state)
{
    const struct two_by_two table = {1, 3, 7, 21};

    (void)state;
    assert_true(interval(&table, RISK_DIFFERENCE_WALD).estimate == 0);
}

static void test_score_limits_are_where_the_score_test_turns(void **state)
{
    const struct two_by_two table = {84, 154, 79, 139};
    const struct risk_difference d = interval(&table, RISK_DIFFERENCE_MN);
    struct margin_test test;

    (void)state;
    /* Against a margin at the upper limit, non-inferiority is just significant at 2.5 % one-sided. */
    assert_int_equal(risk_difference_margin_tests(&table, RISK_DIFFERENCE_MN, d.conf_high, WORSE_IS_HIGHER, &test),
                     GSL_SUCCESS);
    assert_near(test.p_value, 0.025, 1e-12);
    assert_int_equal(risk_difference_margin_tests(&table, RISK_DIFFERENCE_MN, -d.conf_low, WORSE_IS_LOWER, &test),
                     GSL_SUCCESS);
    assert_near(test.p_value, 0.025, 1e-12);
    assert_int_equal(risk_difference_margin_tests(&table, RISK_DIFFERENCE_MN, -d.conf_low, WORSE_IS_HIGHER, &test),
                     GSL_SUCCESS);
    assert_near(test.p_value_other, 0.025, 1e-12);
}

static void test_wald_margin_tests_match_hand_computation(void **state)
{
    const struct two_by_two table = {84, 154, 79, 139};
    const double p1 = 84. / 154, p0 = 79. / 139, d = p1 - p0;
    const double se = sqrt(p1 * (1 - p1) / 154 + p0 * (1 - p0) / 139);
    struct margin_test test;

    (void)state;
    assert_int_equal(risk_difference_margin_tests(&table, RISK_DIFFERENCE_WALD, 0.1, WORSE_IS_LOWER, &test),
                     GSL_SUCCESS);
    assert_near(test.statistic, (0.1 + d) / se, 1e-13);
    assert_near(test.p_value, normal_upper_tail((0.1 + d) / se), 1e-12);
    assert_near(test.statistic_other, (0.1 - d) / se, 1e-13);
    assert_near(test.p_equivalence, test.p_value, 0);
    assert_int_equal(risk_difference_margin_tests(&table, RISK_DIFFERENCE_WALD, 0.1, WORSE_IS_HIGHER, &test),
                     GSL_SUCCESS);
    assert_near(test.statistic, (0.1 - d) / se, 1e-13);
    assert_near(test.p_equivalence, test.p_value_other, 0);
}

static void test_refuses_what_has_no_difference(void **state)
{
    const struct two_by_two no_arm = {0, 0, 1, 5}, no_reference = {1, 5, 0, 0}, bad = {6, 5, 1, 5}, none = {0, 5, 0, 5};
    const struct two_by_two good = {1, 5, 2, 5};
    struct risk_difference d;
    struct margin_test test;

    (void)state;
    assert_int_equal(risk_difference_interval(&no_arm, RISK_DIFFERENCE_MN, 0.95, &d), GSL_EDOM);
    assert_true(isnan(d.estimate) && isnan(d.std_error) && isnan(d.conf_low) && isnan(d.conf_high));
    assert_int_equal(risk_difference_interval(&no_reference, RISK_DIFFERENCE_WALD, 0.95, &d), GSL_EDOM);
    assert_int_equal(risk_difference_interval(&bad, RISK_DIFFERENCE_NEWCOMBE, 0.95, &d), GSL_EINVAL);
    assert_int_equal(risk_difference_interval(&good, RISK_DIFFERENCE_NEWCOMBE, 1, &d), GSL_EINVAL);
    assert_int_equal(risk_difference_interval(&good, (enum risk_difference_method)7, 0.95, &d), GSL_EINVAL);
    assert_int_equal(risk_difference_margin_tests(&bad, RISK_DIFFERENCE_MN, 0.1, WORSE_IS_HIGHER, &test), GSL_EINVAL);
    assert_int_equal(risk_difference_margin_tests(&good, RISK_DIFFERENCE_MN, 0, WORSE_IS_HIGHER, &test), GSL_EINVAL);
    assert_int_equal(risk_difference_margin_tests(&good, RISK_DIFFERENCE_MN, 1, WORSE_IS_HIGHER, &test), GSL_EINVAL);
    assert_int_equal(risk_difference_margin_tests(&good, RISK_DIFFERENCE_MN, NAN, WORSE_IS_HIGHER, &test), GSL_EINVAL);
    assert_int_equal(risk_difference_margin_tests(&no_arm, RISK_DIFFERENCE_MN, 0.1, WORSE_IS_HIGHER, &test), GSL_EDOM);
    assert_int_equal(risk_difference_margin_tests(&no_reference, RISK_DIFFERENCE_WALD, 0.1, WORSE_IS_LOWER, &test),
                     GSL_EDOM);
    /* Without events Wald's variance is 0, the score variance is not. */
    assert_int_equal(risk_difference_margin_tests(&none, RISK_DIFFERENCE_WALD, 0.1, WORSE_IS_HIGHER, &test), GSL_EDOM);
    assert_true(isnan(test.statistic) && isnan(test.p_equivalence));
    assert_int_equal(risk_difference_margin_tests(&none, RISK_DIFFERENCE_MN, 0.1, WORSE_IS_HIGHER, &test), GSL_SUCCESS);
    assert_near(test.statistic, 0.1 / sqrt(0.1 * 0.9 / 5 * 10 / 9), 1e-13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_agree_with_r),
        cmocka_unit_test(test_matches_published_limits),
        cmocka_unit_test(test_newcombe_reproduces_his_table),
        cmocka_unit_test(test_short_term_residential_completes_more_often),
        cmocka_unit_test(test_exchanging_arms_or_outcome_turns_the_interval_round),
        cmocka_unit_test(test_equal_risks_differ_by_exactly_nothing),
        cmocka_unit_test(test_score_limits_are_where_the_score_test_turns),
        cmocka_unit_test(test_wald_margin_tests_match_hand_computation),
        cmocka_unit_test(test_refuses_what_has_no_difference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
