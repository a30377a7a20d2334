/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/proportion.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/distribution.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

static struct proportion interval(int64_t x, int64_t n, enum proportion_method method)
{
    struct proportion result;

    assert_int_equal(proportion_interval(x, n, method, 0.95, &result), GSL_SUCCESS);
    return result;
}

/* Reference limits at 0 are sometimes 1e-17 there and 0 here. */
static void assert_limit(double actual, double expected)
{
    assert_true(fabs(actual - expected) <= 1e-16 + 1e-12 * fabs(expected));
}

static void test_limits_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/proportion_tables.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const int64_t x = reference_count(r, i, "x1"), n = reference_count(r, i, "n1");
        const struct proportion wilson = interval(x, n, PROPORTION_WILSON), exact = interval(x, n, PROPORTION_EXACT);

        assert_limit(wilson.conf_low, reference_value(r, i, "wilson_low"));
        assert_limit(wilson.conf_high, reference_value(r, i, "wilson_high"));
        assert_limit(exact.conf_low, reference_value(r, i, "exact_low"));
        assert_limit(exact.conf_high, reference_value(r, i, "exact_high"));
    }
    reference_free(r);
}

static void test_limits_agree_with_the_shared_corpus(void **state)
{
    struct reference *r = reference_read("../shared/corpora/survival/answers_binomial_ci.csv");

    (void)state;
    if (r == NULL)
        skip();
    for (size_t i = 0; i < r->n_rows; i++) {
        const int64_t x = reference_count(r, i, "k"), n = reference_count(r, i, "n");
        const struct proportion wilson = interval(x, n, PROPORTION_WILSON), exact = interval(x, n, PROPORTION_EXACT);

        assert_limit(wilson.conf_low, reference_value(r, i, "wilson_lo"));
        assert_limit(wilson.conf_high, reference_value(r, i, "wilson_hi"));
        assert_limit(exact.conf_low, reference_value(r, i, "cp_lo"));
        assert_limit(exact.conf_high, reference_value(r, i, "cp_hi"));
    }
    reference_free(r);
}

static void test_exact_limits_put_half_the_error_in_each_tail(void **state)
{
    const struct proportion p = interval(3, 11, PROPORTION_EXACT);
    double below = 0, above = 0;

    (void)state;
    for (double x = 0; x <= 11; x++) {
        if (x <= 3)
            below += exp(binomial_log_pmf(x, 11, p.conf_high, 1 - p.conf_high));
        if (x >= 3)
            above += exp(binomial_log_pmf(x, 11, p.conf_low, 1 - p.conf_low));
    }
    assert_near(below, 0.025, 1e-13);
    assert_near(above, 0.025, 1e-13);
}

static void test_no_event_and_events_only_have_closed_limits(void **state)
{
    const double z = confidence_z(0.95), tail = (1 - 0.95) / 2;

    (void)state;
    assert_true(interval(0, 29, PROPORTION_WILSON).conf_low == 0 && interval(0, 29, PROPORTION_EXACT).conf_low == 0);
    assert_true(interval(29, 29, PROPORTION_WILSON).conf_high == 1);
    assert_true(interval(29, 29, PROPORTION_EXACT).conf_high == 1);
    assert_near(interval(0, 29, PROPORTION_WILSON).conf_high, z * z / (29 + z * z), 1e-15);
    assert_near(interval(29, 29, PROPORTION_WILSON).conf_low, 29 / (29 + z * z), 1e-15);
    assert_near(interval(0, 29, PROPORTION_EXACT).conf_high, 1 - pow(tail, 1. / 29), 1e-14);
    assert_near(interval(29, 29, PROPORTION_EXACT).conf_low, pow(tail, 1. / 29), 1e-14);
    assert_true(interval(0, 29, PROPORTION_WALD).conf_low == 0 && interval(0, 29, PROPORTION_WALD).conf_high == 0);
}

static void test_wald_is_cut_to_risks(void **state)
{
    const struct proportion rare = interval(1, 12, PROPORTION_WALD), inner = interval(84, 154, PROPORTION_WALD);
    const double p = 84. / 154, se = sqrt(p * (1 - p) / 154);

    (void)state;
    assert_true(rare.conf_low == 0);
    assert_true(interval(11, 12, PROPORTION_WALD).conf_high == 1);
    assert_near(inner.std_error, se, 1e-15);
    assert_near(inner.conf_low, p - 1.959963984540054 * se, 1e-14);
    assert_near(inner.conf_high, p + 1.959963984540054 * se, 1e-14);
}

static void test_events_and_others_mirror_each_other(void **state)
{
    (void)state;
    for (int method = PROPORTION_WILSON; method <= PROPORTION_WALD; method++)
        for (int64_t x = 0; x <= 23; x++) {
            const struct proportion event = interval(x, 23, (enum proportion_method)method);
            const struct proportion other = interval(23 - x, 23, (enum proportion_method)method);

            assert_true(fabs(event.conf_low - (1 - other.conf_high)) < 1e-14);
            assert_true(event.conf_low <= event.estimate && event.estimate <= event.conf_high);
        }
}

static void test_a_higher_level_widens_the_interval(void **state)
{
    struct proportion narrow, wide;

    (void)state;
    for (int method = PROPORTION_WILSON; method <= PROPORTION_WALD; method++) {
        proportion_interval(7, 23, (enum proportion_method)method, 0.9, &narrow);
        proportion_interval(7, 23, (enum proportion_method)method, 0.99, &wide);
        assert_true(wide.conf_low < narrow.conf_low && narrow.conf_high < wide.conf_high);
    }
}

static void test_exact_limits_of_huge_counts_keep_their_digits(void **state)
{
    /* Rare events: the exact limits approach the Poisson ones, 3 events: (0.61867212, 8.76727307) / n. */
    const struct proportion rare = interval(3, 1000000000000, PROPORTION_EXACT);
    const struct proportion mirrored = interval(1000000000000 - 3, 1000000000000, PROPORTION_EXACT);

    (void)state;
    assert_near(rare.conf_low * 1e12, 0.618672123, 1e-8);
    assert_near(rare.conf_high * 1e12, 8.767273067, 1e-8);
    assert_near(mirrored.conf_high, 1 - 0.618672123e-12, 1e-15);
}

static void test_refuses_impossible_counts_and_levels(void **state)
{
    struct proportion p = {1, 1, 1, 1};

    (void)state;
    assert_int_equal(proportion_interval(0, 0, PROPORTION_WILSON, 0.95, &p), GSL_EDOM);
    assert_true(isnan(p.estimate) && isnan(p.std_error) && isnan(p.conf_low) && isnan(p.conf_high));
    assert_int_equal(proportion_interval(-1, 5, PROPORTION_WILSON, 0.95, &p), GSL_EINVAL);
    assert_int_equal(proportion_interval(6, 5, PROPORTION_WILSON, 0.95, &p), GSL_EINVAL);
    assert_int_equal(proportion_interval(-3, -2, PROPORTION_WILSON, 0.95, &p), GSL_EINVAL);
    assert_int_equal(proportion_interval(1, INT64_MAX, PROPORTION_WILSON, 0.95, &p), GSL_EINVAL);
    assert_int_equal(proportion_interval(1, 5, PROPORTION_WILSON, 0, &p), GSL_EINVAL);
    assert_int_equal(proportion_interval(1, 5, PROPORTION_WILSON, 1, &p), GSL_EINVAL);
    assert_int_equal(proportion_interval(1, 5, PROPORTION_WILSON, NAN, &p), GSL_EINVAL);
    assert_int_equal(proportion_interval(1, 5, (enum proportion_method)9, 0.95, &p), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_agree_with_r),
        cmocka_unit_test(test_limits_agree_with_the_shared_corpus),
        cmocka_unit_test(test_exact_limits_put_half_the_error_in_each_tail),
        cmocka_unit_test(test_no_event_and_events_only_have_closed_limits),
        cmocka_unit_test(test_wald_is_cut_to_risks),
        cmocka_unit_test(test_events_and_others_mirror_each_other),
        cmocka_unit_test(test_a_higher_level_widens_the_interval),
        cmocka_unit_test(test_exact_limits_of_huge_counts_keep_their_digits),
        cmocka_unit_test(test_refuses_impossible_counts_and_levels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
