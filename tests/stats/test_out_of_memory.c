/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every allocation of every kernel fails in turn: it says GSL_ENOMEM, or returns NULL, frees what it had, and reads nothing that
 * is not there.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stats/aft.h"
#include "stats/bootstrap.h"
#include "stats/chained.h"
#include "stats/concordance.h"
#include "stats/cox.h"
#include "stats/cox_curve.h"
#include "stats/cox_firth.h"
#include "stats/cox_frailty.h"
#include "stats/cox_score.h"
#include "stats/cox_zph.h"
#include "stats/cuminc.h"
#include "stats/design_total.h"
#include "stats/finegray.h"
#include "stats/glm_sandwich.h"
#include "stats/gray.h"
#include "stats/influence.h"
#include "stats/ipcw.h"
#include "stats/km_weighted.h"
#include "stats/leaving.h"
#include "stats/logit_sums.h"
#include "stats/linear.h"
#include "stats/logrank.h"
#include "stats/match.h"
#include "stats/mcf.h"
#include "stats/multistate.h"
#include "stats/negbin.h"
#include "stats/propensity.h"
#include "stats/radix_order.h"
#include "stats/recurrent.h"
#include "stats/risk_table_axis.h"
#include "stats/round_newton.h"
#include "stats/standardise.h"
#include "stats/turnbull.h"
#include "stats/turnbull_error.h"
#include "stats/weighted_balance.h"
#include "stats/weighted_curve.h"
#include "stats/weighted_errors.h"
#include "stats/weighted_ks.h"
#include "stats/weighted_subhazard.h"
#include "tests/support/near.h"
#include "tests/stats/short_memory.h"

enum { N = 60, P = 3, GROUPS = 6 };

/* Sixty made-up people: entry and exit, two causes, a number, three levels, a group. */
static double entry[N], times[N], x[N], offset[N], weight[N], y[N], count[N], ones[N];
static int32_t event[N], cause[N], stratum[N], group[N], arm[N], states_from[N], states_to[N];
static int64_t frequency[N];
static uint16_t level[N];
static uint8_t treated[N], missing[N];
static uint64_t key[N];
static uint32_t place[N];

static const int32_t number_column[] = {0}, level_columns[] = {DESIGN_NONE, 1, 2};
static struct design_block blocks[] = {{x, NULL, 1, number_column}, {NULL, level, 3, level_columns}};
static const struct design_matrix design = {N, P, 2, blocks};

static void make_people(void)
{
    for (int i = 0; i < N; i++) {
        entry[i] = i % 4;
        times[i] = 5 + (i * 7) % 23;
        event[i] = i % 3 != 0;
        cause[i] = i % 3 == 0 ? 0 : i % 5 == 0 ? 2 : 1;
        stratum[i] = i % 2;
        group[i] = i % GROUPS;
        arm[i] = (i / 2) % 2;
        x[i] = (i * 37 % 61) / 17.0;
        offset[i] = (i % 5) * 0.125;
        weight[i] = 1 + (i % 3) * 0.25;
        frequency[i] = 1 + i % 2;
        level[i] = (uint16_t)((i * 5 + i / 7) % 3);
        y[i] = (i * 29 % 7) < 3;
        count[i] = i * 29 % 7;
        ones[i] = 1;
        treated[i] = (uint8_t)((i * 11 % 9) < 4);
        missing[i] = i % 6 == 1;
        key[i] = 1000 + (uint64_t)(i * 77 % 61);
        place[i] = (uint32_t)(i % 10);
        states_from[i] = i % 2;
        states_to[i] = i % 2 == 0 ? 1 : i % 3 == 0 ? -1 : 2;
    }
}

static enum short_memory end_of(int status)
{
    return status == GSL_SUCCESS ? WORK_DONE : status == GSL_ENOMEM ? WORK_SHORT : WORK_WRONG;
}

/* ---- Cox -------------------------------------------------------------------------------------------------------- */

static const struct cox_rows cox_rows = {.n = N, .entry = entry, .time = times, .event = event, .stratum = stratum,
                                         .n_stratum = 2, .weight = weight, .offset = offset, .design = &design};
static const struct cox_rows plain_rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .frequency = frequency,
                                           .design = &design};

/* What is read from a fit: errors by group, a test of proportional hazards, a curve. */
static int read_cox(struct cox_work *work, struct cox_fit *fit, const struct cox_data *data)
{
    static double covariance[P * P], g[N], cumhaz[N], std_err[N], at[P];
    static const int32_t term[P] = {0, 1, 1};
    static struct chi_square_test tests[3];
    struct cox_zph zph = {.test = tests};
    struct cox_curve curve = {.cumhaz = cumhaz, .std_err = std_err};
    struct cox_scores *scores = cox_scores_alloc(work);
    int status = scores == NULL ? GSL_ENOMEM : cox_robust(scores, fit, &(struct clusters){group, GROUPS, GROUPS}, covariance);

    if (status == GSL_SUCCESS)
        status = cox_curve_solve(scores, fit, covariance, 0, at, 0, &curve);
    cox_scores_free(scores);
    for (enum cox_transform t = COX_ZPH_KM; status == GSL_SUCCESS && t <= COX_ZPH_LOG; t++)
        status = cox_zph_times(data, &cox_rows, t, g);
    return status != GSL_SUCCESS ? status : cox_zph_run(work, fit, g, term, 2, &zph);
}

static enum short_memory fit_cox_with(const struct cox_rows *rows, enum cox_ties ties, bool reads, bool firth)
{
    const struct cox_control control = COX_CONTROL;
    struct cox_data *data = cox_data_alloc(rows, 1);
    struct cox_work *work = data == NULL ? NULL : cox_work_alloc(data, ties, 1);
    struct cox_fit *fit = work == NULL ? NULL : cox_fit_alloc(P);
    int status = fit == NULL ? GSL_ENOMEM : firth ? cox_firth_run(work, &control, fit) : cox_fit_run(work, &control, fit);

    if (status == GSL_SUCCESS && reads)
        status = read_cox(work, fit, data);
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
    return end_of(status);
}

static enum short_memory fit_cox(void)
{
    return fit_cox_with(&cox_rows, COX_EFRON, true, false);
}

static enum short_memory fit_cox_exact(void)
{
    return fit_cox_with(&plain_rows, COX_EXACT, false, false);
}

static enum short_memory fit_cox_firth(void)
{
    return fit_cox_with(&plain_rows, COX_BRESLOW, false, true);
}

static enum short_memory fit_frailty(void)
{
    struct cox_frailty *fit = cox_frailty_alloc(P, GROUPS);
    const int status = fit == NULL ? GSL_ENOMEM : cox_frailty_solve(&plain_rows, COX_EFRON, group, GROUPS, 0.5, 1, fit);

    cox_frailty_free(fit);
    return end_of(status);
}

static enum short_memory estimate_frailty(void)
{
    struct cox_frailty *fit = cox_frailty_alloc(P, GROUPS);
    const int status = fit == NULL ? GSL_ENOMEM : cox_frailty_solve(&plain_rows, COX_EFRON, group, GROUPS, NAN, 1, fit);

    cox_frailty_free(fit);
    return end_of(status);
}

static enum short_memory find_concordance(void)
{
    struct concordance result;

    return end_of(concordance_solve(&cox_rows, x, &(struct clusters){group, GROUPS, GROUPS}, &result));
}

/* ---- other models of time ------------------------------------------------------------------------------------------ */

static enum short_memory fit_finegray(void)
{
    const struct finegray_rows rows = {.n = N, .time = times, .cause = cause, .wanted = 1, .offset = offset, .group = stratum,
                                       .n_group = 2, .cluster = group, .n_cluster = GROUPS, .design = &design};
    const struct finegray_control control = FINEGRAY_CONTROL;
    struct finegray *fit = finegray_alloc(P);
    const int status = fit == NULL ? GSL_ENOMEM : finegray_solve(&rows, &control, 1, fit);

    finegray_free(fit);
    return end_of(status);
}

static enum short_memory fit_aft(void)
{
    static double upper[N];
    const struct aft_rows rows = {.n = N, .lower = times, .upper = upper, .frequency = frequency, .offset = offset, .design = &design};
    struct aft *fit = aft_alloc(P);
    int status;

    for (int i = 0; i < N; i++)
        upper[i] = event[i] ? i % 4 == 0 ? times[i] + 2 : times[i] : INFINITY;
    status = fit == NULL ? GSL_ENOMEM : aft_solve(&rows, AFT_WEIBULL, 1, fit);
    aft_free(fit);
    return end_of(status);
}

static enum short_memory fit_turnbull(void)
{
    static double upper[N], std_err[N];
    struct turnbull *fit = turnbull_alloc(N);
    int status;

    for (int i = 0; i < N; i++)
        upper[i] = event[i] ? times[i] + 3 : INFINITY;
    status = fit == NULL ? GSL_ENOMEM : turnbull_solve(N, times, upper, frequency, 1e-8, TURNBULL_ITERATIONS, fit);
    if (status == GSL_SUCCESS)
        status = turnbull_error(fit, std_err);
    turnbull_free(fit);
    return end_of(status);
}

static enum short_memory follow_states(void)
{
    static int32_t id[N];
    static double begins[N], ends[N], estimate[3], std_err[3];
    const struct multistate_rows rows = {.n = N, .n_id = N / 2, .n_state = 3, .id = id, .entry = begins, .time = ends,
                                         .from = states_from, .to = states_to};
    int status = GSL_ENOMEM;

    for (int i = 0; i < N; i++) {
        id[i] = i / 2;
        begins[i] = i % 2 == 0 ? 0 : times[i - 1];
        ends[i] = i % 2 == 0 ? times[i] : times[i - 1] + 4;
    }
    struct multistate *states = multistate_alloc(&rows, &status);
    if (states != NULL && (status = multistate_occupation(states, 20, estimate, std_err)) == GSL_SUCCESS)
        status = multistate_expected(states, 20, estimate, std_err);
    multistate_free(states);
    return end_of(status);
}

static enum short_memory arrange_recurrent(void)
{
    static int32_t id[N];
    static double begins[N], ends[N];
    int status = GSL_SUCCESS;

    for (int i = 0; i < N; i++) {
        id[i] = i / 3;
        begins[i] = 10 * (i % 3);
        ends[i] = 10 * (i % 3) + 10;
    }
    struct recurrent_rows *rows = recurrent_alloc(N, begins, ends, event, id, N / 3, RECURRENT_PWP_GAP, &status);
    recurrent_free(rows);
    return end_of(status);
}

static enum short_memory count_mean(void)
{
    struct mcf *mcf = mcf_alloc(N);
    const int status = mcf == NULL ? GSL_ENOMEM : mcf_solve(N, entry, times, event, group, GROUPS, MCF_LOG, 0.95, mcf);

    mcf_free(mcf);
    return end_of(status == GSL_EINVAL || status == GSL_EDOM ? GSL_SUCCESS : status); /* people may overlap here */
}

static enum short_memory draw_weighted_km(void)
{
    struct survival_interval interval;
    struct rmst rmst;
    struct km_weighted *curve = km_weighted_alloc(N);
    survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95);
    int status = curve == NULL ? GSL_ENOMEM : km_weighted_solve(N, entry, times, event, weight, &interval, curve);

    if (status == GSL_SUCCESS)
        status = km_weighted_rmst(curve, 15, &rmst);
    km_weighted_free(curve);
    return end_of(status);
}

/* ---- risk tables -------------------------------------------------------------------------------------------------- */

static double first_risk(const struct risk_table *table, void *context)
{
    (void)context;
    return (double)risk_table_n_risk(table, 0, 0, 10);
}

static enum short_memory read_risk_table(void)
{
    static double axis[2 * N], replicates[4];
    static void *const contexts[1];
    struct survival_interval interval;
    size_t n_time = 0;
    survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95);
    int status = risk_table_axis(N, entry, times, axis, &n_time);
    struct risk_table *table = status == GSL_SUCCESS ? risk_table_alloc(2, 2, 2, axis, n_time) : NULL;
    struct km_curve *km = table == NULL ? NULL : km_curve_alloc(n_time);
    struct cuminc_curve *cuminc = km == NULL ? NULL : cuminc_curve_alloc(n_time);
    struct gray *gray = cuminc == NULL ? NULL : gray_alloc(2);
    struct logrank *logrank = gray == NULL ? NULL : logrank_alloc(2);

    status = logrank == NULL ? GSL_ENOMEM : risk_table_add(table, N, NULL, times, cause, arm, stratum, NULL, 1);
    if (status == GSL_SUCCESS)
        status = km_solve(table, 0, RISK_TABLE_ALL, 1, &interval, km);
    if (status == GSL_SUCCESS)
        status = cuminc_solve(table, 0, RISK_TABLE_ALL, 1, CUMINC_AALEN, &interval, cuminc);
    if (status == GSL_SUCCESS)
        status = gray_solve(table, 1, 0, gray);
    if (status == GSL_SUCCESS)
        status = logrank_solve(table, 1, 0, 0, 1e-12, logrank);
    if (status == GSL_SUCCESS)
        status = bootstrap_run(table, BOOTSTRAP_MULTINOMIAL, 7, 4, first_risk, contexts, 1, replicates);
    if (status == GSL_SUCCESS)
        status = bootstrap_acceleration(table, first_risk, NULL, replicates);
    logrank_free(logrank);
    gray_free(gray);
    cuminc_curve_free(cuminc);
    km_curve_free(km);
    risk_table_free(table);
    return end_of(status);
}

/* ---- weights ------------------------------------------------------------------------------------------------------- */

static enum short_memory draw_weighted_curve(void)
{
    static double axis[10], std_error[10], phi[N], before_area[N];
    static uint32_t n_before[N];
    const struct weighted_rows rows = {.n = N, .place = place, .cause = cause, .weight = weight};
    const struct ipcw_rows lost = {.n = N, .place = place, .cause = cause, .frequency = ones};
    struct weighted_curve *curve;
    struct ipcw *ipcw;
    int status = GSL_ENOMEM;

    for (int k = 0; k < 10; k++)
        axis[k] = 1 + k;
    for (int i = 0; i < N; i++) {
        n_before[i] = place[i];
        before_area[i] = 0.5;
    }
    curve = weighted_curve_alloc(axis, 10, 2);
    ipcw = curve == NULL ? NULL : ipcw_alloc(10);
    if (ipcw != NULL && (status = weighted_curve_solve(curve, &rows)) == GSL_SUCCESS) {
        const struct weighted_errors_request request = {.curve = curve, .rows = &rows, .n = N, .frequency = ones};

        status = weighted_errors(&request, std_error);
    }
    if (status == GSL_SUCCESS && (status = ipcw_solve(ipcw, &lost)) == GSL_SUCCESS)
        status = ipcw_influence(ipcw, &lost, n_before, before_area, phi);
    ipcw_free(ipcw);
    weighted_curve_free(curve);
    return end_of(status);
}

static enum short_memory weigh(void)
{
    static double weights[N], slope[N], statistic;
    static size_t matches[N];
    const struct propensity_rows rows = {N, treated, x, NULL};
    const struct propensity_limits limits = {0, 1, false, 0.9};
    const struct match_request request = {.n = N, .score = x, .treated = treated, .order = key, .caliper = INFINITY, .ratio = 1};
    struct propensity_summary summary;
    size_t n_pair;
    int status = propensity_weights(&rows, PROPENSITY_ATE, &limits, weights, slope, &summary);

    if (status == GSL_SUCCESS)
        status = match_nearest(&request, matches, &n_pair);
    if (status == GSL_SUCCESS)
        status = weighted_ks(N, x, weights, treated, &statistic);
    return end_of(status);
}

/* ---- regressions ---------------------------------------------------------------------------------------------------- */

static enum short_memory fit_logistic(void)
{
    static double covariance[(P + 1) * (P + 1)], phi[N], slope[N], variance;
    const struct glm_data data = {.design = &design, .y = y, .offset = offset, .weight = weight};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct glm_fit *fit = NULL;
    int status = glm_fit_alloc(&data, &options, &fit);

    if (status == GSL_SUCCESS)
        status = glm_sandwich(&data, &options, fit, GLM_HC3, true, covariance);
    if (status == GSL_SUCCESS)
        status = glm_sandwich_clustered(&data, &options, fit, &(struct clusters){group, GROUPS, GROUPS}, covariance);
    const struct influence_model model = {.fit = fit, .data = &data, .slope = slope, .n_threads = 1};
    if (status == GSL_SUCCESS)
        status = influence_linear(&model, N, weight, x, phi);
    if (status == GSL_SUCCESS)
        status = influence_variance(N, phi, NULL, group, GROUPS, &variance);
    glm_fit_free(fit);
    return end_of(status);
}

static enum short_memory fit_firth(void)
{
    const struct glm_data data = {.design = &design, .y = y};
    const struct glm_options options = {.family = GLM_LOGISTIC, .firth = true, .n_threads = 1};
    struct glm_fit *fit = NULL;
    const int status = glm_fit_alloc(&data, &options, &fit);

    glm_fit_free(fit);
    return end_of(status);
}

static enum short_memory fit_negbin(void)
{
    const struct glm_data data = {.design = &design, .y = count};
    const struct glm_options options = {.family = GLM_NEGBIN, .n_threads = 1};
    struct negbin negbin = {.fit = NULL};
    const int status = negbin_solve(&data, &options, &negbin);

    negbin_clear(&negbin);
    return end_of(status);
}

static enum short_memory fit_linear(void)
{
    struct linear_sums *sums = linear_alloc(1), *others = sums == NULL ? NULL : linear_alloc(1);
    struct linear_fit *fit = others == NULL ? NULL : linear_fit_alloc(1);
    int status = fit == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (int i = 0; status == GSL_SUCCESS && i < N; i++)
        status = linear_add(i % 2 == 0 ? sums : others, &x[i], NULL, count[i], 1);
    if (status == GSL_SUCCESS)
        status = linear_merge(sums, others);
    if (status == GSL_SUCCESS)
        status = linear_solve(sums, true, 1e-12, fit);
    linear_fit_free(fit);
    linear_free(others);
    linear_free(sums);
    return end_of(status);
}

static enum short_memory standardise(void)
{
    static double observed[N], phi[N], slope[N], share[N];
    const struct standardise_rows rows = {.design = &design, .y = y, .observed = observed, .target = ones, .residual = observed,
                                          .link = STANDARDISE_LOGISTIC, .n_threads = 1};
    struct standardised result = {.phi = phi, .slope = slope, .share = share};

    for (int i = 0; i < N; i++)
        observed[i] = arm[i];
    return end_of(standardise_arm(&rows, &result));
}

static enum short_memory standardise_means(void)
{
    static double observed[N], phi[N], slope[N], share[N];
    const struct standardise_rows rows = {.design = &design, .y = count, .observed = observed, .target = ones,
                                          .link = STANDARDISE_IDENTITY, .n_threads = 1};
    struct standardised result = {.phi = phi, .slope = slope, .share = share};

    for (int i = 0; i < N; i++)
        observed[i] = arm[i];
    return end_of(standardise_arm(&rows, &result));
}

/* Errors of a weighted curve whose propensity is estimated. */
static enum short_memory find_weighted_errors(void)
{
    static double axis[10], std_error[10], slope[N];
    const struct weighted_rows rows = {.n = N, .place = place, .cause = cause, .weight = weight};
    const struct glm_data data = {.design = &design, .y = y};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct weighted_curve *curve;
    struct glm_fit *fit = NULL;
    int status = GSL_ENOMEM;

    for (int k = 0; k < 10; k++)
        axis[k] = 1 + k;
    if ((curve = weighted_curve_alloc(axis, 10, 2)) != NULL &&
        (status = weighted_curve_solve(curve, &rows)) == GSL_SUCCESS)
        status = glm_fit_alloc(&data, &options, &fit);
    if (status == GSL_SUCCESS) {
        const struct influence_model model = {.fit = fit, .data = &data, .slope = slope, .n_threads = 1};
        const struct weighted_errors_request request = {.curve = curve, .rows = &rows, .n = N, .frequency = ones, .model = &model};

        status = weighted_errors(&request, std_error);
    }
    glm_fit_free(fit);
    weighted_curve_free(curve);
    return end_of(status);
}

static enum short_memory impute(void)
{
    double value[N];
    int32_t code[N];
    struct chained_variable variables[] = {{.value = value, .missing = missing}, {.n_level = 3, .code = code, .missing = missing}};
    const double *const fixed[] = {times};
    const struct chained_data data = {.n = N, .n_variable = 2, .variable = variables, .n_fixed = 1, .fixed = fixed, .key = key};

    memcpy(value, x, sizeof value);
    for (int i = 0; i < N; i++)
        code[i] = level[i];
    return end_of(chained_impute(&data, 2, 7, 0));
}

/* ---- sums over a design --------------------------------------------------------------------------------------------- */

static enum short_memory add_up(void)
{
    static double sums[GROUPS * (P + 1)], leverage[N], matrix[(P + 1) * (P + 1)], total;
    struct gram_layout *layout = gram_layout_alloc(&design, 1), *plain = layout == NULL ? NULL : gram_layout_alloc_plain(&design);
    struct gram *gram = plain == NULL ? NULL : gram_alloc(layout);
    int status = gram == NULL ? GSL_ENOMEM : gram_init(gram, 2, N);

    if (status == GSL_SUCCESS)
        status = gram_add_all(gram, weight, 2);
    if (status == GSL_SUCCESS) {
        gram_read(gram, &total, sums, matrix);
        status = design_total(&design, weight, 2, 1, sums);
    }
    if (status == GSL_SUCCESS)
        status = design_total_packed(layout, weight, 2, 1, sums);
    if (status == GSL_SUCCESS)
        status = design_totals_units(layout, (const double *const[]){weight}, (const double[]){2}, 1, 1, sums);
    if (status == GSL_SUCCESS)
        status = design_clusters(&design, weight, 2, group, GROUPS, sums);
    if (status == GSL_SUCCESS)
        status = design_leverage(&design, matrix, 1, leverage);
    gram_free(gram);
    gram_layout_free(plain);
    gram_layout_free(layout);
    return end_of(status);
}

static enum short_memory fit_weighted_subhazard(void)
{
    static double slope[N];
    const struct subhazard_rows rows = {N, place, cause, treated, weight, 10, true, NULL};
    struct arm_ratio ratio;

    return end_of(subhazard_solve(&rows, &ratio, slope));
}

static enum short_memory weigh_levels(void)
{
    static int32_t levels[N];
    static double sums[2 * 3];
    double statistic;

    for (int i = 0; i < N; i++)
        levels[i] = i % 3;
    const int status = weighted_levels(N, levels, 3, weight, treated, sums);
    return end_of(status != GSL_SUCCESS ? status : weighted_ks(N, x, weight, treated, &statistic));
}

static enum short_memory sort(void)
{
    static uint32_t order[N];

    return end_of(radix_order(x, stratum, 2, N, order));
}

static enum short_memory add_leaving(void)
{
    static double axis[10], beta[1], score[1], info[1], size[1], cubes[1], shares[10 * LEAVING_SHARE_KINDS * 4], work[64], share[1];
    static int32_t strata[10], programme[N];
    static uint8_t kind[N], yes[N];
    static const bool left_out[1];
    wide_sum meat[1] = {0};
    const struct leaving_rows rows = {.n = N, .x = x, .frequency = frequency, .position = place, .kind = kind,
                                      .cluster = programme, .n_cluster = 3};
    const struct logit_rows logit = {N, 1, x, yes, frequency};
    struct leaving_point point = {.score = score, .info = info, .size = size, .cubes = cubes};
    struct round_newton newton = {.p = 0};
    int status;

    for (int k = 0; k < 10; k++)
        axis[k] = 1 + k;
    for (int i = 0; i < N; i++) {
        kind[i] = cause[i] == 0 ? LEAVING_CENSORED : cause[i] == 1 ? LEAVING_EVENT : LEAVING_OTHER;
        programme[i] = i % 3;
        yes[i] = i % 2 == 0;
    }
    struct leaving *leaving = leaving_alloc(axis, strata, 10, 1, true);
    status = leaving == NULL ? GSL_ENOMEM : round_newton_alloc(1, &newton);
    if (status == GSL_SUCCESS)
        status = leaving_add(leaving, &rows, beta);
    if (status == GSL_SUCCESS)
        status = leaving_cox(leaving, true, shares, work, &point);
    if (status == GSL_SUCCESS)
        status = leaving_penalise(1, left_out, &point);
    if (status == GSL_SUCCESS)
        status = leaving_meat(&rows, 1, beta, shares, share, meat);
    if (status == GSL_SUCCESS)
        status = logit_squares_add(&logit, beta, programme, 3, meat);
    point.cubes = NULL;
    if (status == GSL_SUCCESS)
        status = leaving_finegray(leaving, shares, &point);
    round_newton_free(&newton);
    leaving_free(leaving);
    return end_of(status);
}

static void test_a_kernel_that_gets_no_memory_says_so_and_keeps_none(void **state)
{
    static const struct short_work works[] = {
        {"cox", fit_cox, 40},           {"cox exact", fit_cox_exact, 30}, {"cox firth", fit_cox_firth, 30},
        {"frailty", fit_frailty, 30},   {"frailty estimated", estimate_frailty, 30}, {"concordance", find_concordance, 5},
        {"standardised means", standardise_means, 8}, {"weighted errors", find_weighted_errors, 20}, {"finegray", fit_finegray, 20},
        {"aft", fit_aft, 8},            {"turnbull", fit_turnbull, 8},    {"multistate", follow_states, 6},
        {"recurrent", arrange_recurrent, 3}, {"mcf", count_mean, 3},      {"km_weighted", draw_weighted_km, 2},
        {"risk table", read_risk_table, 12}, {"weighted curve", draw_weighted_curve, 5}, {"weights", weigh, 5},
        {"logistic", fit_logistic, 20}, {"firth", fit_firth, 12},         {"negbin", fit_negbin, 12},
        {"linear", fit_linear, 8},      {"standardise", standardise, 15}, {"chained", impute, 10},
        {"design", add_up, 10},         {"order", sort, 3},               {"weighted subhazard", fit_weighted_subhazard, 3},
        {"levels", weigh_levels, 2}, {"leaving", add_leaving, 13},
    };

    (void)state;
    make_people();
    short_memory_run_all(works, sizeof works / sizeof works[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_kernel_that_gets_no_memory_says_so_and_keeps_none)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
