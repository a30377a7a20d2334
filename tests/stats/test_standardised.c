/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/standardised.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

static struct standardised solve(int64_t observed, double expected, enum standardised_method method, double level)
{
    struct standardised result;

    assert_int_equal(standardised_ratio(observed, expected, method, level, &result), GSL_SUCCESS);
    return result;
}

static void test_limits_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/standardised_ratios.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const int64_t observed = reference_count(r, i, "observed");
        const double expected = reference_value(r, i, "expected"), level = reference_value(r, i, "level");
        const struct standardised exact = solve(observed, expected, STANDARDISED_EXACT, level),
                                  byar = solve(observed, expected, STANDARDISED_BYAR, level);

        assert_near(exact.ratio, (double)observed / expected, 1e-15);
        assert_near(exact.conf_low, reference_value(r, i, "exact_low"), 1e-9);
        assert_near(exact.conf_high, reference_value(r, i, "exact_high"), 1e-9);
        assert_near(byar.conf_low, reference_value(r, i, "byar_low"), 1e-9);
        assert_near(byar.conf_high, reference_value(r, i, "byar_high"), 1e-9);
    }
    reference_free(r);
}

/* With person-time in place of what is expected it is a rate: R's poisson.test(k, T), Garwood's limits. */
static void test_exact_limits_of_a_rate_are_garwoods(void **state)
{
    static const struct {
        int64_t k;
        double days, low, high;
    } r[] = {
        {0, 12345.5, 0, 0.00029880356843497107},
        {1, 12345.5, 2.0507721829241341e-06, 0.00045130965865610134},
        {5, 12345.5, 0.00013150430441200605, 0.00094514860307988067},
        {10, 12345.5, 0.00038843211665241865, 0.0014896404391898082},
        {10000, 12345.5, 0.7942126659317309, 0.82604605926543861},
    };

    (void)state;
    for (size_t i = 0; i < sizeof r / sizeof r[0]; i++) {
        const struct standardised rate = solve(r[i].k, r[i].days, STANDARDISED_EXACT, 0.95);

        assert_near(rate.ratio, (double)r[i].k / r[i].days, 1e-15);
        assert_near(rate.conf_low, r[i].low, 1e-12);
        assert_near(rate.conf_high, r[i].high, 1e-12);
    }
}

static void test_exact_limits_of_large_counts_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/quantiles_poisson_limits.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const int64_t count = reference_count(r, i, "count");
        const struct standardised exact = solve(count, 2.385, STANDARDISED_EXACT, reference_value(r, i, "level"));

        assert_near(exact.conf_low, reference_value(r, i, "low") / 2.385, 1e-13);
        assert_near(exact.conf_high, reference_value(r, i, "high") / 2.385, 1e-13);
    }
    reference_free(r);
}

/* Byar's cube is Wilson and Hilferty's, which comes closer the larger the count is. */
static void test_exact_limits_of_all_counts_lie_near_byars(void **state)
{
    (void)state;
    for (int64_t observed = 5; observed < 400000; observed += 1 + observed / 50) {
        const struct standardised exact = solve(observed, (double)observed, STANDARDISED_EXACT, 0.95),
                                  byar = solve(observed, (double)observed, STANDARDISED_BYAR, 0.95);
        const double count = (double)observed;

        assert_near(exact.conf_low, byar.conf_low, 0.1 / count);
        assert_near(exact.conf_high, byar.conf_high, 0.1 / count);
        assert_true(exact.conf_low < 1 && exact.conf_high > 1);
    }
}

static void test_byar_is_close_to_exact_where_there_are_events(void **state)
{
    (void)state;
    for (int64_t observed = 5; observed < 500; observed += 7) {
        const struct standardised exact = solve(observed, 23.85, STANDARDISED_EXACT, 0.95),
                                  byar = solve(observed, 23.85, STANDARDISED_BYAR, 0.95);

        assert_near(byar.conf_low, exact.conf_low, 0.01);
        assert_near(byar.conf_high, exact.conf_high, 0.01);
    }
}

static void test_nothing_expected_has_no_ratio_and_nonsense_is_refused(void **state)
{
    struct standardised result;

    (void)state;
    assert_int_equal(standardised_ratio(0, 0, STANDARDISED_EXACT, 0.95, &result), GSL_EDOM);
    assert_true(isnan(result.ratio) && isnan(result.conf_high));
    assert_int_equal(standardised_ratio(-1, 2, STANDARDISED_EXACT, 0.95, &result), GSL_EINVAL);
    assert_int_equal(standardised_ratio(1, NAN, STANDARDISED_EXACT, 0.95, &result), GSL_EINVAL);
    assert_int_equal(standardised_ratio(1, 2, STANDARDISED_EXACT, 1, &result), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_agree_with_r),
        cmocka_unit_test(test_exact_limits_of_a_rate_are_garwoods),
        cmocka_unit_test(test_exact_limits_of_large_counts_agree_with_r),
        cmocka_unit_test(test_exact_limits_of_all_counts_lie_near_byars),
        cmocka_unit_test(test_byar_is_close_to_exact_where_there_are_events),
        cmocka_unit_test(test_nothing_expected_has_no_ratio_and_nonsense_is_refused),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
