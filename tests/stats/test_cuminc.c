/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cuminc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/km.h"
#include "tests/support/near.h"
#include "tests/support/survival_rows.h"

static struct survival_interval interval_95(enum survival_conf_type type)
{
    struct survival_interval interval;
    assert_int_equal(survival_interval_init(&interval, type, 0.95), GSL_SUCCESS);
    return interval;
}

static struct cuminc_curve *solved(const struct risk_table *table, size_t arm, size_t cause,
                                   enum survival_conf_type type)
{
    const struct survival_interval interval = interval_95(type);
    struct cuminc_curve *curve = cuminc_curve_alloc(table->n_time);
    assert_non_null(curve);
    assert_int_equal(cuminc_solve(table, arm, RISK_TABLE_ALL, cause, CUMINC_AALEN, &interval, curve), GSL_SUCCESS);
    return curve;
}

/* Five persons: cause 1 at 2, cause 2 at 3, censored at 4, causes 1 and 2 at 6. */
static struct risk_table *five_persons(void)
{
    const double axis[] = {2, 3, 4, 6}, time[] = {2, 3, 4, 6, 6};
    const int32_t cause[] = {1, 2, 0, 1, 2};
    struct risk_table *table = risk_table_alloc(1, 1, 2, axis, 4);
    assert_non_null(table);
    assert_int_equal(risk_table_add(table, 5, NULL, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    return table;
}

static void test_matches_hand_computation(void **state)
{
    (void)state;
    struct risk_table *table = five_persons();
    struct cuminc_curve *one = solved(table, 0, 1, SURVIVAL_CONF_LOG_LOG);
    struct cuminc_curve *two = solved(table, 0, 2, SURVIVAL_CONF_LOG_LOG);

    assert_int_equal(one->n, 4);
    assert_near(one->cuminc[0], 1. / 5, 1e-15);
    assert_near(one->cuminc[2], 1. / 5, 1e-15);
    assert_near(one->cuminc[3], 1. / 5 + 3. / 5 / 2, 1e-15);
    assert_near(two->cuminc[0], 0, 0);
    assert_near(two->cuminc[1], 4. / 5 / 4, 1e-15);
    assert_near(two->cuminc[3], 1. / 5 + 3. / 5 / 2, 1e-15);
    assert_near(one->surv[2], 3. / 5, 1e-15);
    assert_near(one->surv[3], 0, 0);
    assert_int_equal(one->n_risk[3], 2);
    assert_int_equal(one->n_event[3], 1);
    assert_int_equal(one->n_other[3], 1);
    assert_int_equal(one->n_censor[2], 1);
    assert_int_equal(one->events, 2);
    assert_int_equal(one->n_person, 5);
    /* First step: one event of five, S = 4/5 after it: u = 1/25. */
    assert_near(one->std_err[0], sqrt(1. / 25), 1e-15);
    /* Last step, increment 3/10: the first event has 1 - (3/10) / (4/5), the other cause (u = 1/25) (3/10) / (3/5). */
    const double first = 1. / 25 * (1 - 0.375) * (1 - 0.375), other = 1. / 25 * 0.25, last = 9. / 25 / 4;
    assert_near(one->std_err[3], sqrt(first + other + last), 1e-14);
    cuminc_curve_free(one);
    cuminc_curve_free(two);
    risk_table_free(table);
}

/* The sum of the header, step by step over all earlier steps. */
static double variance_by_definition(const struct cuminc_curve *curve, size_t last)
{
    double sum = 0;
    for (size_t k = 0; k <= last; k++) {
        const double r = (double)curve->n_risk[k], before = k == 0 ? 1 : curve->surv[k - 1], after = curve->surv[k];
        const double moved = after > 0 ? (curve->cuminc[last] - curve->cuminc[k]) / after : 0;
        const double d[2] = {(double)curve->n_event[k], (double)curve->n_other[k]};
        for (int other = 0; other < 2; other++) {
            const double ties = d[other] > 1 ? 1 - (d[other] - 1) / (r - 1) : 1;
            const double u = d[other] > 0 ? before * before * d[other] / (r * r) * ties : 0;
            sum += other ? u * moved * moved : u * (1 - moved) * (1 - moved);
        }
    }
    return sum;
}

static void test_variance_follows_its_definition(void **state)
{
    (void)state;
    struct survival_rows *rows = calloc(1, sizeof *rows);
    survival_rows_read("mgus2", rows);
    struct risk_table *table = survival_rows_table(rows, 0);
    for (size_t cause = 1; cause <= 2; cause++) {
        struct cuminc_curve *curve = solved(table, 1, cause, SURVIVAL_CONF_LOG_LOG);
        for (size_t k = 0; k < curve->n; k += 17)
            assert_near(curve->std_err[k] * curve->std_err[k], variance_by_definition(curve, k), 1e-11);
        cuminc_curve_free(curve);
    }
    risk_table_free(table);
    free(rows);
}

/* cuminc() of cmprsk, and survfit of survival, on mgus2: women, cause 1, ten years. */
static void test_mgus2_at_ten_years(void **state)
{
    (void)state;
    struct survival_rows *rows = calloc(1, sizeof *rows);
    struct cuminc_reading reading;
    survival_rows_read("mgus2", rows);
    struct risk_table *table = survival_rows_table(rows, 0);
    struct cuminc_curve *curve = solved(table, 0, 1, SURVIVAL_CONF_LOG_LOG);
    assert_int_equal(cuminc_read(curve, 120, KM_AFTER, &reading), GSL_SUCCESS);
    assert_near(reading.cuminc, 0.0738856643759262, 1e-13);
    assert_near(reading.std_err * reading.std_err, 0.000116239781702478, 1e-12);
    cuminc_curve_free(curve);
    risk_table_free(table);
    free(rows);
}

static void test_equals_cmprsk_and_multi_state_survfit(void **state)
{
    (void)state;
    size_t n_variance = 0;
    struct survival_walk walk = survival_walk_start(NULL, "cuminc");
    struct cuminc_curve *curve = cuminc_curve_alloc(SURVIVAL_ROWS_MAX);
    const struct survival_interval interval = interval_95(SURVIVAL_CONF_LOG_LOG);

    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        struct cuminc_reading reading;
        const size_t cause = (size_t)atoi(answer->option);
        assert_int_equal(
            cuminc_solve(walk.table, answer->arm, RISK_TABLE_ALL, cause, CUMINC_AALEN, &interval, curve), GSL_SUCCESS);
        assert_int_equal(cuminc_read(curve, answer->key, KM_AFTER, &reading), GSL_SUCCESS);
        assert_near(reading.cuminc, answer->v[0], 1e-12);
        if (isnan(answer->v[1]))
            continue;
        /* cmprsk takes the difference of large sums: what it has left of a variance of 0 is rounding. */
        if (answer->v[1] > 1e-15)
            assert_near(reading.std_err * reading.std_err, answer->v[1], 1e-11);
        else
            assert_true(reading.std_err < 1e-7);
        n_variance++;
    }
    assert_true(n_variance > 1500);
    cuminc_curve_free(curve);
    survival_walk_end(&walk, 2000);
}

static void test_without_other_causes_it_is_one_minus_kaplan_meier(void **state)
{
    (void)state;
    struct survival_rows *rows = calloc(1, sizeof *rows);
    const struct survival_interval interval = interval_95(SURVIVAL_CONF_LOG_LOG);
    survival_rows_read("A04", rows);
    struct risk_table *table = survival_rows_table(rows, 0);
    struct cuminc_curve *curve = solved(table, 0, 1, SURVIVAL_CONF_LOG_LOG);
    struct km_curve *km = km_curve_alloc(table->n_time);
    assert_int_equal(km_solve(table, 0, 0, 0, &interval, km), GSL_SUCCESS);
    for (size_t k = 0; k < km->n; k++)
        assert_near(curve->cuminc[k], 1 - km->surv[k], 1e-14);
    /* Without ties the two variances differ only by Greenwood's r (r - d) against r^2. */
    assert_near(curve->std_err[0], sqrt(1. / (11 * 11)), 1e-14);
    cuminc_curve_free(curve);
    km_curve_free(km);
    risk_table_free(table);
    free(rows);
}

static void test_causes_and_survival_add_up_to_one(void **state)
{
    (void)state;
    struct survival_rows *rows = calloc(1, sizeof *rows);
    survival_rows_read("mgus2", rows);
    struct risk_table *table = survival_rows_table(rows, 0);
    struct cuminc_curve *one = solved(table, 0, 1, SURVIVAL_CONF_LOG), *two = solved(table, 0, 2, SURVIVAL_CONF_LOG);
    for (size_t k = 0; k < one->n; k++)
        assert_near(one->cuminc[k] + two->cuminc[k] + one->surv[k], 1, 1e-13);
    cuminc_curve_free(one);
    cuminc_curve_free(two);
    risk_table_free(table);
    free(rows);
}

static void test_limits_of_each_type(void **state)
{
    (void)state;
    const double z = 1.959963984540054;
    struct risk_table *table = five_persons();
    struct cuminc_curve *loglog = solved(table, 0, 1, SURVIVAL_CONF_LOG_LOG);
    struct cuminc_curve *log_ = solved(table, 0, 1, SURVIVAL_CONF_LOG);
    struct cuminc_curve *plain = solved(table, 0, 1, SURVIVAL_CONF_PLAIN);
    struct cuminc_curve *none = solved(table, 0, 1, SURVIVAL_CONF_NONE);
    struct cuminc_curve *other = solved(table, 0, 2, SURVIVAL_CONF_LOG_LOG);
    const double f = loglog->cuminc[3], s = loglog->std_err[3], w = z * s / ((1 - f) * log(1 - f));
    assert_near(loglog->conf_low[3], 1 - pow(1 - f, exp(w)), 1e-14);
    assert_near(loglog->conf_high[3], 1 - pow(1 - f, exp(-w)), 1e-14);
    assert_true(loglog->conf_low[3] < f && f < loglog->conf_high[3]);
    assert_near(log_->conf_low[3], f * exp(-z * s / f), 1e-14);
    assert_near(log_->conf_high[3], fmin(1, f * exp(z * s / f)), 1e-14);
    assert_near(plain->conf_low[3], fmax(0, f - z * s), 1e-13);
    assert_near(plain->conf_high[3], fmin(1, f + z * s), 1e-13);
    assert_true(isnan(none->conf_low[3]));
    assert_true(isnan(other->conf_low[0]) && isnan(other->conf_high[0])); /* F = 0 */
    cuminc_curve_free(loglog);
    cuminc_curve_free(log_);
    cuminc_curve_free(plain);
    cuminc_curve_free(none);
    cuminc_curve_free(other);
    risk_table_free(table);
}

static void test_everybody_by_one_cause_ends_at_exactly_one(void **state)
{
    (void)state;
    double axis[49], time[49];
    int32_t cause[49];
    for (int i = 0; i < 49; i++) {
        axis[i] = time[i] = i;
        cause[i] = 1;
    }
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, 49);
    assert_int_equal(risk_table_add(table, 49, NULL, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    struct cuminc_curve *curve = solved(table, 0, 1, SURVIVAL_CONF_LOG_LOG);
    assert_near(curve->cuminc[48], 1, 0);
    assert_true(isnan(curve->conf_low[48]) && isnan(curve->conf_high[48]));
    cuminc_curve_free(curve);
    risk_table_free(table);
}

static void test_reads_before_at_between_and_beyond(void **state)
{
    (void)state;
    const double axis[] = {2, 3, 5}, time[] = {2, 3, 5};
    const int32_t cause[] = {1, 2, 0};
    struct cuminc_reading reading;
    struct risk_table *table = risk_table_alloc(1, 1, 2, axis, 3);
    assert_int_equal(risk_table_add(table, 3, NULL, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    struct cuminc_curve *curve = solved(table, 0, 1, SURVIVAL_CONF_PLAIN);
    assert_int_equal(cuminc_read(curve, 1, KM_AFTER, &reading), GSL_SUCCESS);
    assert_near(reading.cuminc, 0, 0);
    assert_near(reading.std_err, 0, 0);
    assert_true(isnan(reading.conf_low));
    assert_int_equal(reading.n_risk, 3);
    assert_int_equal(cuminc_read(curve, 2, KM_AT_LEAST, &reading), GSL_SUCCESS);
    assert_near(reading.cuminc, 0, 0);
    assert_int_equal(cuminc_read(curve, 4, KM_AFTER, &reading), GSL_SUCCESS);
    assert_near(reading.cuminc, 1. / 3, 1e-15);
    assert_near(reading.surv, 1. / 3, 1e-15);
    assert_int_equal(reading.n_event, 1);
    assert_int_equal(reading.n_other, 1);
    assert_int_equal(reading.n_risk, 1);
    assert_false(reading.beyond);
    assert_int_equal(cuminc_read(curve, 5, KM_AFTER, &reading), GSL_SUCCESS);
    assert_false(reading.beyond);
    assert_int_equal(cuminc_read(curve, 6, KM_AFTER, &reading), GSL_SUCCESS);
    assert_true(reading.beyond);
    assert_int_equal(reading.n_risk, 0);
    assert_int_equal(cuminc_read(curve, -1, KM_AFTER, &reading), GSL_EDOM);
    assert_int_equal(cuminc_read(curve, NAN, KM_AFTER, &reading), GSL_EDOM);
    cuminc_curve_free(curve);
    risk_table_free(table);
}

static void test_refuses_wrong_arguments(void **state)
{
    (void)state;
    const struct survival_interval interval = interval_95(SURVIVAL_CONF_LOG);
    struct risk_table *table = five_persons();
    struct cuminc_curve *curve = cuminc_curve_alloc(4), *small = cuminc_curve_alloc(3);
    assert_int_equal(cuminc_solve(table, 0, 0, 1, CUMINC_AALEN, &interval, curve), GSL_SUCCESS);
    assert_int_equal(cuminc_solve(table, 1, 0, 1, CUMINC_AALEN, &interval, curve), GSL_EINVAL);
    assert_int_equal(cuminc_solve(table, 0, 1, 1, CUMINC_AALEN, &interval, curve), GSL_EINVAL);
    assert_int_equal(cuminc_solve(table, 0, 0, 0, CUMINC_AALEN, &interval, curve), GSL_EINVAL);
    assert_int_equal(cuminc_solve(table, 0, 0, 3, CUMINC_AALEN, &interval, curve), GSL_EINVAL);
    assert_int_equal(cuminc_solve(table, 0, 0, 1, (enum cuminc_variance)5, &interval, curve), GSL_EINVAL);
    assert_int_equal(cuminc_solve(table, 0, 0, 1, CUMINC_AALEN, &interval, small), GSL_EBADLEN);
    risk_table_clear(table);
    assert_int_equal(cuminc_solve(table, 0, 0, 1, CUMINC_AALEN, &interval, curve), GSL_EINVAL); /* nobody */
    assert_null(cuminc_curve_alloc(0));
    assert_null(cuminc_curve_alloc(SIZE_MAX / 4));
    cuminc_curve_free(NULL);
    cuminc_curve_free(curve);
    cuminc_curve_free(small);
    risk_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches_hand_computation),
        cmocka_unit_test(test_variance_follows_its_definition),
        cmocka_unit_test(test_mgus2_at_ten_years),
        cmocka_unit_test(test_equals_cmprsk_and_multi_state_survfit),
        cmocka_unit_test(test_without_other_causes_it_is_one_minus_kaplan_meier),
        cmocka_unit_test(test_causes_and_survival_add_up_to_one),
        cmocka_unit_test(test_limits_of_each_type),
        cmocka_unit_test(test_everybody_by_one_cause_ends_at_exactly_one),
        cmocka_unit_test(test_reads_before_at_between_and_beyond),
        cmocka_unit_test(test_refuses_wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
