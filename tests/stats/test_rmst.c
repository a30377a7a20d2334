/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/rmst.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "tests/support/near.h"
#include "tests/support/survival_rows.h"

/* Steps at 2, 5, 7; the last person is censored at 9.  S = 3/4, 1/2 (of 4, 3, 2 at risk), 1/4. */
static struct km_curve *small_curve(int32_t last_cause)
{
    const double time[] = {2, 5, 7, 9}, axis[] = {2, 5, 7, 9};
    const int32_t cause[] = {1, 1, 1, last_cause};
    struct survival_interval interval;
    struct km_curve *km = km_curve_alloc(4);
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, 4);
    assert_int_equal(risk_table_add(table, 4, NULL, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    assert_int_equal(survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95), GSL_SUCCESS);
    assert_int_equal(km_solve(table, 0, 0, 0, &interval, km), GSL_SUCCESS);
    risk_table_free(table);
    return km;
}

static void test_matches_hand_computation(void **state)
{
    (void)state;
    struct km_curve *km = small_curve(0);
    struct rmst rmst;
    assert_int_equal(rmst_solve(km, 8, &rmst), GSL_SUCCESS);
    const double a3 = 0.25, a2 = a3 + 1, a1 = a2 + 2.25; /* area from 7, 5, 2 to 8 */
    assert_near(rmst.estimate, a1 + 2, 1e-15);
    assert_near(rmst.std_err, sqrt(a1 * a1 / (4 * 3) + a2 * a2 / (3 * 2) + a3 * a3 / (2 * 1)), 1e-15);
    assert_int_equal(rmst.n_event, 3);
    assert_near(rmst.tau, 8, 0);
    /* Before the first step everybody lives, without error. */
    assert_int_equal(rmst_solve(km, 1.5, &rmst), GSL_SUCCESS);
    assert_near(rmst.estimate, 1.5, 0);
    assert_near(rmst.std_err, 0, 0);
    assert_int_equal(rmst.n_event, 0);
    /* An event at tau changes the count, not the area. */
    assert_int_equal(rmst_solve(km, 5, &rmst), GSL_SUCCESS);
    assert_near(rmst.estimate, 2 + 2.25, 1e-15);
    assert_int_equal(rmst.n_event, 2);
    km_curve_free(km);
}

static void test_uncensored_it_is_the_mean_of_the_capped_times(void **state)
{
    (void)state;
    struct km_curve *km = small_curve(1);
    struct rmst rmst;
    assert_int_equal(rmst_solve(km, 6, &rmst), GSL_SUCCESS);
    assert_near(rmst.estimate, (2 + 5 + 6 + 6) / 4., 1e-15);
    assert_int_equal(rmst_solve(km, 1000, &rmst), GSL_SUCCESS);
    assert_near(rmst.estimate, (2 + 5 + 7 + 9) / 4., 1e-15);
    /* The Greenwood form is then the variance of a mean with divisor n. */
    assert_near(rmst.std_err, sqrt((3.75 * 3.75 + 0.75 * 0.75 + 1.25 * 1.25 + 3.25 * 3.25) / 16), 1e-14);
    km_curve_free(km);
}

static void test_largest_tau_is_the_last_time_unless_the_curve_ends_at_zero(void **state)
{
    (void)state;
    struct km_curve *open = small_curve(0), *closed = small_curve(1), *empty = km_curve_alloc(1);
    struct rmst rmst;
    assert_near(rmst_max_tau(open), 9, 0);
    assert_true(isinf(rmst_max_tau(closed)));
    assert_near(rmst_max_tau(empty), 0, 0);
    assert_int_equal(rmst_solve(open, 9, &rmst), GSL_SUCCESS);
    assert_int_equal(rmst_solve(open, nextafter(9, 10), &rmst), GSL_EDOM);
    assert_int_equal(rmst_solve(closed, INFINITY, &rmst), GSL_EDOM);
    assert_int_equal(rmst_solve(open, 0, &rmst), GSL_EDOM);
    assert_int_equal(rmst_solve(open, -3, &rmst), GSL_EDOM);
    assert_int_equal(rmst_solve(open, NAN, &rmst), GSL_EDOM);
    assert_int_equal(rmst_solve(empty, 3, &rmst), GSL_EINVAL);
    km_curve_free(open);
    km_curve_free(closed);
    km_curve_free(empty);
}

static void test_equals_restricted_mean_of_survfit(void **state)
{
    (void)state;
    size_t n_refused = 0;
    struct survival_walk walk = survival_walk_start(NULL, "rmst");
    struct km_curve *km = km_curve_alloc(SURVIVAL_ROWS_MAX);
    struct survival_interval interval;

    assert_int_equal(survival_interval_init(&interval, SURVIVAL_CONF_NONE, 0.95), GSL_SUCCESS);
    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        struct rmst rmst;
        assert_int_equal(km_solve(walk.table, answer->arm, RISK_TABLE_ALL, 0, &interval, km), GSL_SUCCESS);
        if (answer->key > rmst_max_tau(km)) { /* R extrapolates */
            assert_int_equal(rmst_solve(km, answer->key, &rmst), GSL_EDOM);
            n_refused++;
            continue;
        }
        assert_int_equal(rmst_solve(km, answer->key, &rmst), GSL_SUCCESS);
        assert_near(rmst.estimate, answer->v[0], 1e-12);
        assert_true(isfinite(rmst.std_err));
        if (!isnan(answer->v[1])) /* R overflows at times near 1e300 */
            assert_near(rmst.std_err, answer->v[1], 1e-12);
    }
    assert_true(n_refused < 10);
    km_curve_free(km);
    survival_walk_end(&walk, 1210);
}

/* survfit(Surv(time, status) ~ sex, lung), rmean = 365. */
static void test_lung_at_one_year(void **state)
{
    (void)state;
    const double mean[] = {241.495085192057, 297.465409532037}, error[] = {10.3582264910969, 10.7913239788001};
    struct survival_rows *rows = calloc(1, sizeof *rows);
    struct survival_interval interval;
    struct rmst rmst[2];
    struct rmst_contrast contrast;
    survival_rows_read("lung", rows);
    struct risk_table *table = survival_rows_table(rows, 0);
    struct km_curve *km = km_curve_alloc(table->n_time);
    assert_int_equal(survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95), GSL_SUCCESS);
    for (size_t arm = 0; arm < 2; arm++) {
        assert_int_equal(km_solve(table, arm, 0, 0, &interval, km), GSL_SUCCESS);
        assert_int_equal(rmst_solve(km, 365, &rmst[arm]), GSL_SUCCESS);
        assert_near(rmst[arm].estimate, mean[arm], 1e-13);
        assert_near(rmst[arm].std_err, error[arm], 1e-13);
    }
    assert_int_equal(rmst_compare(&rmst[1], &rmst[0], RMST_DIFFERENCE, 0.95, &contrast), GSL_SUCCESS);
    assert_near(contrast.estimate, mean[1] - mean[0], 1e-12);
    assert_near(contrast.std_err, sqrt(error[0] * error[0] + error[1] * error[1]), 1e-12);
    km_curve_free(km);
    risk_table_free(table);
    free(rows);
}

static void test_difference_and_ratio_have_normal_limits(void **state)
{
    (void)state;
    const struct rmst a = {.tau = 90, .estimate = 62.5, .std_err = 3}, b = {.tau = 90, .estimate = 50, .std_err = 4};
    const double z90 = 1.6448536269514722;
    struct rmst_contrast contrast;
    assert_int_equal(rmst_compare(&a, &b, RMST_DIFFERENCE, 0.9, &contrast), GSL_SUCCESS);
    assert_near(contrast.estimate, 12.5, 0);
    assert_near(contrast.std_err, 5, 1e-15);
    assert_near(contrast.conf_low, 12.5 - 5 * z90, 1e-14);
    assert_near(contrast.conf_high, 12.5 + 5 * z90, 1e-14);
    assert_near(contrast.statistic, 2.5, 1e-15);
    assert_near(contrast.p_value, 0.012419330651552318, 1e-13);
    assert_int_equal(rmst_compare(&a, &b, RMST_RATIO, 0.9, &contrast), GSL_SUCCESS);
    const double se = sqrt(3 * 3 / (62.5 * 62.5) + 4. * 4 / (50 * 50));
    assert_near(contrast.estimate, 1.25, 0);
    assert_near(contrast.std_err, se, 1e-15);
    assert_near(contrast.conf_low, 1.25 * exp(-z90 * se), 1e-14);
    assert_near(contrast.conf_high, 1.25 * exp(z90 * se), 1e-14);
    assert_near(contrast.statistic, log(1.25) / se, 1e-14);
}

static void test_no_error_gives_no_test(void **state)
{
    (void)state;
    const struct rmst a = {.tau = 3, .estimate = 3}, b = {.tau = 3, .estimate = 3};
    struct rmst_contrast contrast;
    assert_int_equal(rmst_compare(&a, &b, RMST_DIFFERENCE, 0.95, &contrast), GSL_SUCCESS);
    assert_near(contrast.conf_low, 0, 0);
    assert_true(isnan(contrast.statistic) && isnan(contrast.p_value));
}

static void test_refuses_contrasts_that_mean_nothing(void **state)
{
    (void)state;
    const struct rmst a = {.tau = 3, .estimate = 2.5, .std_err = 0.5}, other = {.tau = 4, .estimate = 3},
                      zero = {.tau = 3};
    struct rmst_contrast contrast;
    assert_int_equal(rmst_compare(&a, &other, RMST_DIFFERENCE, 0.95, &contrast), GSL_EINVAL);
    assert_int_equal(rmst_compare(&a, &a, (enum rmst_measure)7, 0.95, &contrast), GSL_EINVAL);
    assert_int_equal(rmst_compare(&a, &a, RMST_DIFFERENCE, 1, &contrast), GSL_EDOM);
    assert_int_equal(rmst_compare(&a, &a, RMST_DIFFERENCE, NAN, &contrast), GSL_EDOM);
    assert_int_equal(rmst_compare(&a, &zero, RMST_RATIO, 0.95, &contrast), GSL_EDOM);
    assert_int_equal(rmst_compare(&zero, &a, RMST_RATIO, 0.95, &contrast), GSL_EDOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches_hand_computation),
        cmocka_unit_test(test_uncensored_it_is_the_mean_of_the_capped_times),
        cmocka_unit_test(test_largest_tau_is_the_last_time_unless_the_curve_ends_at_zero),
        cmocka_unit_test(test_equals_restricted_mean_of_survfit),
        cmocka_unit_test(test_lung_at_one_year),
        cmocka_unit_test(test_difference_and_ratio_have_normal_limits),
        cmocka_unit_test(test_no_error_gives_no_test),
        cmocka_unit_test(test_refuses_contrasts_that_mean_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
