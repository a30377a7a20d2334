/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/km.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "tests/support/near.h"
#include "tests/support/survival_rows.h"

static const char *const conf_names[] = {"log", "log-log", "plain", "arcsin"};

static struct survival_interval interval_95(enum survival_conf_type type)
{
    struct survival_interval interval;
    assert_int_equal(survival_interval_init(&interval, type, 0.95), GSL_SUCCESS);
    return interval;
}

static struct survival_interval interval_named(const char *name)
{
    for (size_t i = 0; i < 4; i++)
        if (strcmp(conf_names[i], name) == 0)
            return interval_95((enum survival_conf_type)i);
    fail();
    return interval_95(SURVIVAL_CONF_NONE);
}

/* Weeks to relapse on 6-MP: Freireich et al. 1963, Blood 21:699; Kaplan-Meier in every textbook. */
static struct risk_table *leukaemia_6mp(void)
{
    static const double time[] = {6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35};
    static const int32_t cause[] = {1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0};
    double axis[21];
    size_t n_time;

    assert_int_equal(risk_table_axis(21, NULL, time, axis, &n_time), GSL_SUCCESS);
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, n_time);
    assert_non_null(table);
    assert_int_equal(risk_table_add(table, 21, NULL, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    return table;
}

static struct km_curve *solved(const struct risk_table *table, size_t arm, size_t cause, enum survival_conf_type type)
{
    const struct survival_interval interval = interval_95(type);
    struct km_curve *curve = km_curve_alloc(table->n_time);
    assert_non_null(curve);
    assert_int_equal(km_solve(table, arm, RISK_TABLE_ALL, cause, &interval, curve), GSL_SUCCESS);
    return curve;
}

static void test_matches_hand_computation(void **state)
{
    (void)state;
    struct risk_table *table = leukaemia_6mp();
    struct km_curve *km = solved(table, 0, 0, SURVIVAL_CONF_LOG);

    assert_int_equal(km->n, 16);
    assert_int_equal(km->n_person, 21);
    assert_int_equal(km->events, 9);
    assert_int_equal(km->n_risk[0], 21);
    assert_int_equal(km->n_event[0], 3);
    assert_int_equal(km->n_censor[0], 1);
    assert_near(km->surv[0], 18. / 21, 1e-15);
    assert_near(km->surv[1], 18. / 21 * 16 / 17, 1e-15);
    assert_near(km->std_err[1], km->surv[1] * sqrt(3. / (21 * 18) + 1. / (17 * 16)), 1e-15);
    assert_near(km->cumhaz[1], 3. / 21 + 1. / 17, 1e-15);
    assert_near(km->cumhaz_std_err[1], sqrt(3. / (21 * 21) + 1. / (17 * 17)), 1e-15);
    assert_near(km->surv[15], 18. / 21 * 16 / 17 * 14 / 15 * 11 / 12 * 10 / 11 * 6 / 7 * 5 / 6, 1e-15);
    km_curve_free(km);
    risk_table_free(table);
}

static void compare_row(const struct km_curve *km, const struct survival_answer *answer)
{
    size_t k = 0;
    while (k < km->n && km->time[k] != answer->key)
        k++;
    assert_true(k < km->n);
    assert_int_equal(km->n_risk[k], (int64_t)answer->v[0]);
    assert_int_equal(km->n_event[k], (int64_t)answer->v[1]);
    assert_int_equal(km->n_censor[k], (int64_t)answer->v[2]);
    assert_near(km->surv[k], answer->v[3], 1e-12);
    assert_near(km->std_err[k], answer->v[4], 1e-12);
    assert_near(km->conf_low[k], answer->v[5], 1e-12);
    assert_near(km->conf_high[k], answer->v[6], 1e-12);
    assert_near(km->cumhaz[k], answer->v[7], 1e-12);
    assert_near(km->cumhaz_std_err[k], answer->v[8], 1e-12);
}

static void test_equals_survfit_on_real_textbook_and_random_sets(void **state)
{
    (void)state;
    struct survival_walk walk = survival_walk_start(NULL, "km");
    struct km_curve *km = km_curve_alloc(SURVIVAL_ROWS_MAX);

    assert_non_null(km);
    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        const struct survival_interval interval = interval_named(answer->option);
        assert_int_equal(km_solve(walk.table, answer->arm, RISK_TABLE_ALL, 0, &interval, km), GSL_SUCCESS);
        compare_row(km, answer);
    }
    km_curve_free(km);
    survival_walk_end(&walk, 2500);
}

static void test_uncensored_survival_is_the_rounded_share(void **state)
{
    (void)state;
    double axis[10], time[10];
    int32_t cause[10];
    for (int i = 0; i < 10; i++) {
        axis[i] = time[i] = i + 1;
        cause[i] = 1;
    }
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, 10);
    assert_int_equal(risk_table_add(table, 10, NULL, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    struct km_curve *km = solved(table, 0, 0, SURVIVAL_CONF_LOG);
    for (int i = 0; i < 10; i++)
        assert_true(km->surv[i] == (9 - i) / 10.);
    assert_true(isnan(km->std_err[9]) && isnan(km->conf_low[9]) && isnan(km->conf_high[9]));
    km_curve_free(km);
    risk_table_free(table);
}

static void test_events_on_day_zero_count(void **state)
{
    (void)state;
    const double axis[] = {0, 5}, time[] = {0, 0, 5, 5};
    const int32_t cause[] = {1, 0, 1, 0};
    struct km_reading reading;
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, 2);
    assert_int_equal(risk_table_add(table, 4, NULL, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    struct km_curve *km = solved(table, 0, 0, SURVIVAL_CONF_PLAIN);
    assert_near(km->surv[0], 0.75, 0);
    assert_near(km->surv[1], 0.375, 0);
    assert_int_equal(km_read(km, 0, KM_AFTER, &reading), GSL_SUCCESS);
    assert_near(reading.surv, 0.75, 0);
    assert_int_equal(reading.n_risk, 4);
    assert_int_equal(km_read(km, 0, KM_AT_LEAST, &reading), GSL_SUCCESS);
    assert_near(reading.surv, 1, 0);
    km_curve_free(km);
    risk_table_free(table);
}

static void test_other_causes_are_censored_when_one_is_asked_for(void **state)
{
    (void)state;
    const double axis[] = {2, 4, 7}, time[] = {2, 4, 4, 7, 7};
    const int32_t cause[] = {1, 2, 1, 0, 2};
    struct risk_table *table = risk_table_alloc(1, 1, 2, axis, 3);
    assert_int_equal(risk_table_add(table, 5, NULL, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    struct km_curve *any = solved(table, 0, 0, SURVIVAL_CONF_LOG), *one = solved(table, 0, 1, SURVIVAL_CONF_LOG),
                    *two = solved(table, 0, 2, SURVIVAL_CONF_LOG);
    assert_near(any->surv[2], 4. / 5 * 2 / 4 * 1 / 2, 1e-15);
    assert_near(one->surv[2], 4. / 5 * 3 / 4, 1e-15);
    assert_int_equal(one->n_censor[1], 1);
    assert_int_equal(one->n_censor[2], 2);
    assert_near(two->surv[2], 3. / 4 * 1 / 2, 1e-15);
    km_curve_free(any);
    km_curve_free(one);
    km_curve_free(two);
    risk_table_free(table);
}

static void test_reads_before_at_between_and_beyond(void **state)
{
    (void)state;
    struct risk_table *table = leukaemia_6mp();
    struct km_curve *km = solved(table, 0, 0, SURVIVAL_CONF_LOG);
    struct km_reading reading;

    assert_int_equal(km_read(km, 3.5, KM_AFTER, &reading), GSL_SUCCESS);
    assert_near(reading.surv, 1, 0);
    assert_near(reading.std_err, 0, 0);
    assert_near(reading.conf_low, 1, 0);
    assert_int_equal(reading.n_risk, 21);
    assert_int_equal(reading.n_event, 0);
    assert_false(reading.beyond);
    assert_int_equal(km_read(km, 7, KM_AFTER, &reading), GSL_SUCCESS);
    assert_near(reading.surv, 18. / 21 * 16 / 17, 1e-15);
    assert_int_equal(reading.n_event, 4);
    assert_int_equal(reading.n_risk, 17);
    assert_int_equal(km_read(km, 7, KM_AT_LEAST, &reading), GSL_SUCCESS);
    assert_near(reading.surv, 18. / 21, 1e-15);
    assert_int_equal(reading.n_event, 3);
    assert_int_equal(km_read(km, 8.25, KM_AT_LEAST, &reading), GSL_SUCCESS);
    assert_near(reading.surv, 18. / 21 * 16 / 17, 1e-15);
    assert_near(reading.std_err, km->std_err[1], 0);
    assert_near(reading.conf_high, km->conf_high[1], 0);
    assert_near(reading.cumhaz, km->cumhaz[1], 0);
    assert_near(reading.cumhaz_std_err, km->cumhaz_std_err[1], 0);
    assert_int_equal(reading.n_risk, 16);
    assert_int_equal(km_read(km, 35, KM_AFTER, &reading), GSL_SUCCESS);
    assert_false(reading.beyond);
    assert_int_equal(reading.n_risk, 1);
    assert_int_equal(km_read(km, 35.5, KM_AFTER, &reading), GSL_SUCCESS);
    assert_true(reading.beyond);
    assert_int_equal(reading.n_risk, 0);
    assert_int_equal(reading.n_event, 9);
    assert_near(reading.surv, km->surv[15], 0);
    assert_int_equal(km_read(km, -1, KM_AFTER, &reading), GSL_EDOM);
    assert_int_equal(km_read(km, NAN, KM_AFTER, &reading), GSL_EDOM);
    km_curve_free(km);
    risk_table_free(table);
}

/* Entry at 4 is not at risk at 4; the risk set empties at 2, so S is 0 from there on whoever enters. */
static void test_delayed_entry_counts_on_the_half_open_interval(void **state)
{
    (void)state;
    const double entry[] = {0, 0, 3, 4, 4}, time[] = {4, 9, 4, 8, 9}, axis[] = {0, 3, 4, 8, 9};
    const int32_t cause[] = {1, 0, 0, 1, 1};
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, 5);
    struct km_reading reading;
    assert_int_equal(risk_table_add(table, 5, entry, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    struct km_curve *km = solved(table, 0, 0, SURVIVAL_CONF_LOG);

    assert_int_equal(km->n, 4); /* day 3, when only an entry happens, and the three exits; day 0 is the start */
    assert_near(km->time[0], 3, 0);
    assert_int_equal(km->n_risk[1], 3);
    assert_int_equal(km->n_enter[1], 2);
    assert_near(km->surv[1], 2. / 3, 1e-15);
    assert_int_equal(km->n_risk[2], 3);
    assert_near(km->surv[2], 2. / 3 * 2 / 3, 1e-15);
    assert_int_equal(km_read(km, 0, KM_AFTER, &reading), GSL_SUCCESS);
    assert_int_equal(reading.n_risk, 2);
    assert_int_equal(km_read(km, 3, KM_AFTER, &reading), GSL_SUCCESS);
    assert_int_equal(reading.n_risk, 2);
    assert_int_equal(km_read(km, 3.5, KM_AFTER, &reading), GSL_SUCCESS);
    assert_int_equal(reading.n_risk, 3);
    assert_int_equal(km->n_person, 5);
    km_curve_free(km);
    risk_table_free(table);
}

static void test_stays_at_zero_when_entries_refill_an_emptied_risk_set(void **state)
{
    (void)state;
    struct survival_rows *rows = calloc(1, sizeof *rows);
    assert_non_null(rows);
    survival_rows_read("B20", rows);
    struct risk_table *table = survival_rows_table(rows, 0);
    struct km_curve *km = solved(table, 0, 0, SURVIVAL_CONF_PLAIN);
    for (size_t k = 0; k < km->n; k++) {
        assert_near(km->surv[k], 0, 0);
        assert_true(isnan(km->std_err[k]) && isnan(km->conf_low[k]));
    }
    km_curve_free(km);
    risk_table_free(table);
    free(rows);
}

static void test_pools_arms_and_strata_on_request(void **state)
{
    (void)state;
    struct survival_rows *rows = calloc(1, sizeof *rows);
    assert_non_null(rows);
    survival_rows_read("uis", rows);
    struct risk_table *table = survival_rows_table(rows, 1);
    struct km_curve *all = solved(table, RISK_TABLE_ALL, 0, SURVIVAL_CONF_LOG);
    struct km_reading reading;
    assert_int_equal(all->n_person, 628);
    assert_int_equal(km_read(all, 5, KM_AFTER, &reading), GSL_SUCCESS);
    assert_near(reading.surv, 0.980891719745223, 1e-14);
    assert_near(reading.std_err, 0.00546312972881740, 1e-14);
    const struct survival_interval interval = interval_95(SURVIVAL_CONF_LOG);
    int64_t n_person = 0;
    for (size_t arm = 0; arm < 2; arm++)
        for (size_t stratum = 0; stratum < 2; stratum++) {
            assert_int_equal(km_solve(table, arm, stratum, 0, &interval, all), GSL_SUCCESS);
            n_person += all->n_person;
        }
    assert_int_equal(n_person, 628);
    km_curve_free(all);
    risk_table_free(table);
    free(rows);
}

static void test_days_times_seven_leave_the_curve_alone(void **state)
{
    (void)state;
    struct survival_rows *rows = calloc(1, sizeof *rows);
    assert_non_null(rows);
    survival_rows_read("pharmaco", rows);
    struct risk_table *days = survival_rows_table(rows, 0);
    for (size_t i = 0; i < rows->n; i++)
        rows->time[i] *= 7;
    struct risk_table *weeks = survival_rows_table(rows, 0);
    struct km_curve *a = solved(days, 1, 0, SURVIVAL_CONF_ARCSIN), *b = solved(weeks, 1, 0, SURVIVAL_CONF_ARCSIN);
    assert_int_equal(a->n, b->n);
    for (size_t k = 0; k < a->n; k++)
        assert_near(b->time[k], 7 * a->time[k], 0);
    assert_memory_equal(a->surv, b->surv, a->n * sizeof(double));
    assert_memory_equal(a->std_err, b->std_err, a->n * sizeof(double));
    assert_memory_equal(a->conf_low, b->conf_low, a->n * sizeof(double));
    km_curve_free(a);
    km_curve_free(b);
    risk_table_free(days);
    risk_table_free(weeks);
    free(rows);
}

static void test_all_censored_stays_at_one(void **state)
{
    (void)state;
    const double axis[] = {3, 8}, time[] = {3, 8};
    const int32_t cause[] = {0, 0};
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, 2);
    assert_int_equal(risk_table_add(table, 2, NULL, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    struct km_curve *km = solved(table, 0, 0, SURVIVAL_CONF_LOG);
    assert_near(km->surv[1], 1, 0);
    assert_near(km->std_err[1], 0, 0);
    assert_int_equal(km->events, 0);
    km_curve_free(km);
    risk_table_free(table);
}

static void test_refuses_wrong_arguments(void **state)
{
    (void)state;
    const struct survival_interval interval = interval_95(SURVIVAL_CONF_LOG);
    const double axis[] = {3, 8}, time[] = {3, 8};
    const int32_t cause[] = {0, 1}, arm[] = {0, 0};
    struct risk_table *table = risk_table_alloc(2, 1, 1, axis, 2);
    struct km_curve *km = km_curve_alloc(2), *small = km_curve_alloc(1);
    assert_int_equal(risk_table_add(table, 2, NULL, time, cause, arm, NULL, NULL, 1), GSL_SUCCESS);
    assert_int_equal(km_solve(table, 0, 0, 0, &interval, km), GSL_SUCCESS);
    assert_int_equal(km_solve(table, 2, 0, 0, &interval, km), GSL_EINVAL);
    assert_int_equal(km_solve(table, 0, 1, 0, &interval, km), GSL_EINVAL);
    assert_int_equal(km_solve(table, 0, 0, 2, &interval, km), GSL_EINVAL);
    assert_int_equal(km_solve(table, 1, 0, 0, &interval, km), GSL_EINVAL); /* nobody in arm 1 */
    assert_int_equal(km_solve(table, 0, 0, 0, &interval, small), GSL_EBADLEN);
    assert_null(km_curve_alloc(0));
    assert_null(km_curve_alloc(SIZE_MAX / 4));
    km_curve_free(NULL);
    km_curve_free(km);
    km_curve_free(small);
    risk_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches_hand_computation),
        cmocka_unit_test(test_equals_survfit_on_real_textbook_and_random_sets),
        cmocka_unit_test(test_uncensored_survival_is_the_rounded_share),
        cmocka_unit_test(test_events_on_day_zero_count),
        cmocka_unit_test(test_other_causes_are_censored_when_one_is_asked_for),
        cmocka_unit_test(test_reads_before_at_between_and_beyond),
        cmocka_unit_test(test_delayed_entry_counts_on_the_half_open_interval),
        cmocka_unit_test(test_stays_at_zero_when_entries_refill_an_emptied_risk_set),
        cmocka_unit_test(test_pools_arms_and_strata_on_request),
        cmocka_unit_test(test_days_times_seven_leave_the_curve_alone),
        cmocka_unit_test(test_all_censored_stays_at_one),
        cmocka_unit_test(test_refuses_wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
