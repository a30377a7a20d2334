/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_curve.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/km.h"
#include "stats/rmst.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { N_MAX = 80, N_TIME = 20 };

/* Rows on the axis 1 .. 20. */
struct sample {
    struct weighted_rows rows;
    uint32_t place[N_MAX], entry[N_MAX];
    int32_t cause[N_MAX];
    double weight[N_MAX];
};

static const double axis[N_TIME] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};

static struct weighted_curve *solved(const struct sample *s, size_t n_cause)
{
    struct weighted_curve *const curve = weighted_curve_alloc(axis, N_TIME, n_cause);

    assert_non_null(curve);
    assert_int_equal(weighted_curve_solve(curve, &s->rows), GSL_SUCCESS);
    return curve;
}

static void connect(struct sample *s, size_t n, bool entries)
{
    s->rows = (struct weighted_rows){n, s->place, entries ? s->entry : NULL, s->cause, s->weight};
}

static void draw(gsl_rng *rng, struct sample *s, bool entries)
{
    const size_t n = 5 + gsl_rng_uniform_int(rng, N_MAX - 5);

    for (size_t i = 0; i < n; i++) {
        s->place[i] = (uint32_t)gsl_rng_uniform_int(rng, N_TIME);
        s->entry[i] = s->place[i] > 0 && gsl_rng_uniform_int(rng, 3) == 0
                          ? (uint32_t)gsl_rng_uniform_int(rng, s->place[i])
                          : WEIGHTED_FROM_START;
        s->cause[i] = (int32_t)gsl_rng_uniform_int(rng, 3);
        s->weight[i] = 0.05 + 3 * gsl_rng_uniform(rng);
    }
    connect(s, n, entries);
}

static double error_of(const struct sample *s, const double *influence)
{
    double sum = 0;

    for (size_t i = 0; i < s->rows.n; i++)
        sum += pow(s->weight[i] * influence[i], 2);
    return sqrt(sum);
}

static void sample_read(const struct reference *r, int64_t set, struct sample *s)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_rows; i++)
        if (reference_count(r, i, "set") == set) {
            s->place[n] = (uint32_t)reference_count(r, i, "time") - 1;
            s->cause[n] = (int32_t)reference_count(r, i, "cause");
            s->weight[n++] = reference_value(r, i, "weight");
        }
    connect(s, n, false);
}

static void check_set(const struct reference *r, size_t i, const struct sample *s)
{
    struct weighted_curve *const curve = solved(s, 2);
    const double t = reference_value(r, i, "at");
    double influence[N_MAX];

    assert_near(weighted_curve_survival(curve, t), reference_value(r, i, "surv"), 1e-12);
    assert_near(weighted_curve_risk(curve, 1, t), reference_value(r, i, "risk_1"), 1e-12);
    assert_near(weighted_curve_risk(curve, 2, t), reference_value(r, i, "risk_2"), 1e-12);
    weighted_curve_survival_influence(curve, &s->rows, t, influence);
    if (!isnan(reference_value(r, i, "surv_se")))
        assert_near(error_of(s, influence), reference_value(r, i, "surv_se"), 1e-10);
    weighted_curve_risk_influence(curve, &s->rows, 1, t, influence);
    assert_near(error_of(s, influence), reference_value(r, i, "risk_1_se"), 1e-10);
    weighted_curve_risk_influence(curve, &s->rows, 2, t, influence);
    assert_near(error_of(s, influence), reference_value(r, i, "risk_2_se"), 1e-10);
    weighted_curve_free(curve);
}

static void test_agrees_with_survfit_under_weights(void **state)
{
    struct reference *const rows = reference_read("tests/reference/weighted_curve_rows.csv");
    struct reference *const answers = reference_read("tests/reference/weighted_curve_answers.csv");

    (void)state;
    for (size_t i = 0; i < answers->n_rows; i++) {
        struct sample s;

        sample_read(rows, reference_count(answers, i, "set"), &s);
        check_set(answers, i, &s);
    }
    assert_int_equal(answers->n_rows, 120);
    reference_free(rows);
    reference_free(answers);
}

/* What a number is worth, by its name. */
enum what { SURVIVAL, RISK, RMST };

static double number(const struct weighted_curve *curve, enum what what, double t)
{
    double rmst;

    if (what == SURVIVAL)
        return weighted_curve_survival(curve, t);
    if (what == RISK)
        return weighted_curve_risk(curve, 2, t);
    return weighted_curve_rmst(curve, t, &rmst) == GSL_SUCCESS ? rmst : NAN;
}

static void influence_of(const struct weighted_curve *curve, const struct sample *s, enum what what, double t, double *d)
{
    if (what == SURVIVAL)
        weighted_curve_survival_influence(curve, &s->rows, t, d);
    else if (what == RISK)
        weighted_curve_risk_influence(curve, &s->rows, 2, t, d);
    else
        weighted_curve_rmst_influence(curve, &s->rows, t, d);
}

static double moved(struct sample *s, size_t i, double by, enum what what, double t)
{
    const double before = s->weight[i];

    s->weight[i] += by;
    struct weighted_curve *const curve = solved(s, 2);
    const double value = number(curve, what, t);

    s->weight[i] = before;
    weighted_curve_free(curve);
    return value;
}

static void test_influence_is_the_slope_by_a_weight(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s;

    (void)state;
    for (int k = 0; k < 200; k++) {
        const enum what what = (enum what)(k % 3);
        const double t = 0.5 + 19 * gsl_rng_uniform(rng);
        double d[N_MAX], sum = 0;

        draw(rng, &s, k % 2 == 0);
        struct weighted_curve *const curve = solved(&s, 2);
        const bool defined = !isnan(number(curve, what, t));

        influence_of(curve, &s, what, t, d);
        for (size_t i = 0; defined && i < s.rows.n; i++) {
            const double h = 1e-4 * s.weight[i];
            const double slope = (moved(&s, i, h, what, t) - moved(&s, i, -h, what, t)) / (2 * h);

            assert_true(fabs(d[i] - slope) <= 1e-5 * (1 + fabs(slope)));
            sum += s.weight[i] * d[i];
        }
        assert_true(!defined || fabs(sum) < 1e-10);
        weighted_curve_free(curve);
    }
    gsl_rng_free(rng);
}

/* With weights 1 the jackknife of Kaplan-Meier and of the restricted mean are Greenwood's formulas. */
static void test_unit_weights_give_greenwood(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s;

    struct survival_interval plain;

    (void)state;
    assert_int_equal(survival_interval_init(&plain, SURVIVAL_CONF_PLAIN, 0.95), GSL_SUCCESS);
    for (int k = 0; k < 50; k++) {
        double time[N_MAX], d[N_MAX], rmst;
        int32_t event[N_MAX];

        draw(rng, &s, false);
        for (size_t i = 0; i < s.rows.n; i++) {
            s.weight[i] = 1;
            time[i] = axis[s.place[i]];
            event[i] = s.cause[i] > 0;
        }
        struct risk_table *const table = risk_table_alloc(1, 1, 1, axis, N_TIME);
        struct km_curve *const km = km_curve_alloc(N_TIME);
        struct weighted_curve *const curve = solved(&s, 2);
        struct rmst expected;

        assert_int_equal(risk_table_add(table, s.rows.n, NULL, time, event, NULL, NULL, NULL, 1), GSL_SUCCESS);
        assert_int_equal(km_solve(table, 0, RISK_TABLE_ALL, 0, &plain, km), GSL_SUCCESS);
        for (size_t j = 0; j < km->n; j++) {
            weighted_curve_survival_influence(curve, &s.rows, km->time[j], d);
            assert_near(weighted_curve_survival(curve, km->time[j]), km->surv[j], 1e-12);
            if (km->surv[j] > 0)
                assert_near(error_of(&s, d), km->std_err[j], 1e-11);
        }
        if (rmst_solve(km, 10, &expected) == GSL_SUCCESS) {
            assert_int_equal(weighted_curve_rmst(curve, 10, &rmst), GSL_SUCCESS);
            assert_near(rmst, expected.estimate, 1e-12);
            weighted_curve_rmst_influence(curve, &s.rows, 10, d);
            assert_near(error_of(&s, d), expected.std_err, 1e-11);
        }
        weighted_curve_free(curve);
        km_curve_free(km);
        risk_table_free(table);
    }
    gsl_rng_free(rng);
}

static void test_the_order_of_rows_changes_no_bit(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s, turned;

    (void)state;
    for (int k = 0; k < 100; k++) {
        draw(rng, &s, true);
        for (size_t i = 0; i < s.rows.n; i++) {
            const size_t j = s.rows.n - 1 - i;

            turned.place[j] = s.place[i];
            turned.entry[j] = s.entry[i];
            turned.cause[j] = s.cause[i];
            turned.weight[j] = s.weight[i];
        }
        connect(&turned, s.rows.n, true);
        struct weighted_curve *const a = solved(&s, 2), *const b = solved(&turned, 2);

        for (size_t j = 0; j < N_TIME; j++)
            assert_true(a->surv[j] == b->surv[j] && a->cuminc[N_TIME + j] == b->cuminc[N_TIME + j] &&
                        a->at_risk[j] == b->at_risk[j]);
        assert_true(a->total == b->total);
        weighted_curve_free(a);
        weighted_curve_free(b);
    }
    gsl_rng_free(rng);
}

static void test_bad_rows_are_refused(void **state)
{
    static struct sample s = {.place = {3, 4}, .cause = {1, 0}, .weight = {1, 2}};
    struct weighted_curve *const curve = weighted_curve_alloc(axis, N_TIME, 1);
    double rmst;

    (void)state;
    connect(&s, 2, false);
    assert_int_equal(weighted_curve_solve(curve, &s.rows), GSL_SUCCESS);
    assert_int_equal(weighted_curve_rmst(curve, 6, &rmst), GSL_EDOM);
    assert_near(weighted_curve_max_tau(curve), 5, 0);
    s.cause[0] = 2;
    assert_int_equal(weighted_curve_solve(curve, &s.rows), GSL_EDOM);
    s.cause[0] = 1;
    s.weight[1] = -1;
    assert_int_equal(weighted_curve_solve(curve, &s.rows), GSL_EDOM);
    s.weight[1] = INFINITY;
    assert_int_equal(weighted_curve_solve(curve, &s.rows), GSL_EDOM);
    s.weight[0] = s.weight[1] = 0;
    assert_int_equal(weighted_curve_solve(curve, &s.rows), GSL_EINVAL);
    s.place[0] = N_TIME;
    assert_int_equal(weighted_curve_solve(curve, &s.rows), GSL_EDOM);
    connect(&s, 0, false);
    assert_int_equal(weighted_curve_solve(curve, &s.rows), GSL_EINVAL);
    weighted_curve_free(curve);
    assert_null(weighted_curve_alloc(axis, 0, 1));
    assert_null(weighted_curve_alloc(axis, N_TIME, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_survfit_under_weights),
        cmocka_unit_test(test_influence_is_the_slope_by_a_weight),
        cmocka_unit_test(test_unit_weights_give_greenwood),
        cmocka_unit_test(test_the_order_of_rows_changes_no_bit),
        cmocka_unit_test(test_bad_rows_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
