/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors of all times at once are those of one time after the other: the slope of the curve by each weight, carried through the
 * propensity, squared and summed, is another way to the same numbers.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/influence.h"
#include "stats/weighted_errors.h"
#include "tests/support/near.h"

enum { N = 200, FIRST = 80, OF_ARM = N - FIRST, N_TIME = 12 };

static double x[N], y[N], frequency[N], slope[N], weight[N], axis[N_TIME];
static uint32_t place[N];
static int32_t cause[N];
static const int32_t column[] = {0};
static const struct design_block block = {x, NULL, 1, column};
static const struct design_matrix design = {N, 1, 1, &block};

/* People 0 .. FIRST - 1 are in the other arm; the propensity is of being in this one. */
static void make_people(unsigned seed)
{
    for (int k = 0; k < N_TIME; k++)
        axis[k] = 3 * (k + 1);
    for (int i = 0; i < N; i++) {
        seed = seed * 1103515245 + 12345;
        y[i] = i >= FIRST;
        x[i] = (double)(seed >> 16 & 1023) / 512 + 0.4 * y[i];
        seed = seed * 1103515245 + 12345;
        place[i] = (seed >> 16) % N_TIME;
        cause[i] = (int32_t)((seed >> 8) % 3);
        frequency[i] = 1 + (seed >> 24) % 2;
    }
}

/* 1 / e for those of the arm, and its slope by the linear predictor. */
static void make_weights(const struct glm_fit *fit)
{
    for (int i = 0; i < N; i++) {
        const double e = glm_mean(GLM_LOGISTIC, fit->eta[i]);

        weight[i] = y[i] > 0 ? frequency[i] / e : 0;
        slope[i] = y[i] > 0 ? -frequency[i] * (1 - e) / e : 0;
    }
}

/* By the slopes of one time. */
static double error_at(const struct weighted_curve *curve, const struct weighted_rows *rows, const struct influence_model *model,
                       size_t cause_wanted, size_t k)
{
    static double slopes[OF_ARM], by_row[N], phi[N];
    double variance;

    if (cause_wanted == 0)
        weighted_curve_survival_influence(curve, rows, axis[k], slopes);
    else
        weighted_curve_risk_influence(curve, rows, cause_wanted, axis[k], slopes);
    for (int i = 0; i < N; i++)
        by_row[i] = i >= FIRST ? slopes[i - FIRST] : 0;
    assert_int_equal(influence_linear(model, N, weight, by_row, phi), GSL_SUCCESS);
    assert_int_equal(influence_variance(N, phi, frequency, NULL, 0, &variance), GSL_SUCCESS);
    return sqrt(variance);
}

static void compare(const struct influence_model *model)
{
    const struct weighted_rows rows = {.n = OF_ARM, .place = place + FIRST, .cause = cause + FIRST, .weight = weight + FIRST};
    struct weighted_curve *curve = weighted_curve_alloc(axis, N_TIME, 2);
    double errors[N_TIME];

    assert_int_equal(weighted_curve_solve(curve, &rows), GSL_SUCCESS);
    for (size_t wanted = 0; wanted <= 2; wanted++) {
        const struct weighted_errors_request request = {.curve = curve, .rows = &rows, .first = FIRST, .n = N,
                                                        .frequency = frequency, .model = model, .cause = wanted};

        assert_int_equal(weighted_errors(&request, errors), GSL_SUCCESS);
        for (size_t k = 0; k + 1 < N_TIME; k++) {
            assert_true(errors[k] > 0);
            assert_near(errors[k], error_at(curve, &rows, model, wanted, k), 1e-10);
        }
    }
    weighted_curve_free(curve);
}

static void test_errors_of_all_times_are_those_of_each(void **state)
{
    const struct glm_data data = {.design = &design, .y = y, .weight = frequency};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct glm_fit *fit = NULL;

    (void)state;
    make_people(7);
    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    make_weights(fit);
    const struct influence_model model = {.fit = fit, .data = &data, .slope = slope, .n_threads = 1}, known = {.fit = NULL};
    compare(&model);
    compare(&known); /* weights that were not estimated */
    glm_fit_free(fit);
}

static void test_estimating_the_weights_is_counted(void **state)
{
    const struct glm_data data = {.design = &design, .y = y, .weight = frequency};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    const struct weighted_rows rows = {.n = OF_ARM, .place = place + FIRST, .cause = cause + FIRST, .weight = weight + FIRST};
    struct weighted_curve *curve = weighted_curve_alloc(axis, N_TIME, 2);
    struct glm_fit *fit = NULL;
    double with[N_TIME], without[N_TIME];

    (void)state;
    make_people(7);
    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    make_weights(fit);
    const struct influence_model model = {.fit = fit, .data = &data, .slope = slope, .n_threads = 1};
    struct weighted_errors_request request = {.curve = curve, .rows = &rows, .first = FIRST, .n = N, .frequency = frequency,
                                              .model = &model};
    assert_int_equal(weighted_curve_solve(curve, &rows), GSL_SUCCESS);
    assert_int_equal(weighted_errors(&request, with), GSL_SUCCESS);
    request.model = NULL;
    assert_int_equal(weighted_errors(&request, without), GSL_SUCCESS);
    assert_true(with[5] != without[5]);
    weighted_curve_free(curve);
    glm_fit_free(fit);
}

/* Where everybody has had the event that is read, its incidence is 1 whoever counts how much: the error is 0, not what rounding leaves. */
static void test_what_cannot_vary_has_no_error(void **state)
{
    const struct glm_data data = {.design = &design, .y = y, .weight = frequency};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    const struct weighted_rows rows = {.n = OF_ARM, .place = place + FIRST, .cause = cause + FIRST, .weight = weight + FIRST};
    struct weighted_curve *curve = weighted_curve_alloc(axis, N_TIME, 2);
    struct glm_fit *fit = NULL;
    double errors[N_TIME];

    (void)state;
    for (unsigned set = 0; set < 20; set++) {
        make_people(set);
        for (int i = FIRST; i < N; i++)
            cause[i] = 1;
        assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
        make_weights(fit);
        const struct influence_model model = {.fit = fit, .data = &data, .slope = slope, .n_threads = 1};
        const struct weighted_errors_request request = {.curve = curve, .rows = &rows, .first = FIRST, .n = N, .frequency = frequency,
                                                        .model = set % 2 ? &model : NULL, .cause = 1};
        assert_int_equal(weighted_curve_solve(curve, &rows), GSL_SUCCESS);
        assert_int_equal(weighted_errors(&request, errors), GSL_SUCCESS);
        assert_near(curve->cuminc[N_TIME - 1], 1, 1e-14);
        assert_true(errors[N_TIME - 1] == 0 && errors[N_TIME - 2] > 1e-3);
        glm_fit_free(fit);
    }
    weighted_curve_free(curve);
}

static void test_delayed_entry_is_left_to_the_other_way(void **state)
{
    static uint32_t entry[OF_ARM];
    const struct weighted_rows rows = {.n = OF_ARM, .place = place + FIRST, .entry = entry, .cause = cause + FIRST,
                                       .weight = weight + FIRST};
    struct weighted_curve *curve = weighted_curve_alloc(axis, N_TIME, 2);
    const struct weighted_errors_request request = {.curve = curve, .rows = &rows, .first = FIRST, .n = N, .frequency = frequency};
    double errors[N_TIME];

    (void)state;
    for (int i = 0; i < OF_ARM; i++)
        entry[i] = WEIGHTED_FROM_START;
    assert_int_equal(weighted_errors(&request, errors), GSL_EUNIMPL);
    weighted_curve_free(curve);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_of_all_times_are_those_of_each),
        cmocka_unit_test(test_estimating_the_weights_is_counted),
        cmocka_unit_test(test_what_cannot_vary_has_no_error),
        cmocka_unit_test(test_delayed_entry_is_left_to_the_other_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
