/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/loss_weights.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/ipcw.h"
#include "tests/stats/strategy_people.h"

static struct weighted_curve *solved(const struct people *p, const struct loss_weights *w)
{
    struct weighted_curve *curve = weighted_curve_alloc(p->axis, N_AXIS, 2);

    assert_non_null(curve);
    assert_int_equal(loss_curve_solve(w, p->a, curve), GSL_SUCCESS);
    return curve;
}

static double error_of(const struct people *p, const struct loss_weights *w, const struct weighted_curve *curve,
                       enum loss_reading reading, size_t cause, double t)
{
    static double d[N_MAX], phi[N_MAX];
    double sum = 0;

    for (size_t i = 0; i < p->n; i++)
        phi[i] = 0;
    assert_int_equal(loss_curve_influence(w, p->a, curve, reading, cause, t, d, phi), GSL_SUCCESS);
    for (size_t i = 0; i < p->n; i++)
        sum += pow(p->a[i] * d[i] + phi[i], 2);
    return sqrt(sum);
}

static void test_equals_a_slow_computation_in_r_with_coxph(void **state)
{
    (void)state;
    struct reference *answers = reference_read("tests/reference/loss_answers.csv");

    assert_non_null(answers);
    assert_int_equal(answers->n_rows, 9);
    for (size_t row = 0; row < answers->n_rows; row++) {
        struct people *p = people_of(reference_count(answers, row, "set"), true);
        struct loss_weights *w = NULL;
        const double t = reference_value(answers, row, "at");
        double rmst;
        assert_int_equal(loss_weights_alloc(&p->rows, 1, &w), GSL_SUCCESS);
        assert_true(w->exists && w->p == 4 && w->n_lost > 15);
        struct weighted_curve *curve = solved(p, w);
        assert_near(weighted_curve_survival(curve, t), reference_value(answers, row, "surv"), 1e-9);
        assert_near(weighted_curve_risk(curve, 1, t), reference_value(answers, row, "risk_1"), 1e-9);
        assert_near(weighted_curve_risk(curve, 2, t), reference_value(answers, row, "risk_2"), 1e-9);
        assert_int_equal(weighted_curve_rmst(curve, t, &rmst), GSL_SUCCESS);
        assert_near(rmst, reference_value(answers, row, "rmst"), 1e-9);
        assert_near(error_of(p, w, curve, LOSS_SURVIVAL, 1, t), reference_value(answers, row, "surv_se"), 2e-7);
        assert_near(error_of(p, w, curve, LOSS_RISK, 1, t), reference_value(answers, row, "risk_1_se"), 2e-7);
        assert_near(error_of(p, w, curve, LOSS_RISK, 2, t), reference_value(answers, row, "risk_2_se"), 2e-7);
        assert_near(error_of(p, w, curve, LOSS_RMST, 1, t), reference_value(answers, row, "rmst_se"), 2e-7);
        weighted_curve_free(curve);
        loss_weights_free(w);
        free(p);
    }
    reference_free(answers);
}

/* The same weights for everybody at risk change no curve. */
static void test_without_covariates_weights_are_those_of_kaplan_meier_and_curves_stay(void **state)
{
    (void)state;
    struct people *p = people_of(2, false);
    struct loss_weights *w = NULL;
    struct ipcw *ipcw = ipcw_alloc(N_AXIS);
    const struct ipcw_rows rows = {p->n, p->place, p->cause, p->frequency, NULL};
    const struct weighted_rows plain = {p->n, p->place, NULL, p->cause, p->a};
    struct weighted_curve *without = weighted_curve_alloc(p->axis, N_AXIS, 2);

    assert_true(ipcw != NULL && without != NULL);
    assert_int_equal(ipcw_solve(ipcw, &rows), GSL_SUCCESS);
    assert_int_equal(loss_weights_alloc(&p->rows, 2, &w), GSL_SUCCESS);
    for (size_t k = 0; k <= END; k++)
        assert_near(loss_weight(w, 3, k), 1 / ipcw->before[k], 1e-12);
    struct weighted_curve *curve = solved(p, w);
    assert_int_equal(weighted_curve_solve(without, &plain), GSL_SUCCESS);
    for (size_t k = 0; k < N_AXIS; k++) {
        assert_near(curve->surv[k], without->surv[k], 1e-12);
        assert_near(curve->cuminc[k], without->cuminc[k], 1e-12);
    }
    weighted_curve_free(without);
    weighted_curve_free(curve);
    ipcw_free(ipcw);
    loss_weights_free(w);
    free(p);
}

static void test_nobody_lost_is_weights_of_one(void **state)
{
    (void)state;
    struct people *p = people_of(1, true);
    struct loss_weights *w = NULL;

    for (size_t i = 0; i < p->n; i++)
        if (p->cause[i] == 0)
            p->place[i] = END; /* the end of follow-up */
    assert_int_equal(loss_weights_alloc(&p->rows, 1, &w), GSL_SUCCESS);
    assert_int_equal(w->n_lost, 0);
    for (size_t i = 0; i < p->n; i++)
        assert_near(loss_weight(w, i, N_AXIS), 1, 0);
    loss_weights_free(w);
    free(p);
}

/* Another level of reference, age in months before 70: the same weights, curves and errors. */
static void test_weights_do_not_hang_on_the_coding(void **state)
{
    (void)state;
    static const int32_t other_columns[] = {3, 2, DESIGN_NONE};
    struct people *p = people_of(2, true), *q = people_of(2, true);
    struct loss_weights *v = NULL, *w = NULL;

    for (size_t i = 0; i < q->n; i++)
        q->age[i] = 12 * (70 - q->age[i]);
    q->block[2].column = other_columns;
    assert_int_equal(loss_weights_alloc(&p->rows, 1, &v), GSL_SUCCESS);
    assert_int_equal(loss_weights_alloc(&q->rows, 1, &w), GSL_SUCCESS);
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k <= END; k += 5)
            assert_near(loss_weight(w, i, k), loss_weight(v, i, k), 1e-9);
    struct weighted_curve *one = solved(p, v), *other = solved(q, w);
    for (enum loss_reading reading = LOSS_SURVIVAL; reading <= LOSS_RMST; reading++)
        assert_near(error_of(q, w, other, reading, 1, 25), error_of(p, v, one, reading, 1, 25), 1e-8);
    weighted_curve_free(other);
    weighted_curve_free(one);
    loss_weights_free(w);
    loss_weights_free(v);
    free(q);
    free(p);
}

static void test_threads_and_order_change_no_bit(void **state)
{
    (void)state;
    struct people *p = people_of(3, true), *turned = calloc(1, sizeof *turned);
    struct loss_weights *v = NULL, *w = NULL;
    static double d[2][N_MAX], phi[2][N_MAX];

    assert_non_null(turned);
    turned->n = p->n;
    for (size_t i = 0; i < p->n; i++) {
        const size_t k = p->n - 1 - i;
        turned->place[i] = p->place[k];
        turned->cause[i] = p->cause[k];
        turned->age[i] = p->age[k];
        turned->sex[i] = p->sex[k];
        turned->site[i] = p->site[k];
        turned->a[i] = p->a[k];
        turned->frequency[i] = 1;
    }
    people_connect(turned, true);
    assert_int_equal(loss_weights_alloc(&p->rows, 1, &v), GSL_SUCCESS);
    assert_int_equal(loss_weights_alloc(&turned->rows, 3, &w), GSL_SUCCESS);
    struct weighted_curve *one = solved(p, v), *other = solved(turned, w);
    for (size_t k = 0; k < N_AXIS; k++)
        assert_true(one->surv[k] == other->surv[k]);
    assert_int_equal(loss_curve_influence(v, p->a, one, LOSS_RISK, 1, 25, d[0], phi[0]), GSL_SUCCESS);
    assert_int_equal(loss_curve_influence(w, turned->a, other, LOSS_RISK, 1, 25, d[1], phi[1]), GSL_SUCCESS);
    for (size_t i = 0; i < p->n; i++)
        assert_true(d[0][i] == d[1][p->n - 1 - i] && phi[0][i] == phi[1][p->n - 1 - i]);
    weighted_curve_free(one);
    weighted_curve_free(other);
    loss_weights_free(v);
    loss_weights_free(w);
    free(turned);
    free(p);
}

static void test_a_level_of_which_nobody_is_lost_has_weight_one(void **state)
{
    (void)state;
    struct people *p = people_of(2, true);
    struct loss_weights *w = NULL;

    for (size_t i = 0; i < p->n; i++)
        if (p->site[i] == 2 && p->cause[i] == 0)
            p->place[i] = END;
    assert_int_equal(loss_weights_alloc(&p->rows, 1, &w), GSL_SUCCESS);
    assert_true(w->exists);
    assert_int_equal(w->p, 3);
    for (size_t i = 0; i < p->n; i++)
        if (p->site[i] == 2)
            assert_near(loss_weight(w, i, END), 1, 0);
    loss_weights_free(w);
    free(p);
}

/* Who is never lost is nobody that others are compared with: without those people the regression is the same. */
static void test_others_have_the_weights_that_they_have_without_that_level(void **state)
{
    (void)state;

    for (uint16_t unseen = 0; unseen < 3; unseen++) {
        struct people *p = people_of(2, true), *others = people_of(2, true);
        struct loss_weights *v = NULL, *w = NULL;
        for (size_t i = 0; i < p->n; i++) {
            if (p->site[i] == unseen && p->cause[i] == 0)
                p->place[i] = others->place[i] = END;
            others->frequency[i] = p->site[i] == unseen ? 0 : 1;
        }
        assert_int_equal(loss_weights_alloc(&p->rows, 1, &v), GSL_SUCCESS);
        assert_int_equal(loss_weights_alloc(&others->rows, 1, &w), GSL_SUCCESS);
        assert_true(v->exists && w->exists && v->n_lost == w->n_lost);
        for (size_t i = 0; i < p->n; i++)
            for (size_t k = 0; k <= END && p->site[i] != unseen; k += 5)
                assert_near(loss_weight(v, i, k), loss_weight(w, i, k), 1e-8);
        loss_weights_free(w);
        loss_weights_free(v);
        free(others);
        free(p);
    }
}

static void test_nor_does_it_matter_that_the_level_comes_first(void **state)
{
    (void)state;
    static const int32_t in_turn[][3] = {{DESIGN_NONE, 2, 3}, {2, DESIGN_NONE, 3}, {2, 3, DESIGN_NONE}};

    for (uint16_t unseen = 0; unseen < 3; unseen++) {
        struct loss_weights *w[3] = {NULL};
        struct people *p = people_of(2, true);
        double errors[3];
        for (size_t i = 0; i < p->n; i++)
            if (p->site[i] == unseen && p->cause[i] == 0)
                p->place[i] = END;
        for (size_t k = 0; k < 3; k++) {
            p->block[2].column = in_turn[k];
            assert_int_equal(loss_weights_alloc(&p->rows, 1, &w[k]), GSL_SUCCESS);
            assert_true(w[k]->exists && w[k]->p == 3);
            struct weighted_curve *curve = solved(p, w[k]);
            errors[k] = error_of(p, w[k], curve, LOSS_SURVIVAL, 1, 25);
            weighted_curve_free(curve);
        }
        for (size_t k = 1; k < 3; k++) {
            assert_near(errors[k], errors[0], 1e-8);
            for (size_t i = 0; i < p->n; i++)
                assert_near(loss_weight(w[k], i, END), loss_weight(w[0], i, END), 1e-9);
        }
        for (size_t k = 0; k < 3; k++)
            loss_weights_free(w[k]);
        free(p);
    }
}

static void test_derivatives_that_are_not_finite_are_refused(void **state)
{
    (void)state;
    struct people *p = people_of(1, true);
    struct loss_weights *w = NULL;
    static double by_row[N_MAX], by_level[N_AXIS + 1], phi[N_MAX];
    struct weighted_curve *short_one = weighted_curve_alloc(p->axis, N_AXIS - 1, 2), *one_cause = weighted_curve_alloc(p->axis, N_AXIS, 1);

    assert_true(short_one != NULL && one_cause != NULL);
    assert_int_equal(loss_weights_alloc(&p->rows, 1, &w), GSL_SUCCESS);
    by_row[4] = NAN;
    assert_int_equal(loss_influence(w, by_row, by_level, phi), GSL_EINVAL);
    assert_int_equal(loss_curve_solve(w, p->a, short_one), GSL_EBADLEN);
    assert_int_equal(loss_curve_solve(w, p->a, one_cause), GSL_EDOM); /* there are two */
    weighted_curve_free(one_cause);
    weighted_curve_free(short_one);
    loss_weights_free(w);
    free(p);
}

static void test_a_place_beyond_the_axis_is_refused(void **state)
{
    (void)state;
    struct people *p = people_of(1, true);
    struct loss_weights *w = NULL;

    p->place[7] = N_AXIS;
    assert_int_equal(loss_weights_alloc(&p->rows, 1, &w), GSL_EDOM);
    assert_null(w);
    loss_weights_free(NULL);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_a_slow_computation_in_r_with_coxph),
        cmocka_unit_test(test_without_covariates_weights_are_those_of_kaplan_meier_and_curves_stay),
        cmocka_unit_test(test_nobody_lost_is_weights_of_one),
        cmocka_unit_test(test_weights_do_not_hang_on_the_coding),
        cmocka_unit_test(test_threads_and_order_change_no_bit),
        cmocka_unit_test(test_a_level_of_which_nobody_is_lost_has_weight_one),
        cmocka_unit_test(test_others_have_the_weights_that_they_have_without_that_level),
        cmocka_unit_test(test_nor_does_it_matter_that_the_level_comes_first),
        cmocka_unit_test(test_derivatives_that_are_not_finite_are_refused),
        cmocka_unit_test(test_a_place_beyond_the_axis_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
