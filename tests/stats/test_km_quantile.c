/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/km_quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "tests/support/near.h"
#include "tests/support/survival_rows.h"

static const char *const conf_names[] = {"log", "log-log", "plain", "arcsin"};

static enum survival_conf_type conf_named(const char *name)
{
    for (size_t i = 0; i < 4; i++)
        if (strcmp(conf_names[i], name) == 0)
            return (enum survival_conf_type)i;
    fail();
    return SURVIVAL_CONF_NONE;
}

/* The curve of persons who leave at `time` with `cause`, on their own axis. */
static struct km_curve *curve_of(size_t n, const double *time, const int32_t *cause, enum survival_conf_type type)
{
    double axis[32];
    size_t n_time;
    struct survival_interval interval;
    struct km_curve *km = km_curve_alloc(n);

    assert_int_equal(risk_table_axis(n, NULL, time, axis, &n_time), GSL_SUCCESS);
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, n_time);
    assert_int_equal(risk_table_add(table, n, NULL, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    assert_int_equal(survival_interval_init(&interval, type, 0.95), GSL_SUCCESS);
    assert_int_equal(km_solve(table, 0, 0, 0, &interval, km), GSL_SUCCESS);
    risk_table_free(table);
    return km;
}

static struct km_quantile quantile_of(const struct km_curve *km, double p)
{
    struct km_quantile quantile;
    assert_int_equal(km_quantile_solve(km, p, &quantile), GSL_SUCCESS);
    return quantile;
}

static void test_takes_the_first_time_below(void **state)
{
    (void)state;
    const double time[] = {2.5, 4, 4, 7, 11};
    const int32_t cause[] = {1, 1, 0, 1, 1};
    struct km_curve *km = curve_of(5, time, cause, SURVIVAL_CONF_LOG); /* S = .8 .6 .3 0 */
    assert_near(quantile_of(km, 0.1).time, 2.5, 0);
    assert_near(quantile_of(km, 0.3).time, 4, 0);
    assert_near(quantile_of(km, 0.5).time, 7, 0);
    assert_false(quantile_of(km, 0.5).midpoint);
    assert_near(quantile_of(km, 0.9).time, 11, 0);
    assert_near(quantile_of(km, 1).time, 11, 0);
    assert_near(quantile_of(km, 0).time, 0, 0);
    km_curve_free(km);
}

static void test_plateau_gives_the_midpoint(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4}, late[] = {1, 2, 9, 13};
    const int32_t cause[] = {1, 1, 1, 1}, half[] = {1, 1, 0, 0};
    struct km_curve *km = curve_of(4, time, cause, SURVIVAL_CONF_LOG);
    struct km_quantile median = quantile_of(km, 0.5);
    assert_near(median.time, 2.5, 0);
    assert_true(median.midpoint);
    /* Never another step: up to the last time known. */
    struct km_curve *flat = curve_of(4, late, half, SURVIVAL_CONF_LOG);
    median = quantile_of(flat, 0.5);
    assert_near(median.time, 7.5, 0);
    assert_true(median.midpoint);
    assert_true(isnan(quantile_of(flat, 0.500001).time));
    /* The tolerance is sqrt(DBL_EPSILON) = 1.49e-8. */
    assert_true(quantile_of(km, 0.5 + 1e-8).midpoint);
    assert_false(quantile_of(km, 0.5 + 2e-8).midpoint);
    assert_near(quantile_of(km, 0.5 + 2e-8).time, 3, 0);
    assert_near(quantile_of(km, 0.5 - 2e-8).time, 2, 0);
    km_curve_free(km);
    km_curve_free(flat);
}

static void test_missing_where_the_curve_does_not_come_down(void **state)
{
    (void)state;
    const double time[] = {3, 8, 8};
    const int32_t cause[] = {1, 0, 0}, none[] = {0, 0, 0};
    struct km_curve *km = curve_of(3, time, cause, SURVIVAL_CONF_LOG);
    assert_true(isnan(quantile_of(km, 0.5).time));
    assert_true(isnan(quantile_of(km, 0.5).conf_high));
    struct km_curve *censored = curve_of(3, time, none, SURVIVAL_CONF_LOG_LOG);
    assert_true(isnan(quantile_of(censored, 0.25).time));
    assert_true(isnan(quantile_of(censored, 0.25).conf_low));
    struct km_curve *bare = curve_of(3, time, cause, SURVIVAL_CONF_NONE);
    assert_near(quantile_of(bare, 0.2).time, 3, 0);
    assert_true(isnan(quantile_of(bare, 0.2).conf_low));
    km_curve_free(km);
    km_curve_free(censored);
    km_curve_free(bare);
}

/* The lower band reaches 1/2 and is missing from there on: nobody knows for how long it stays. */
static void test_a_band_that_ends_missing_at_the_height_gives_no_limit(void **state)
{
    (void)state;
    double time[] = {3, 8}, surv[] = {0.7, 0}, low[] = {0.5, NAN}, high[] = {0.9, NAN};
    const struct km_curve km = {
        .n = 2, .capacity = 2, .time = time, .surv = surv, .conf_low = low, .conf_high = high};
    const struct km_quantile median = quantile_of(&km, 0.5);
    assert_near(median.time, 8, 0);
    assert_true(isnan(median.conf_low) && isnan(median.conf_high));
    assert_near(quantile_of(&km, 0.4).conf_low, 3, 0);
}

static void test_medians_of_short_and_long_planned_stay(void **state)
{
    (void)state;
    const double medians[] = {131.5, 192};
    struct survival_rows *rows = calloc(1, sizeof *rows);
    struct survival_interval interval;
    survival_rows_read("uis", rows);
    struct risk_table *table = survival_rows_table(rows, 0);
    struct km_curve *km = km_curve_alloc(table->n_time);
    assert_int_equal(survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95), GSL_SUCCESS);
    for (size_t arm = 0; arm < 2; arm++) {
        assert_int_equal(km_solve(table, arm, 0, 0, &interval, km), GSL_SUCCESS);
        assert_near(quantile_of(km, 0.5).time, medians[arm], 0);
    }
    km_curve_free(km);
    risk_table_free(table);
    free(rows);
}

static void test_equals_quantile_survfit(void **state)
{
    (void)state;
    struct survival_walk walk = survival_walk_start(NULL, "quantile");
    struct km_curve *km = km_curve_alloc(SURVIVAL_ROWS_MAX);

    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        struct survival_interval interval;
        assert_int_equal(survival_interval_init(&interval, conf_named(answer->option), 0.95), GSL_SUCCESS);
        assert_int_equal(km_solve(walk.table, answer->arm, RISK_TABLE_ALL, 0, &interval, km), GSL_SUCCESS);
        const struct km_quantile quantile = quantile_of(km, answer->key);
        assert_near(quantile.time, answer->v[0], 1e-14);
        assert_near(quantile.conf_low, answer->v[1], 1e-14);
        assert_near(quantile.conf_high, answer->v[2], 1e-14);
    }
    km_curve_free(km);
    survival_walk_end(&walk, 1500);
}

static void test_refuses_wrong_arguments(void **state)
{
    (void)state;
    const double time[] = {3, 8, 8};
    const int32_t cause[] = {1, 0, 0};
    struct km_curve *km = curve_of(3, time, cause, SURVIVAL_CONF_LOG), *empty = km_curve_alloc(1);
    struct km_quantile quantile;
    assert_int_equal(km_quantile_solve(km, -0.1, &quantile), GSL_EDOM);
    assert_int_equal(km_quantile_solve(km, 1.1, &quantile), GSL_EDOM);
    assert_int_equal(km_quantile_solve(km, NAN, &quantile), GSL_EDOM);
    assert_int_equal(km_quantile_solve(empty, 0.5, &quantile), GSL_EINVAL);
    km_curve_free(km);
    km_curve_free(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_takes_the_first_time_below),
        cmocka_unit_test(test_plateau_gives_the_midpoint),
        cmocka_unit_test(test_missing_where_the_curve_does_not_come_down),
        cmocka_unit_test(test_a_band_that_ends_missing_at_the_height_gives_no_limit),
        cmocka_unit_test(test_medians_of_short_and_long_planned_stay),
        cmocka_unit_test(test_equals_quantile_survfit),
        cmocka_unit_test(test_refuses_wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
