/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * As test_out_of_memory, of the kernels that rest on regressions of others: clones of strategies, weights of losses, estimating
 * equations, profiles of likelihoods.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "stats/clone_weights.h"
#include "stats/design_gram.h"
#include "stats/finegray.h"
#include "stats/gee.h"
#include "stats/glm_profile.h"
#include "stats/influence.h"
#include "stats/loss_ratio.h"
#include "stats/loss_weights.h"
#include "stats/radix_order.h"
#include "stats/round_newton.h"
#include "tests/support/near.h"
#include "tests/stats/short_memory.h"

enum { N = 60, P = 3, GROUPS = 12, AXIS = 31 };

static double axis[AXIS], times[N], act[N], x[N], y[N], ones[N], weight[N], d[8 * N], phi[N];
static int32_t cause[N], group[N];
static uint32_t place[N];
static uint16_t level[N];

static const int32_t number_column[] = {0}, level_columns[] = {DESIGN_NONE, 1, 2};
static struct design_block blocks[] = {{x, NULL, 1, number_column}, {NULL, level, 3, level_columns}};
static const struct design_matrix design = {N, P, 2, blocks};

static void make_people(void)
{
    for (int k = 0; k < AXIS; k++)
        axis[k] = k;
    for (int i = 0; i < N; i++) {
        times[i] = 4 + (i * 7) % 23;
        place[i] = (uint32_t)times[i];
        cause[i] = i % 3 == 0 ? 0 : i % 5 == 0 ? 2 : 1;
        group[i] = i % GROUPS;
        act[i] = i % 4 == 0 ? 2. + i % 5 : i % 4 == 1 ? 9. + i % 3 : (double)INFINITY;
        x[i] = (i * 37 % 61) / 17.0;
        level[i] = (uint16_t)((i * 5 + i / 7) % 3);
        y[i] = (i * 29 % 7) < 3;
        ones[i] = 1;
        weight[i] = 1 + (i % 3) * 0.25;
    }
    for (int i = 0; i < 8 * N; i++)
        d[i] = (i * 13 % 17) / 16.0;
}

static enum short_memory end_of(int status)
{
    return status == GSL_SUCCESS ? WORK_DONE : status == GSL_ENOMEM ? WORK_SHORT : WORK_WRONG;
}

static enum short_memory weigh_clones(void)
{
    static const struct clone_rule rule = {3, 11, 5};
    static double time[N];
    static int32_t of[N];
    const struct clone_rows rows = {N, time, of, act, NULL, &design, NULL};
    struct clone_weights *weights = NULL;

    for (int i = 0; i < N; i++) {
        time[i] = times[i];
        of[i] = cause[i];
        clone_cut(&rule, act[i], &time[i], &of[i]);
    }
    int status = clone_weights_alloc(&rows, &rule, axis, AXIS, 0.9, 1, &weights);
    if (status == GSL_SUCCESS && (weights->n > 8 * N || weights->avoid.n == 0 || weights->act.n == 0))
        return WORK_WRONG;
    if (status == GSL_SUCCESS)
        status = clone_weights_influence(weights, d, phi);
    clone_weights_free(weights);
    return end_of(status);
}

static enum short_memory weigh_losses(void)
{
    static double by[N];
    const struct loss_rows rows = {N, place, cause, ones, &design, AXIS, AXIS - 1, NULL};
    struct loss_weights *weights = NULL;
    struct weighted_curve *curve = NULL;
    int status = loss_weights_alloc(&rows, 1, &weights);

    if (status == GSL_SUCCESS && (curve = weighted_curve_alloc(axis, AXIS, 2)) == NULL)
        status = GSL_ENOMEM;
    if (status == GSL_SUCCESS)
        status = loss_curve_solve(weights, weight, curve);
    for (enum loss_reading reading = LOSS_SURVIVAL; status == GSL_SUCCESS && reading <= LOSS_RMST; reading++)
        status = loss_curve_influence(weights, weight, curve, reading, 1, 15, by, phi);
    weighted_curve_free(curve);
    loss_weights_free(weights);
    return end_of(status);
}

/* An arm against itself. */
static enum short_memory find_ratio(void)
{
    const struct loss_rows rows = {N, place, cause, ones, &design, AXIS, AXIS - 1, NULL};
    struct loss_weights *weights = NULL;
    static double slopes[2][N], by_losses[2][N];
    int status = loss_weights_alloc(&rows, 1, &weights);

    if (status == GSL_SUCCESS) {
        const struct loss_weights *const arm[2] = {weights, weights};
        const double *const a[2] = {weight, ones};
        double *const slope[2] = {slopes[0], slopes[1]}, *const by[2] = {by_losses[0], by_losses[1]};
        struct arm_ratio ratio;
        status = loss_ratio_solve(arm, a, 2, LOSS_SUBHAZARD, &ratio, slope, by);
    }
    loss_weights_free(weights);
    return end_of(status);
}

static enum short_memory solve_equations(void)
{
    const struct glm_data data = {.design = &design, .y = y};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct glm_fit *fit = NULL;
    struct gee gee = {.p = 0};
    int status = glm_fit_alloc(&data, &options, &fit);

    if (status == GSL_SUCCESS)
        status = gee_exchangeable(&data, &options, fit, group, GROUPS, &gee);
    gee_clear(&gee);
    glm_fit_free(fit);
    return end_of(status);
}

static enum short_memory find_profile(void)
{
    const struct glm_data data = {.design = &design, .y = y};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct glm_fit *fit = NULL;
    double low, high;
    int status = glm_fit_alloc(&data, &options, &fit);

    if (status == GSL_SUCCESS)
        status = glm_keep_residuals(&data, fit);
    if (status == GSL_SUCCESS)
        status = glm_profile_limits(&data, &options, fit, 2, 0.95, &low, &high);
    glm_fit_free(fit);
    return end_of(status);
}

static enum short_memory sort_days(void)
{
    static uint32_t order[N];

    return end_of(radix_order(times, NULL, 1, N, order));
}

/* More rows than one piece holds: threads have sums of their own. */
static enum short_memory add_side_by_side(void)
{
    enum { MANY = 20000 };
    static double value[MANY], ones_of[MANY];
    static struct design_block block = {value, NULL, 1, number_column};
    static const struct design_matrix many = {MANY, 1, 1, &block};
    struct gram_layout *layout;
    struct gram *gram;
    int status;

    for (int i = 0; i < MANY; i++) {
        value[i] = i % 7 / 8.0;
        ones_of[i] = 1;
    }
    layout = gram_layout_alloc(&many, 1);
    gram = layout == NULL ? NULL : gram_alloc(layout);
    status = gram == NULL ? GSL_ENOMEM : gram_init(gram, 1, MANY);
    if (status == GSL_SUCCESS)
        status = gram_add_all(gram, ones_of, 4);
    gram_free(gram);
    gram_layout_free(layout);
    return end_of(status);
}

/* Regressions of as many rows: every step adds side by side. */
enum { LARGE = 16500 };
static double large_x[LARGE], large_time[LARGE], large_y[LARGE];
static int32_t large_event[LARGE];
static uint16_t large_level[LARGE], large_other[LARGE];
static const int32_t more_columns[] = {DESIGN_NONE, 1, 2}, other_columns[] = {DESIGN_NONE, 3};
static struct design_block large_blocks[] = {{large_x, NULL, 1, number_column}, {NULL, large_level, 3, more_columns},
                                             {NULL, large_other, 2, other_columns}};
static const struct design_matrix large = {LARGE, 4, 3, large_blocks};

static void make_many(void)
{
    for (int i = 0; i < LARGE; i++) {
        large_x[i] = i * 37 % 61 / 17.0;
        large_time[i] = 2 + i * 7 % 23;
        large_event[i] = i % 3 != 0;
        large_y[i] = i * 29 % 7 < 3;
        large_level[i] = (uint16_t)(i % 3);
        large_other[i] = (uint16_t)(i / 5 % 2);
    }
}

static enum short_memory fit_finegray_side_by_side(void)
{
    const struct finegray_rows rows = {.n = LARGE, .time = large_time, .cause = large_event, .wanted = 1, .n_group = 1, .design = &large};
    const struct finegray_control control = FINEGRAY_CONTROL;
    struct finegray *fit = finegray_alloc(large.p);
    const int status = fit == NULL ? GSL_ENOMEM : finegray_solve(&rows, &control, 2, fit);

    finegray_free(fit);
    return end_of(status);
}

static enum short_memory fit_logistic_side_by_side(void)
{
    const struct glm_data data = {.design = &large, .y = large_y};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 2};
    struct glm_fit *fit = NULL;
    const int status = glm_fit_alloc(&data, &options, &fit);

    glm_fit_free(fit);
    return end_of(status);
}

static enum short_memory sort_many_days(void)
{
    enum { DAYS = (1 << 16) + 9 };
    static double day[DAYS];
    static uint32_t order[DAYS];

    for (int i = 0; i < DAYS; i++)
        day[i] = i % 900;
    return end_of(radix_order(day, NULL, 1, DAYS, order));
}

static enum short_memory add_counted_squares(void)
{
    double variance;

    return end_of(influence_variance(N, x, ones, NULL, 0, &variance));
}

static enum short_memory ask_newton(void)
{
    struct round_newton newton = {.p = 0};
    double score = 2, info = 4;
    int status = round_newton_alloc(1, &newton);

    if (status == GSL_SUCCESS) {
        round_newton_take(&newton, -10, &score, &info, NULL);
        status = newton.asked[0] == .5 ? GSL_SUCCESS : GSL_EFAILED; /* a round needs no memory of its own */
    }
    round_newton_free(&newton);
    return end_of(status);
}

static void test_a_kernel_that_gets_no_memory_says_so_and_keeps_none(void **state)
{
    static const struct short_work works[] = {
        {"clones", weigh_clones, 40}, {"losses", weigh_losses, 40}, {"ratio under losses", find_ratio, 30}, {"estimating equations", solve_equations, 20},
        {"profile", find_profile, 100}, {"order of days", sort_days, 2}, {"side by side", add_side_by_side, 4},
        {"Fine and Gray side by side", fit_finegray_side_by_side, 20},
        {"logistic side by side", fit_logistic_side_by_side, 20}, {"order of many days", sort_many_days, 2},
        {"squares", add_counted_squares, 1}, {"rounds", ask_newton, 2},
    };

    (void)state;
    make_people();
    make_many();
    short_memory_run_all(works, sizeof works / sizeof works[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_kernel_that_gets_no_memory_says_so_and_keeps_none)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
