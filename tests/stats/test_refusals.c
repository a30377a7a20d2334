/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What headers say is refused: each reason by itself, one number of a good input made bad.  A kernel that took it would compute
 * something from it, and nobody would know.
 */
#include <float.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "stats/aft.h"
#include "stats/autocorrelation.h"
#include "stats/bootstrap.h"
#include "stats/calibration.h"
#include "stats/control_chart.h"
#include "stats/design_gram.h"
#include "stats/finegray.h"
#include "stats/fixed_sum.h"
#include "stats/funnel.h"
#include "stats/glm_sandwich.h"
#include "stats/guyot.h"
#include "stats/influence.h"
#include "stats/km_weighted.h"
#include "stats/leaving.h"
#include "stats/linear.h"
#include "stats/logrank.h"
#include "stats/mcf.h"
#include "stats/meta.h"
#include "stats/multistate.h"
#include "stats/propensity.h"
#include "stats/spline.h"
#include "stats/standardise.h"
#include "stats/turnbull_error.h"
#include "stats/weighted_curve.h"
#include "stats/weighted_mean.h"
#include "tests/support/near.h"

enum { N = 8 };

/* With one number of an array replaced. */
#define WITH(place, value, test)                 \
    do {                                         \
        const __typeof__(place) kept = (place);  \
        (place) = (value);                       \
        test;                                    \
        (place) = kept;                          \
    } while (0)

static double x[N] = {0.5, 1.5, 0.25, 2.5, 1.25, 3.5, 0.75, 2.25};
static uint16_t level[N] = {0, 1, 2, 0, 1, 2, 1, 0};
static int32_t number_column[] = {0}, level_columns[] = {DESIGN_NONE, 1, 2};
static struct design_block blocks[] = {{x, NULL, 1, number_column}, {NULL, level, 3, level_columns}};
static struct design_matrix design = {N, 3, 2, blocks};

static void test_designs(void **state)
{
    (void)state;
    assert_int_equal(design_matrix_check(&design), GSL_SUCCESS);
    WITH(x[3], INFINITY, assert_int_equal(design_matrix_check(&design), GSL_EINVAL));
    WITH(level[3], 3, assert_int_equal(design_matrix_check(&design), GSL_EINVAL));
    WITH(blocks[1].n_level, 0, assert_int_equal(design_matrix_check(&design), GSL_EINVAL));
    WITH(blocks[1].n_level, DESIGN_LEVELS_MAX + 1, assert_int_equal(design_matrix_check(&design), GSL_EINVAL));
    WITH(blocks[0].n_level, 2, assert_int_equal(design_matrix_check(&design), GSL_EINVAL)); /* levels without codes */
    WITH(level_columns[1], 3, assert_int_equal(design_matrix_check(&design), GSL_EINVAL));
    WITH(level_columns[1], -2, assert_int_equal(design_matrix_check(&design), GSL_EINVAL));
}

static void test_sums_of_a_design(void **state)
{
    struct gram_layout *layout = gram_layout_alloc(&design, 1), *other = gram_layout_alloc(&design, 1);
    struct gram *a = gram_alloc(layout), *b = gram_alloc(layout), *c = gram_alloc(other);

    (void)state;
    assert_int_equal(gram_init(a, 1, N), GSL_SUCCESS);
    assert_int_equal(gram_init(b, 2, N), GSL_SUCCESS);
    assert_int_equal(gram_init(c, 1, N), GSL_SUCCESS);
    assert_int_equal(gram_merge(a, c), GSL_EINVAL); /* another layout */
    assert_int_equal(gram_merge(a, b), GSL_EINVAL); /* another bound */
    assert_int_equal(gram_init(b, 1, N + 1), GSL_SUCCESS);
    assert_int_equal(gram_merge(a, b), GSL_EINVAL); /* another number of rows */
    assert_int_equal(gram_init(b, 1, N), GSL_SUCCESS);
    assert_int_equal(gram_merge(a, b), GSL_SUCCESS);
    assert_true(gram_init(a, INFINITY, N) != GSL_SUCCESS);
    gram_free(a);
    gram_free(b);
    gram_free(c);
    gram_layout_free(layout);
    gram_layout_free(other);
}

static void test_scales_of_sums(void **state)
{
    struct fixed_scale scale;

    (void)state;
    assert_int_equal(fixed_scale_init(&scale, -1, 10), GSL_EINVAL);
    assert_int_equal(fixed_scale_init(&scale, NAN, 10), GSL_EINVAL);
    assert_int_equal(fixed_scale_init(&scale, INFINITY, 10), GSL_EINVAL);
    assert_int_equal(fixed_scale_init(&scale, 1, UINT64_MAX), GSL_EINVAL);
    assert_int_equal(fixed_scale_init(&scale, DBL_MAX, 1000), GSL_EOVRFLW);
    assert_int_equal(fixed_scale_init(&scale, 0, 10), GSL_SUCCESS);
    assert_int_equal(fixed_part(&scale, 0), 0);
    /* The smallest doubles are still counted: half of the bound is half of the parts. */
    assert_int_equal(fixed_scale_init(&scale, 0x1p-1000, 4), GSL_SUCCESS);
    assert_true(fixed_part(&scale, 0x1p-1000) == 2 * fixed_part(&scale, 0x1p-1001) && fixed_part(&scale, 0x1p-1001) > 0);
}

static void test_propensities(void **state)
{
    static uint8_t treated[N] = {0, 1, 1, 0, 0, 1, 0, 1};
    static double eta[N] = {-1, 0.5, 1, 0, -0.5, 0.25, 0.75, -0.25}, frequency[N] = {1, 1, 1, 1, 1, 1, 1, 1}, weight[N], slope[N];
    const struct propensity_rows rows = {N, treated, eta, frequency};
    struct propensity_limits limits = {0, 1, false, 1};
    struct propensity_summary summary;
#define WEIGH() propensity_weights(&rows, PROPENSITY_ATE, &limits, weight, slope, &summary)

    (void)state;
    assert_int_equal(WEIGH(), GSL_SUCCESS);
    WITH(limits.low, -0.1, assert_int_equal(WEIGH(), GSL_EINVAL));
    WITH(limits.low, 1, assert_int_equal(WEIGH(), GSL_EINVAL));
    WITH(limits.high, 1.1, assert_int_equal(WEIGH(), GSL_EINVAL));
    WITH(limits.truncate, 0.5, assert_int_equal(WEIGH(), GSL_EINVAL));
    WITH(limits.truncate, 1.1, assert_int_equal(WEIGH(), GSL_EINVAL));
    WITH(treated[2], 2, assert_int_equal(WEIGH(), GSL_EINVAL));
    WITH(eta[2], NAN, assert_int_equal(WEIGH(), GSL_EINVAL));
    WITH(frequency[2], -1, assert_int_equal(WEIGH(), GSL_EINVAL));
    /* Who was predicted perfectly, or stands for nobody, has no weight; the others keep theirs. */
    const double before = weight[1];
    WITH(eta[2], INFINITY, {
        assert_int_equal(WEIGH(), GSL_SUCCESS);
        assert_true(weight[2] == 0 && weight[1] == before);
        assert_int_equal(summary.n_perfect, 1);
    });
    WITH(frequency[2], 0, {
        assert_int_equal(WEIGH(), GSL_SUCCESS);
        assert_true(weight[2] == 0 && weight[1] == before);
    });
    limits.common_support = true;
    WITH(frequency[0], 0, assert_int_equal(WEIGH(), GSL_SUCCESS));
    limits.common_support = false;
    memset(treated, 1, sizeof treated); /* an arm without anybody */
    assert_int_equal(WEIGH(), GSL_EDOM);
    assert_string_equal(propensity_estimand_name(PROPENSITY_ATE), "ate");
    assert_string_equal(propensity_estimand_name(PROPENSITY_ATT), "att");
    assert_string_equal(propensity_estimand_name(PROPENSITY_ATC), "atc");
    assert_string_equal(propensity_estimand_name(PROPENSITY_ATO), "ato");
}

static double entry[N], times[N] = {5, 6, 7, 8, 9, 10, 11, 12}, weights[N] = {1, 2, 1, 1.5, 1, 1, 2, 1};
static int32_t event[N] = {1, 0, 1, 1, 0, 1, 1, 0}, cause[N] = {1, 0, 2, 1, 0, 1, 2, 0}, id[N] = {0, 1, 2, 3, 4, 5, 6, 7};

static void test_weighted_kaplan_meier(void **state)
{
    struct survival_interval interval;
    struct km_weighted *curve = km_weighted_alloc(N);
    struct rmst rmst;
#define SOLVE() km_weighted_solve(N, entry, times, event, weights, &interval, curve)

    (void)state;
    survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95);
    assert_null(km_weighted_alloc(0));
    assert_null(km_weighted_alloc(SIZE_MAX / 2));
    assert_near(km_weighted_max_tau(curve), 0, 0); /* nothing was solved yet */
    assert_int_equal(km_weighted_solve(0, NULL, times, event, weights, &interval, curve), GSL_EINVAL);
    assert_int_equal(km_weighted_solve(N + 1, NULL, times, event, weights, &interval, curve), GSL_EINVAL);
    WITH(times[2], -1, assert_int_equal(km_weighted_solve(N, NULL, times, event, weights, &interval, curve), GSL_EDOM));
    WITH(times[2], INFINITY, assert_int_equal(SOLVE(), GSL_EDOM));
    WITH(entry[2], -INFINITY, assert_int_equal(SOLVE(), GSL_EDOM));
    WITH(entry[2], 7, assert_int_equal(SOLVE(), GSL_EDOM));
    WITH(weights[2], 0, assert_int_equal(SOLVE(), GSL_EDOM));
    WITH(weights[2], INFINITY, assert_int_equal(SOLVE(), GSL_EDOM));
    WITH(event[2], 2, assert_int_equal(SOLVE(), GSL_EDOM));
    assert_int_equal(SOLVE(), GSL_SUCCESS);
    assert_int_equal(km_weighted_rmst(curve, 0, &rmst), GSL_EDOM);
    assert_int_equal(km_weighted_rmst(curve, INFINITY, &rmst), GSL_EDOM);
    assert_int_equal(km_weighted_rmst(curve, 12.5, &rmst), GSL_EDOM);
    assert_int_equal(km_weighted_rmst(curve, 12, &rmst), GSL_SUCCESS);
    km_weighted_free(curve);
}

static void test_mean_cumulative_counts(void **state)
{
    struct mcf *mcf = mcf_alloc(N);
#define COUNT() mcf_solve(N, entry, times, event, id, N, MCF_LOG, 0.95, mcf)

    (void)state;
    assert_null(mcf_alloc(0));
    assert_null(mcf_alloc(SIZE_MAX / 2));
    assert_int_equal(COUNT(), GSL_SUCCESS);
    assert_int_equal(mcf_solve(0, entry, times, event, id, N, MCF_LOG, 0.95, mcf), GSL_EINVAL);
    assert_int_equal(mcf_solve(N + 1, entry, times, event, id, N, MCF_LOG, 0.95, mcf), GSL_EINVAL);
    assert_int_equal(mcf_solve(N, entry, times, event, id, 0, MCF_LOG, 0.95, mcf), GSL_EINVAL);
    assert_int_equal(mcf_solve(N, entry, times, event, id, N, MCF_LOG, 0, mcf), GSL_EDOM);
    assert_int_equal(mcf_solve(N, entry, times, event, id, N, MCF_LOG, 1, mcf), GSL_EDOM);
    WITH(entry[2], -1, assert_int_equal(COUNT(), GSL_EDOM));
    WITH(entry[2], 7, assert_int_equal(COUNT(), GSL_EDOM));
    WITH(times[2], INFINITY, assert_int_equal(COUNT(), GSL_EDOM));
    WITH(event[2], 2, assert_int_equal(COUNT(), GSL_EDOM));
    WITH(event[2], -1, assert_int_equal(COUNT(), GSL_EDOM));
    WITH(id[2], N, assert_int_equal(COUNT(), GSL_EDOM));
    WITH(times[2], -1, assert_int_equal(mcf_solve(N, NULL, times, event, id, N, MCF_LOG, 0.95, mcf), GSL_EDOM));
    mcf_free(mcf);
}

static void test_weighted_curves(void **state)
{
    static double axis[] = {1, 2, 3, 4};
    static uint32_t place[N] = {0, 1, 2, 3, 0, 1, 2, 3}, enters[N];
    const struct weighted_rows rows = {.n = N, .place = place, .entry = enters, .cause = cause, .weight = weights};
    struct weighted_curve *curve = weighted_curve_alloc(axis, 4, 2);
    double rmst;
#define DRAW() weighted_curve_solve(curve, &rows)

    (void)state;
    for (int i = 0; i < N; i++)
        enters[i] = WEIGHTED_FROM_START;
    assert_null(weighted_curve_alloc(axis, 0, 2));
    assert_null(weighted_curve_alloc(axis, 4, 0));
    assert_null(weighted_curve_alloc(axis, SIZE_MAX / 8, 2));
    assert_int_equal(DRAW(), GSL_SUCCESS);
    WITH(place[2], 4, assert_int_equal(DRAW(), GSL_EDOM));
    WITH(enters[2], 2, assert_int_equal(DRAW(), GSL_EDOM));
    WITH(cause[2], -1, assert_int_equal(DRAW(), GSL_EDOM));
    WITH(cause[2], 3, assert_int_equal(DRAW(), GSL_EDOM));
    WITH(weights[2], -1, assert_int_equal(DRAW(), GSL_EDOM));
    WITH(weights[2], INFINITY, assert_int_equal(DRAW(), GSL_EDOM));
    const struct weighted_rows nobody = {.n = 0, .place = place, .cause = cause, .weight = weights};
    assert_int_equal(weighted_curve_solve(curve, &nobody), GSL_EINVAL);
    assert_int_equal(DRAW(), GSL_SUCCESS);
    assert_int_equal(weighted_curve_rmst(curve, 0, &rmst), GSL_EDOM);
    assert_int_equal(weighted_curve_rmst(curve, INFINITY, &rmst), GSL_EDOM);
    assert_int_equal(weighted_curve_rmst(curve, 4.5, &rmst), GSL_EDOM);
    assert_int_equal(weighted_curve_rmst(curve, 4, &rmst), GSL_SUCCESS);
    memset(curve->at_risk, 0, 4 * sizeof *curve->at_risk); /* nobody has weight */
    assert_near(weighted_curve_max_tau(curve), 0, 0);
    weighted_curve_free(curve);
}

static void test_intervals_of_time(void **state)
{
    static double lower[N] = {1, 2, 0, 4, 5, 3, 2, 1}, upper[N] = {2, 2, 3, 6, INFINITY, 3, 4, 5}, offset[N];
    static int64_t frequency[N] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct aft_rows rows = {.n = N, .lower = lower, .upper = upper, .frequency = frequency, .offset = offset, .design = &design};
    struct aft *fit = aft_alloc(3), *narrow = aft_alloc(2);
    struct turnbull *turnbull = turnbull_alloc(N);
#define FIT() aft_solve(&rows, AFT_WEIBULL, 1, fit)

    (void)state;
    assert_int_equal(FIT(), GSL_SUCCESS);
    assert_int_equal(aft_solve(&rows, AFT_WEIBULL, 0, fit), GSL_EINVAL);
    assert_int_equal(aft_solve(&rows, AFT_WEIBULL, 1, narrow), GSL_EINVAL);
    WITH(rows.n, 0, assert_int_equal(FIT(), GSL_EINVAL));
    WITH(rows.n, N - 1, assert_int_equal(FIT(), GSL_EINVAL));
    WITH(lower[0], -1, assert_int_equal(FIT(), GSL_EDOM));
    WITH(lower[0], NAN, assert_int_equal(FIT(), GSL_EDOM));
    WITH(lower[4], INFINITY, assert_int_equal(FIT(), GSL_EDOM));
    WITH(upper[1], 1, assert_int_equal(FIT(), GSL_EDOM));
    WITH(upper[2], 0, assert_int_equal(FIT(), GSL_EDOM));
    WITH(upper[2], INFINITY, assert_int_equal(FIT(), GSL_EDOM)); /* (0, infinity) says nothing */
    WITH(frequency[0], -1, assert_int_equal(FIT(), GSL_EDOM));
    WITH(offset[0], INFINITY, assert_int_equal(FIT(), GSL_EDOM));
    assert_null(turnbull_alloc(0));
    assert_null(turnbull_alloc(SIZE_MAX / 2));
    assert_int_equal(turnbull_solve(0, lower, upper, NULL, 1e-8, 100, turnbull), GSL_EINVAL);
    assert_int_equal(turnbull_solve(N + 1, lower, upper, NULL, 1e-8, 100, turnbull), GSL_EINVAL);
    aft_free(fit);
    aft_free(narrow);
    turnbull_free(turnbull);
}

static void test_competing_events(void **state)
{
    struct finegray_rows rows = {.n = N, .time = times, .cause = cause, .wanted = 1, .offset = entry, .n_group = 1, .design = &design};
    const struct finegray_control control = FINEGRAY_CONTROL;
    struct finegray *fit = finegray_alloc(3), *narrow = finegray_alloc(2);
#define FG() finegray_solve(&rows, &control, 1, fit)

    (void)state;
    assert_int_equal(FG(), GSL_SUCCESS);
    assert_int_equal(finegray_solve(&rows, &control, 0, fit), GSL_EINVAL);
    assert_int_equal(finegray_solve(&rows, &control, 1, narrow), GSL_EINVAL);
    WITH(rows.n, 0, assert_int_not_equal(FG(), GSL_SUCCESS));
    WITH(rows.n, N - 1, assert_int_not_equal(FG(), GSL_SUCCESS));
    WITH(rows.n_group, 0, assert_int_not_equal(FG(), GSL_SUCCESS));
    WITH(rows.wanted, 0, assert_int_not_equal(FG(), GSL_SUCCESS));
    WITH(rows.wanted, 3, assert_int_equal(FG(), GSL_EZERODIV)); /* nobody has it */
    WITH(cause[0], -1, assert_int_equal(FG(), GSL_EDOM));
    WITH(times[0], -1, assert_int_equal(FG(), GSL_EDOM));
    WITH(times[0], INFINITY, assert_int_equal(FG(), GSL_EDOM));
    WITH(entry[0], INFINITY, assert_int_equal(FG(), GSL_EDOM));
    finegray_free(fit);
    finegray_free(narrow);
}

static void test_states(void **state)
{
    static int32_t from[N] = {0, 0, 0, 0, 1, 0, 0, 0}, to[N] = {1, -1, 1, 1, -1, -1, 1, 1};
    struct multistate_rows rows = {.n = N, .n_id = N, .n_state = 2, .id = id, .entry = entry, .time = times, .from = from, .to = to};
    double estimate[2], std_err[2];
    int status;
#define REFUSES(wanted)                                 \
    do {                                                \
        assert_null(multistate_alloc(&rows, &status));  \
        assert_int_equal(status, wanted);               \
    } while (0)

    (void)state;
    WITH(id[2], -1, REFUSES(GSL_EDOM));
    WITH(id[2], N, REFUSES(GSL_EDOM));
    WITH(from[2], -1, REFUSES(GSL_EDOM));
    WITH(from[2], 2, REFUSES(GSL_EDOM));
    WITH(to[2], -2, REFUSES(GSL_EDOM));
    WITH(to[2], 2, REFUSES(GSL_EDOM));
    WITH(to[2], 0, REFUSES(GSL_EDOM)); /* a move to where one is */
    WITH(times[2], INFINITY, REFUSES(GSL_EDOM));
    WITH(entry[2], 7, REFUSES(GSL_EDOM));
    WITH(entry[2], -1, REFUSES(GSL_EDOM));
    struct multistate *states = multistate_alloc(&rows, &status);
    assert_non_null(states);
    assert_int_equal(multistate_n_person(states), N);
    assert_int_equal(multistate_expected(states, 0, estimate, std_err), GSL_EDOM);
    assert_int_equal(multistate_expected(states, INFINITY, estimate, std_err), GSL_EDOM);
    assert_int_equal(multistate_expected(states, 8, estimate, std_err), GSL_SUCCESS);
    assert_near(estimate[0] + estimate[1], 8, 1e-12); /* somewhere at any time */
    multistate_free(states);
}

static void test_regressions(void **state)
{
    static double y[N] = {0, 1, 0, 1, 1, 0, 1, 0}, offset[N], weight[N] = {1, 1, 1, 1, 1, 1, 1, 1}, covariance[16];
    static const int32_t one_cluster[N];
    struct glm_data data = {.design = &design, .y = y, .offset = offset, .weight = weight};
    struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct glm_fit *fit = NULL;
#define REGRESS() glm_fit_alloc(&data, &options, &fit)

    (void)state;
    WITH(options.n_threads, 0, assert_int_equal(REGRESS(), GSL_EINVAL));
    WITH(y[2], 0.5, assert_int_equal(REGRESS(), GSL_EINVAL));
    WITH(offset[2], NAN, assert_int_equal(REGRESS(), GSL_EINVAL));
    WITH(weight[2], -1, assert_int_equal(REGRESS(), GSL_EINVAL));
    WITH(weight[2], INFINITY, assert_int_equal(REGRESS(), GSL_EINVAL));
    WITH(level[2], 9, assert_int_equal(REGRESS(), GSL_EINVAL));
    options.family = GLM_POISSON;
    WITH(options.firth, true, assert_int_equal(REGRESS(), GSL_EINVAL));
    WITH(y[2], -1, assert_int_equal(REGRESS(), GSL_EINVAL));
    WITH(y[2], 2e15, assert_int_equal(REGRESS(), GSL_EINVAL));
    WITH(y[2], 1.5, assert_int_equal(REGRESS(), GSL_EINVAL));
    options.family = GLM_NEGBIN;
    WITH(options.theta, 0, assert_int_equal(REGRESS(), GSL_EINVAL));
    WITH(options.theta, INFINITY, assert_int_equal(REGRESS(), GSL_EINVAL));
    options.family = GLM_LOGISTIC;
    memset(weight, 0, sizeof weight);
    assert_int_equal(REGRESS(), GSL_EINVAL);
    for (int i = 0; i < N; i++)
        weight[i] = i < 5; /* five rows, four coefficients */
    assert_null(fit);
    data.weight = NULL;
    assert_int_equal(REGRESS(), GSL_SUCCESS);
    assert_int_equal(glm_sandwich_clustered(&data, &options, fit, &(struct clusters){one_cluster, 1, 0}, covariance), GSL_EDOM);
    data.weight = weight;
    for (int i = 0; i < N; i++)
        weight[i] = 0;
    assert_int_equal(glm_sandwich(&data, &options, fit, GLM_HC1, false, covariance), GSL_EDOM); /* no row is left */
    glm_fit_free(fit);
}

static void test_least_squares(void **state)
{
    struct linear_sums *sums = linear_alloc(1), *others = linear_alloc(1);
    const double one = 1, endless = INFINITY;

    (void)state;
    assert_int_not_equal(linear_add(sums, &endless, NULL, 1, 1), GSL_SUCCESS);
    assert_int_not_equal(linear_add(sums, &one, NULL, NAN, 1), GSL_SUCCESS);
    linear_free(sums);
    sums = linear_alloc(1);
    assert_int_equal(linear_add(sums, &one, NULL, 1, INT64_MAX), GSL_SUCCESS);
    assert_int_equal(linear_add(others, &one, NULL, 1, 1), GSL_SUCCESS);
    assert_int_equal(linear_merge(others, sums), GSL_EOVRFLW); /* more people than can be counted */
    assert_int_equal(linear_add(sums, &one, NULL, 1, 1), GSL_EOVRFLW);
    linear_free(sums);
    linear_free(others);
}

static void test_standardising(void **state)
{
    static double y[N] = {0, 1, 0, 1, 1, 0, 1, 0}, observed[N] = {1, 1, 1, 1, 1, 1, 0, 0}, target[N] = {1, 1, 1, 1, 1, 1, 1, 1},
                  residual[N] = {1, 1, 1, 1, 1, 1, 0, 0}, phi[N], slope[N], share[N];
    struct standardise_rows rows = {.design = &design, .y = y, .observed = observed, .target = target, .residual = residual,
                                    .link = STANDARDISE_IDENTITY, .n_threads = 1};
    struct standardised result = {.phi = phi, .slope = slope, .share = share};
#define STANDARDISE() standardise_arm(&rows, &result)

    (void)state;
    assert_int_equal(STANDARDISE(), GSL_SUCCESS);
    WITH(observed[2], -1, assert_int_equal(STANDARDISE(), GSL_EINVAL));
    WITH(target[2], -1, assert_int_equal(STANDARDISE(), GSL_EINVAL));
    WITH(y[2], NAN, assert_int_equal(STANDARDISE(), GSL_EINVAL));
    WITH(y[7], NAN, assert_int_equal(STANDARDISE(), GSL_SUCCESS)); /* it was not observed */
    memset(residual, 0, sizeof residual);
    assert_int_equal(STANDARDISE(), GSL_EDOM);
    rows.residual = NULL;
    assert_int_equal(STANDARDISE(), GSL_SUCCESS);
    memset(target, 0, sizeof target);
    assert_int_equal(STANDARDISE(), GSL_EDOM); /* nobody is meant */
    memset(observed, 0, sizeof observed);
    assert_int_equal(STANDARDISE(), GSL_EDOM);
}

static void test_resampling(void **state)
{
    static const double axis[] = {1, 2, 3}, other_axis[] = {1, 2, 4};
    static const double replicates[] = {1, 2, 3, 4};
    struct risk_table *table = risk_table_alloc(2, 1, 1, axis, 3);
    double low, high;
    struct risk_table *wrong[] = {risk_table_alloc(1, 1, 1, axis, 3), risk_table_alloc(2, 2, 1, axis, 3),
                                  risk_table_alloc(2, 1, 2, axis, 3), risk_table_alloc(2, 1, 1, axis, 2)};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(bootstrap_draw(table, BOOTSTRAP_MULTINOMIAL, 1, 1, wrong[i]), GSL_EBADLEN);
        risk_table_free(wrong[i]);
    }
    (void)other_axis;
    assert_int_equal(bootstrap_percentile(replicates, 0, 0.95, &low, &high), GSL_EINVAL);
    assert_int_equal(bootstrap_percentile(replicates, 4, 0, &low, &high), GSL_EDOM);
    assert_int_equal(bootstrap_percentile(replicates, 4, 1, &low, &high), GSL_EDOM);
    assert_int_equal(bootstrap_bca(replicates, 1, 2, 0, 0.95, &low, &high), GSL_EINVAL);
    assert_int_equal(bootstrap_bca(replicates, 4, 2, 0, 0, &low, &high), GSL_EDOM);
    assert_int_equal(bootstrap_bca(replicates, 4, 2, 0, 1, &low, &high), GSL_EDOM);
    assert_int_equal(bootstrap_bca(replicates, 4, 9, 0, 0.95, &low, &high), GSL_EZERODIV); /* all on one side */
    assert_near(bootstrap_std_err(replicates, 1), NAN, 0);
    risk_table_free(table);
}

static void test_scores_of_a_trend(void **state)
{
    static const double axis[] = {1, 2, 3};
    static const int32_t arms[6] = {0, 1, 2, 0, 1, 2}, causes[6] = {1, 1, 1, 1, 0, 1};
    static const double exits[6] = {1, 1, 2, 3, 3, 3};
    struct risk_table *table = risk_table_alloc(3, 1, 1, axis, 3);
    struct logrank *test = logrank_alloc(3);
    struct chi_square_test trend;
    double score[3] = {0, 1, 2};

    (void)state;
    assert_int_equal(risk_table_add(table, 6, NULL, exits, causes, arms, NULL, NULL, 1), GSL_SUCCESS);
    assert_int_not_equal(logrank_solve(table, 1, NAN, 0, 1e-12, test), GSL_SUCCESS);
    assert_int_not_equal(logrank_solve(table, 1, -1, 0, 1e-12, test), GSL_SUCCESS);
    assert_int_not_equal(logrank_solve(table, 1, INFINITY, 0, 1e-12, test), GSL_SUCCESS);
    assert_int_not_equal(logrank_solve(table, 1, 0, -1, 1e-12, test), GSL_SUCCESS);
    assert_int_not_equal(logrank_solve(table, 1, 0, INFINITY, 1e-12, test), GSL_SUCCESS);
    assert_int_equal(logrank_solve(table, 1, 0, 0, 1e-12, test), GSL_SUCCESS);
    assert_int_equal(logrank_trend(test, score, &trend), GSL_SUCCESS);
    WITH(score[1], INFINITY, assert_int_equal(logrank_trend(test, score, &trend), GSL_EDOM));
    score[0] = score[1] = score[2] = 5;
    assert_int_equal(logrank_trend(test, score, &trend), GSL_EZERODIV); /* no order to follow */
    logrank_free(test);
    risk_table_free(table);
}

static void test_charts_and_funnels(void **state)
{
    static double y[4] = {1, 2, 1, 3}, size[4] = {10, 12, 9, 11}, spare[16], z[4];
    struct control_phase phases[2] = {{0, 0}, {2, 0}};
    struct control_options options = {.kind = CONTROL_P, .run = 8, .trend = 6};
    struct control_point points[4];
    struct funnel_options funnel = {FUNNEL_ADDITIVE, 0.1};
    struct funnel_dispersion dispersion;
#define CHART() control_chart_solve(y, size, 4, phases, 2, &options, spare, points)

    (void)state;
    assert_int_equal(CHART(), GSL_SUCCESS);
    assert_int_equal(control_chart_solve(y, size, 4, phases, 0, &options, spare, points), GSL_EINVAL);
    WITH(phases[0].first, 1, assert_int_equal(CHART(), GSL_EINVAL));
    WITH(phases[1].first, 0, assert_int_equal(CHART(), GSL_EINVAL));
    WITH(phases[1].first, 4, assert_int_equal(CHART(), GSL_EINVAL));
    WITH(y[1], NAN, assert_int_equal(CHART(), GSL_EINVAL));
    WITH(y[1], -1, assert_int_equal(CHART(), GSL_EINVAL));
    WITH(y[1], 13, assert_int_equal(CHART(), GSL_EINVAL)); /* more events than people */
    WITH(size[1], INFINITY, assert_int_equal(CHART(), GSL_EINVAL));
    WITH(size[1], -1, assert_int_equal(CHART(), GSL_EINVAL));
    WITH(size[1], 0, assert_int_equal(CHART(), GSL_EINVAL));
    assert_int_equal(funnel_solve(y, size, size, 4, &funnel, spare, z, &dispersion), GSL_SUCCESS);
    WITH(funnel.winsor, -0.1, assert_int_equal(funnel_solve(y, size, size, 4, &funnel, spare, z, &dispersion), GSL_EINVAL));
    WITH(funnel.winsor, 0.5, assert_int_equal(funnel_solve(y, size, size, 4, &funnel, spare, z, &dispersion), GSL_EINVAL));
    assert_true(isnan(funnel_binomial_limit(0.1, 0, 0.025)) && isnan(funnel_binomial_limit(0, 10, 0.025)) &&
                isnan(funnel_binomial_limit(1, 10, 0.025)) && isnan(funnel_binomial_limit(0.1, 10, 0)) &&
                isnan(funnel_binomial_limit(0.1, 10, 1)) && isnan(funnel_binomial_limit(0.1, (int64_t)INT32_MAX + 1, 0.025)));
    assert_true(isnan(funnel_poisson_limit(0, 0.025)) && isnan(funnel_poisson_limit(1e9, 0.025)) &&
                isnan(funnel_poisson_limit(5, 0)) && isnan(funnel_poisson_limit(5, 1)));
}

static void test_digitised_curves(void **state)
{
    static double time[4] = {0, 1, 2, 3}, surv[4] = {1, 0.8, 0.6, 0.5};
    static size_t place[2] = {0, 2};
    static int64_t risk[2] = {20, 12}, events[4], censored[4], at_risk[2];
    struct guyot_curve curve = {4, time, surv, 2, place, risk, -1};
    struct guyot_fit fit = {events, censored, at_risk, 0};
#define READ() guyot_solve(&curve, &fit)

    (void)state;
    assert_int_equal(READ(), GSL_SUCCESS);
    WITH(curve.n, 1, assert_int_equal(READ(), GSL_EINVAL));
    WITH(curve.n_risk, 0, assert_int_equal(READ(), GSL_EINVAL));
    WITH(place[0], 1, assert_int_equal(READ(), GSL_EINVAL));
    WITH(place[1], 0, assert_int_equal(READ(), GSL_EINVAL));
    WITH(place[1], 4, assert_int_equal(READ(), GSL_EINVAL));
    WITH(risk[0], 0, assert_int_equal(READ(), GSL_EINVAL));
    WITH(risk[1], -1, assert_int_equal(READ(), GSL_EINVAL));
    WITH(risk[1], 21, assert_int_equal(READ(), GSL_EINVAL));
    WITH(surv[0], 0, assert_int_equal(READ(), GSL_EINVAL));
    WITH(surv[2], 0.9, assert_int_equal(READ(), GSL_EINVAL));
    WITH(surv[0], 1.5, assert_int_equal(READ(), GSL_EINVAL));
    WITH(surv[3], -0.1, assert_int_equal(READ(), GSL_EINVAL));
    WITH(time[0], -1, assert_int_equal(READ(), GSL_EINVAL));
    WITH(time[2], 1, assert_int_equal(READ(), GSL_EINVAL));
    WITH(time[3], INFINITY, assert_int_equal(READ(), GSL_EINVAL));
    /* A curve that falls to 0 between two printed numbers leaves nobody, whatever is printed. */
    surv[2] = surv[3] = 0;
    assert_int_equal(READ(), GSL_SUCCESS);
    int64_t left = risk[0];
    for (int k = 0; k < 4; k++)
        left -= events[k] + censored[k];
    assert_int_equal(left, 0);
}

static void test_leavers(void **state)
{
    static const double axis[2] = {1, 2}, longer[3] = {1, 2, 3}, later[2] = {1, 3};
    static const int32_t strata[2] = {0, 1};
    struct leaving *one = leaving_alloc(axis, NULL, 2, 1, false), *wrong[] = {leaving_alloc(longer, NULL, 3, 1, false), leaving_alloc(axis, NULL, 2, 2, false),
                                                                       leaving_alloc(later, NULL, 2, 1, false), leaving_alloc(axis, strata, 2, 1, false)};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(leaving_merge(one, wrong[i]), GSL_EINVAL);
        leaving_free(wrong[i]);
    }
    assert_int_equal(leaving_merge(one, one), GSL_SUCCESS);
    leaving_free(one);
}

static void test_small_kernels(void **state)
{
    static double y[4] = {1, 3, 2, 5}, weight[4] = {1, 1, 1, 1}, p[4] = {0.1, 0.2, 0.3, 0.4};
    static const unsigned char outcome[4] = {0, 1, 0, 1};
    static int64_t count[4] = {1, 1, 1, 1};
    struct calibration_group groups[4];
    double r1, mean, slope[4], variance, knots[4];
    size_t n_made;

    (void)state;
    assert_int_equal(autocorrelation_first(y, 4, &r1), GSL_SUCCESS);
    WITH(y[0], DBL_MAX, { y[1] = DBL_MAX; assert_int_equal(autocorrelation_first(y, 4, &r1), GSL_EOVRFLW); y[1] = 3; });
    WITH(y[0], 1e200, assert_int_equal(autocorrelation_first(y, 4, &r1), GSL_EOVRFLW));
    assert_int_equal(weighted_mean(4, y, weight, &mean, slope), GSL_SUCCESS);
    WITH(weight[1], -1, assert_int_equal(weighted_mean(4, y, weight, &mean, slope), GSL_EINVAL));
    WITH(y[1], NAN, assert_int_equal(weighted_mean(4, y, weight, &mean, slope), GSL_EINVAL));
    memset(weight, 0, sizeof weight);
    assert_int_equal(weighted_mean(4, y, weight, &mean, slope), GSL_EDOM);
    assert_int_equal(calibration_groups(p, outcome, count, 4, 0, 0.95, groups, &n_made), GSL_EINVAL);
    WITH(p[1], 1.5, assert_int_equal(calibration_groups(p, outcome, count, 4, 2, 0.95, groups, &n_made), GSL_EINVAL));
    WITH(p[1], NAN, assert_int_equal(calibration_groups(p, outcome, count, 4, 2, 0.95, groups, &n_made), GSL_EINVAL));
    WITH(count[1], -1, assert_int_equal(calibration_groups(p, outcome, count, 4, 2, 0.95, groups, &n_made), GSL_EINVAL));
    assert_int_not_equal(calibration_groups(p, outcome, count, 4, 2, 1, groups, &n_made), GSL_SUCCESS);
    static const int32_t cluster[4] = {0, 0, 0, 0};
    assert_int_equal(influence_variance(4, y, NULL, cluster, 1, &variance), GSL_EDOM);
    WITH(y[1], INFINITY, assert_int_equal(influence_variance(4, y, NULL, NULL, 0, &variance), GSL_EINVAL));
    assert_int_equal(spline_knots(y, NULL, 1, 3, knots), GSL_EINVAL); /* one value has no quantiles */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_designs),          cmocka_unit_test(test_sums_of_a_design),  cmocka_unit_test(test_scales_of_sums),
        cmocka_unit_test(test_propensities),     cmocka_unit_test(test_weighted_kaplan_meier),
        cmocka_unit_test(test_mean_cumulative_counts), cmocka_unit_test(test_weighted_curves), cmocka_unit_test(test_intervals_of_time),
        cmocka_unit_test(test_competing_events), cmocka_unit_test(test_states),            cmocka_unit_test(test_regressions),
        cmocka_unit_test(test_least_squares),    cmocka_unit_test(test_standardising),     cmocka_unit_test(test_resampling),
        cmocka_unit_test(test_scores_of_a_trend), cmocka_unit_test(test_charts_and_funnels), cmocka_unit_test(test_digitised_curves),
        cmocka_unit_test(test_leavers),          cmocka_unit_test(test_small_kernels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
