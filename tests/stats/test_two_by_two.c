/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/two_by_two.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

static struct two_by_two table_of(const struct reference *r, size_t i)
{
    return (struct two_by_two){reference_count(r, i, "x1"), reference_count(r, i, "n1"), reference_count(r, i, "x0"),
                               reference_count(r, i, "n0")};
}

static void test_ratios_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/proportion_tables.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct two_by_two table = table_of(r, i);
        struct ratio_estimate rr, or;

        if (two_by_two_risk_ratio(&table, 0.95, &rr) == GSL_SUCCESS) {
            assert_near(rr.log_estimate, reference_value(r, i, "log_rr"), 1e-11);
            assert_near(rr.std_error, reference_value(r, i, "se_rr"), 1e-11);
        } else {
            assert_true(isnan(reference_value(r, i, "log_rr")));
        }
        if (two_by_two_odds_ratio(&table, 0.95, &or) == GSL_SUCCESS) {
            assert_near(or.log_estimate, reference_value(r, i, "log_or"), 1e-11);
            assert_near(or.std_error, reference_value(r, i, "se_or"), 1e-12);
        } else {
            assert_true(isnan(reference_value(r, i, "log_or")));
        }
    }
    reference_free(r);
}

/* X:BOT, opioid relapse by week 24: 184 of 283 v 168 of 287, odds ratio 1.316 (0.938-1.848). */
static void test_matches_hand_computation(void **state)
{
    const struct two_by_two table = {.arm_event = 184, .arm_n = 283, .reference_event = 168, .reference_n = 287};
    const double z = 1.959963984540054;
    struct ratio_estimate rr, or;
    double se;

    (void)state;
    assert_int_equal(two_by_two_odds_ratio(&table, 0.95, &or), GSL_SUCCESS);
    se = sqrt(1. / 184 + 1. / 99 + 1. / 168 + 1. / 119);
    assert_near(or.estimate, 184. * 119 / (99. * 168), 1e-14);
    assert_near(or.std_error, se, 1e-14);
    assert_near(or.conf_low, or.estimate * exp(-z * se), 1e-14);
    assert_near(or.conf_high, or.estimate * exp(z * se), 1e-14);
    assert_near(or.statistic, log(or.estimate) / se, 1e-13);
    assert_near(or.p_value, erfc(or.statistic / sqrt(2)), 1e-13);
    assert_near(or.conf_low, 0.938, 5e-4);
    assert_near(or.conf_high, 1.848, 5e-4);

    assert_int_equal(two_by_two_risk_ratio(&table, 0.95, &rr), GSL_SUCCESS);
    assert_near(rr.estimate, (184. / 283) / (168. / 287), 1e-14);
    assert_near(rr.std_error, sqrt(1. / 184 - 1. / 283 + 1. / 168 - 1. / 287), 1e-13);
    assert_int_equal(rr.empty, TWO_BY_TWO_FULL);
}

static void test_exchanged_arms_give_the_inverse_ratio(void **state)
{
    const struct two_by_two table = {17, 40, 9, 51}, exchanged = {9, 51, 17, 40};
    struct ratio_estimate a, b;

    (void)state;
    two_by_two_odds_ratio(&table, 0.9, &a);
    two_by_two_odds_ratio(&exchanged, 0.9, &b);
    assert_near(a.estimate * b.estimate, 1, 1e-14);
    assert_near(a.conf_low * b.conf_high, 1, 1e-14);
    two_by_two_risk_ratio(&table, 0.9, &a);
    two_by_two_risk_ratio(&exchanged, 0.9, &b);
    assert_near(a.conf_high * b.conf_low, 1, 1e-14);
}

static void test_a_missing_ratio_names_its_empty_cell(void **state)
{
    const struct {
        struct two_by_two table;
        enum two_by_two_cell odds, risk;
    } cases[] = {
        {{0, 0, 3, 7}, TWO_BY_TWO_NO_ARM, TWO_BY_TWO_NO_ARM},
        {{3, 7, 0, 0}, TWO_BY_TWO_NO_REFERENCE, TWO_BY_TWO_NO_REFERENCE},
        {{0, 7, 3, 7}, TWO_BY_TWO_ARM_NO_EVENT, TWO_BY_TWO_ARM_NO_EVENT},
        {{0, 7, 0, 7}, TWO_BY_TWO_ARM_NO_EVENT, TWO_BY_TWO_ARM_NO_EVENT},
        {{3, 7, 0, 7}, TWO_BY_TWO_REFERENCE_NO_EVENT, TWO_BY_TWO_REFERENCE_NO_EVENT},
        {{7, 7, 0, 7}, TWO_BY_TWO_REFERENCE_NO_EVENT, TWO_BY_TWO_REFERENCE_NO_EVENT},
        {{7, 7, 3, 7}, TWO_BY_TWO_ARM_ALL_EVENT, TWO_BY_TWO_FULL},
        {{3, 7, 7, 7}, TWO_BY_TWO_REFERENCE_ALL_EVENT, TWO_BY_TWO_FULL},
        {{7, 7, 5, 5}, TWO_BY_TWO_ARM_ALL_EVENT, TWO_BY_TWO_ARM_ALL_EVENT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ratio_estimate result;

        assert_int_equal(two_by_two_odds_ratio(&cases[i].table, 0.95, &result), GSL_EDOM);
        assert_int_equal(result.empty, cases[i].odds);
        assert_true(isnan(result.estimate) && isnan(result.conf_low) && isnan(result.p_value));
        assert_int_equal(two_by_two_risk_ratio(&cases[i].table, 0.95, &result),
                         cases[i].risk == TWO_BY_TWO_FULL ? GSL_SUCCESS : GSL_EDOM);
        assert_int_equal(result.empty, cases[i].risk);
    }
}

static void test_chi_square_agrees_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/proportion_tables.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct two_by_two t = table_of(r, i);
        const int64_t x[] = {t.arm_event, t.reference_event}, n[] = {t.arm_n, t.reference_n};
        struct chi_square_test test;

        assert_int_equal(two_by_two_chi_square(x, n, 2, &test), GSL_SUCCESS);
        /* R subtracts rounded expected counts: where little is left, so are few of its digits */
        assert_true(fabs(test.statistic - reference_value(r, i, "chi2")) <= 1e-12 * fmax(1, test.statistic));
        if (reference_value(r, i, "p") > 1e-300)
            assert_true(fabs(test.p_value / reference_value(r, i, "p") - 1) <= 1e-9);
        assert_int_equal(test.df, 1);
    }
    reference_free(r);
}

static void test_chi_square_of_several_arms_agrees_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/proportion_arms.csv");
    size_t first = 0;

    (void)state;
    assert_non_null(r);
    for (size_t i = 1; i <= r->n_rows; i++) {
        int64_t x[16], n[16];
        struct chi_square_test test;

        if (i < r->n_rows && reference_value(r, i, "set") == reference_value(r, first, "set"))
            continue;
        for (size_t j = first; j < i; j++) {
            x[j - first] = reference_count(r, j, "x");
            n[j - first] = reference_count(r, j, "n");
        }
        x[i - first] = n[i - first] = 0; /* an arm without persons takes no part */
        assert_int_equal(two_by_two_chi_square(x, n, i - first + 1, &test), GSL_SUCCESS);
        assert_near(test.statistic, reference_value(r, first, "chi2"), 1e-12);
        assert_near(test.p_value, reference_value(r, first, "p"), 1e-12);
        assert_int_equal(test.df, reference_count(r, first, "df"));
        first = i;
    }
    reference_free(r);
}

static void test_chi_square_of_equal_risks_is_zero(void **state)
{
    const int64_t x[] = {3, 30, 300}, n[] = {7, 70, 700};
    struct chi_square_test test;

    (void)state;
    assert_int_equal(two_by_two_chi_square(x, n, 3, &test), GSL_SUCCESS);
    assert_true(test.statistic == 0 && test.p_value == 1 && test.log_p == 0 && test.df == 2);
}

static void test_chi_square_is_undefined_without_contrast(void **state)
{
    const int64_t none[] = {0, 0}, all[] = {5, 7}, n[] = {5, 7}, one_arm[] = {3, 0}, one_n[] = {5, 0};
    struct chi_square_test test;

    (void)state;
    assert_int_equal(two_by_two_chi_square(none, n, 2, &test), GSL_EDOM);
    assert_true(isnan(test.statistic) && isnan(test.p_value) && test.df == 0);
    assert_int_equal(two_by_two_chi_square(all, n, 2, &test), GSL_EDOM);
    assert_int_equal(two_by_two_chi_square(one_arm, one_n, 2, &test), GSL_EDOM);
}

static void test_agrees_with_the_shared_corpus(void **state)
{
    struct reference *r = reference_read("../shared/corpora/survival/answers_two_by_two.csv");

    (void)state;
    if (r == NULL)
        skip();
    for (size_t i = 0; i < r->n_rows; i++) {
        const int64_t a = reference_count(r, i, "a"), b = reference_count(r, i, "b");
        const int64_t c = reference_count(r, i, "c"), d = reference_count(r, i, "d");
        const int64_t x[] = {a, c}, n[] = {a + b, c + d};
        struct chi_square_test test;

        if (isnan(reference_value(r, i, "chi2"))) {
            assert_int_equal(two_by_two_chi_square(x, n, 2, &test), GSL_EDOM);
            continue;
        }
        assert_int_equal(two_by_two_chi_square(x, n, 2, &test), GSL_SUCCESS);
        assert_true(fabs(test.statistic - reference_value(r, i, "chi2")) <= 1e-12 * fmax(1, test.statistic));
        assert_near(test.p_value, reference_value(r, i, "p"), 1e-9);
    }
    reference_free(r);
}

static void test_refuses_impossible_counts_and_levels(void **state)
{
    const struct two_by_two bad[] = {{-1, 5, 1, 5}, {6, 5, 1, 5}, {1, 5, -1, 5}, {1, 5, 6, 5},
                                     {1, (int64_t)1 << 53, 1, 5}, {1, -1, 1, 5}};
    const struct two_by_two good = {1, 5, 2, 5};
    const int64_t x[] = {6, 1}, n[] = {5, 5}, negative[] = {-1, 1}, huge[] = {(int64_t)1 << 53, 5};
    struct ratio_estimate result;
    struct chi_square_test test;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(two_by_two_check(&bad[i]), GSL_EINVAL);
        assert_int_equal(two_by_two_risk_ratio(&bad[i], 0.95, &result), GSL_EINVAL);
        assert_int_equal(two_by_two_odds_ratio(&bad[i], 0.95, &result), GSL_EINVAL);
    }
    assert_int_equal(two_by_two_risk_ratio(&good, 1, &result), GSL_EINVAL);
    assert_int_equal(two_by_two_risk_ratio(&good, 0, &result), GSL_EINVAL);
    assert_int_equal(two_by_two_odds_ratio(&good, 0, &result), GSL_EINVAL);
    assert_int_equal(two_by_two_odds_ratio(&good, 1, &result), GSL_EINVAL);
    assert_true(isnan(result.estimate));
    assert_int_equal(two_by_two_chi_square(x, n, 2, &test), GSL_EINVAL);
    assert_int_equal(two_by_two_chi_square(negative, n, 2, &test), GSL_EINVAL);
    assert_int_equal(two_by_two_chi_square(n, huge, 2, &test), GSL_EINVAL);
    assert_int_equal(two_by_two_chi_square(n, n, 0, &test), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ratios_agree_with_r),
        cmocka_unit_test(test_matches_hand_computation),
        cmocka_unit_test(test_exchanged_arms_give_the_inverse_ratio),
        cmocka_unit_test(test_a_missing_ratio_names_its_empty_cell),
        cmocka_unit_test(test_chi_square_agrees_with_r),
        cmocka_unit_test(test_chi_square_of_several_arms_agrees_with_r),
        cmocka_unit_test(test_chi_square_of_equal_risks_is_zero),
        cmocka_unit_test(test_chi_square_is_undefined_without_contrast),
        cmocka_unit_test(test_agrees_with_the_shared_corpus),
        cmocka_unit_test(test_refuses_impossible_counts_and_levels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
