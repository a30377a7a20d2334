/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/model.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "simulate/published.h"

enum { STEPS_MAX = 500 };
#define CLOSE 1e-12

/* ---- what is assumed --------------------------------------------------------------------------------- */

#define NEED_DETOX 0.08
static const double need_slope[N_GROUPS] = {[GROUP_IOP] = 0.06, [GROUP_INPATIENT] = 0.15};
static const double risk_slope[N_CHOSEN_REASONS] = {
    [REASON_DROPPED_OUT] = 0.06, [REASON_TERMINATED] = 0.05, [REASON_INCARCERATED] = 0.05, [REASON_OTHER] = 0.02};

/*
 * Shares of first care, and of persons who begin in detox, at which the stays of all kinds together have the shares
 * of services that are published: step-down and readmission add stays that nobody began with.
 */
#define DETOX_SHARE 0.2285
static const double group_share[N_GROUPS] = {
    [GROUP_OUTPATIENT] = 0.644, [GROUP_IOP] = 0.119, [GROUP_INPATIENT] = 0.237};

/* Within inpatient: hospital, short-term and long-term residential. */
static const double inpatient_kind[] = {0.0125, 0.5675, 0.42};

/* Spread (standard deviation of log days) where mean and median are published together, else taken alike. */
static const double spread[N_LEVELS][N_CHOSEN_REASONS] = {
    [LEVEL_DETOX] = {0.5, 0.5, 0.6, 0.6, 0.6, 0.6},       [LEVEL_HOSPITAL] = {0.8, 0.9, 0.9, 1.0, 1.0, 1.0},
    [LEVEL_SHORT] = {0.45, 0.7, 0.8, 0.8, 0.9, 0.9},      [LEVEL_LONG] = {0.64, 1.25, 1.22, 0.97, 1.02, 1.02},
    [LEVEL_PHP] = {0.6, 0.8, 0.9, 0.9, 1.0, 1.0},         [LEVEL_IOP] = {0.6, 0.8, 0.9, 0.9, 1.0, 1.0},
    [LEVEL_OUTPATIENT] = {0.65, 0.9, 0.9, 0.9, 0.95, 0.95},
};

/* Median days that are not published by reason. */
static const int median_detox[N_PUBLISHED_REASONS] = {4, 4, 3, 3, 4};
static const int median_hospital[N_PUBLISHED_REASONS] = {12, 9, 6, 12, 10};

/* Share of stays that another one follows within the episode. */
enum setting { SETTING_DETOX, SETTING_INPATIENT, SETTING_INTENSIVE, SETTING_OUTPATIENT, N_SETTINGS };
static const double follows[N_SETTINGS][N_CHOSEN_REASONS] = {
    [SETTING_DETOX] = {0.40, 0.85, 0.10, 0.10, 0, 0.10},
    [SETTING_INPATIENT] = {0.50, 0.85, 0.06, 0.05, 0, 0.10},
    [SETTING_INTENSIVE] = {0.30, 0.75, 0.05, 0.05, 0, 0.10},
    [SETTING_OUTPATIENT] = {0.03, 0.60, 0.04, 0.04, 0, 0.05},
};

/* Where it is, after completing, after a transfer, after anything else; detox leads to care, which is chosen anew. */
static const double destination[N_SETTINGS][3][N_LEVELS] = {
    [SETTING_INPATIENT] = {{[LEVEL_PHP] = 0.12, [LEVEL_IOP] = 0.38, [LEVEL_OUTPATIENT] = 0.50},
                           {[LEVEL_HOSPITAL] = 0.03, [LEVEL_LONG] = 0.20, [LEVEL_PHP] = 0.12, [LEVEL_IOP] = 0.35,
                            [LEVEL_OUTPATIENT] = 0.30},
                           {[LEVEL_IOP] = 0.40, [LEVEL_OUTPATIENT] = 0.60}},
    [SETTING_INTENSIVE] = {{[LEVEL_IOP] = 0.10, [LEVEL_OUTPATIENT] = 0.90},
                           {[LEVEL_SHORT] = 0.20, [LEVEL_LONG] = 0.10, [LEVEL_IOP] = 0.15, [LEVEL_OUTPATIENT] = 0.55},
                           {[LEVEL_SHORT] = 0.30, [LEVEL_OUTPATIENT] = 0.70}},
    [SETTING_OUTPATIENT] = {{[LEVEL_IOP] = 0.30, [LEVEL_OUTPATIENT] = 0.70},
                            {[LEVEL_SHORT] = 0.20, [LEVEL_LONG] = 0.10, [LEVEL_IOP] = 0.40, [LEVEL_OUTPATIENT] = 0.30},
                            {[LEVEL_SHORT] = 0.30, [LEVEL_IOP] = 0.30, [LEVEL_OUTPATIENT] = 0.40}},
};

static enum setting setting_of(enum level level)
{
    switch (level) {
    case LEVEL_DETOX: return SETTING_DETOX;
    case LEVEL_HOSPITAL:
    case LEVEL_SHORT:
    case LEVEL_LONG: return SETTING_INPATIENT;
    case LEVEL_PHP:
    case LEVEL_IOP: return SETTING_INTENSIVE;
    default: return SETTING_OUTPATIENT;
    }
}

/* ---- what a person does -------------------------------------------------------------------------------- */

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static void group_weights(const struct model *model, double need, double weight[static N_GROUPS])
{
    for (int g = 0; g < N_GROUPS; g++)
        weight[g] = exp(model->group_intercept[g] + model->settings.confounding * need_slope[g] * need);
}

static void reason_weights(const struct model *model, enum level level, double risk, double weight[static N_CHOSEN_REASONS])
{
    for (int k = 0; k < N_CHOSEN_REASONS; k++)
        weight[k] = exp(model->reason_intercept[level][k] + risk_slope[k] * risk);
}

static void scale_to_one(double *weight, size_t n)
{
    double total = 0;

    for (size_t k = 0; k < n; k++)
        total += weight[k];
    for (size_t k = 0; k < n; k++)
        weight[k] /= total;
}

/* Which of n shares u falls under; the last where rounding leaves a little over. */
static size_t falls_under(const double *share, size_t n, double u)
{
    size_t k = 0;

    for (; k + 1 < n; k++) {
        u -= share[k];
        if (u < 0)
            break;
    }
    return k;
}

double model_detox_share(const struct model *model, const struct person *person)
{
    return logistic(model->detox_intercept + NEED_DETOX * (person->need - model->mean_need));
}

void model_groups(const struct model *model, const struct person *person, double share[static N_GROUPS])
{
    group_weights(model, person->need - model->mean_need, share);
    scale_to_one(share, N_GROUPS);
}

enum level model_level(enum group group, double u)
{
    if (group == GROUP_OUTPATIENT)
        return LEVEL_OUTPATIENT;
    return group == GROUP_IOP ? LEVEL_IOP : (enum level)(LEVEL_HOSPITAL + (int)falls_under(inpatient_kind, 3, u));
}

enum reason model_reason(const struct model *model, const struct person *person, enum level level, bool is_first,
                         double u)
{
    double weight[N_CHOSEN_REASONS];

    reason_weights(model, level, person->risk - model->mean_risk, weight);
    if (is_first && level == LEVEL_IOP) {
        weight[REASON_DROPPED_OUT] *= model->settings.dropout_ratio;
        weight[REASON_TERMINATED] *= model->settings.dropout_ratio;
    }
    scale_to_one(weight, N_CHOSEN_REASONS);
    return (enum reason)falls_under(weight, N_CHOSEN_REASONS, u);
}

int model_days(enum level level, enum reason reason, double u)
{
    enum { DAYS_MAX = 730 };
    const int k = published_reason(reason);
    const int median = level == LEVEL_DETOX      ? median_detox[k]
                       : level == LEVEL_HOSPITAL ? median_hospital[k]
                                                 : published_median_days[service_of_level(level)][k];
    const double days = floor(median * exp(spread[level][reason] * gsl_cdf_ugaussian_Pinv(u)) + 0.5);

    return days < 1 ? 1 : days > DAYS_MAX ? DAYS_MAX : (int)days;
}

enum level model_next(enum level level, enum reason reason, double u, double u_level)
{
    const enum setting setting = setting_of(level);
    const int kind = reason == REASON_COMPLETED ? 0 : reason == REASON_TRANSFERRED ? 1 : 2;

    if (reason == REASON_DIED || u >= follows[setting][reason])
        return N_LEVELS;
    return (enum level)falls_under(destination[setting][kind], N_LEVELS, u_level);
}

int model_gap(enum reason reason, double u)
{
    /* Same day for some; for the others days that die away, and never so many that a new episode would begin. */
    const double same_day = reason == REASON_TRANSFERRED ? 0.60 : reason == REASON_COMPLETED ? 0.35 : 0;
    const double mean = reason == REASON_TRANSFERRED ? 2 : reason == REASON_COMPLETED ? 6 : 10;
    const double rest = (u - same_day) / (1 - same_day);
    const int days = rest < 0 ? 0 : 1 + (int)fmin(-mean * log1p(-rest), NEW_EPISODE_GAP);

    return days < NEW_EPISODE_GAP ? days : NEW_EPISODE_GAP - 1;
}

/* ---- intercepts ----------------------------------------------------------------------------------------- */

/* The logit whose mean over persons is the share: bisection, for the mean grows with the intercept. */
static double solve_detox(const struct scores *scores)
{
    double low = -20, high = 20;

    for (int step = 0; step < 100; step++) {
        const double middle = (low + high) / 2;
        double mean = 0;

        for (int i = 0; i < N_SCORES; i++) {
            double share = 0;
            for (int j = 0; j < N_SCORES; j++)
                share += scores->share[i][j];
            mean += share * logistic(middle + NEED_DETOX * (i + SCORE_MIN - scores->mean_need));
        }
        *(mean < DETOX_SHARE ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

/* Intercepts at which the mean shares are those wanted: each is moved by the log of what it lacks, until none moves. */
static void solve_shares(double *intercept, const double *wanted, size_t n,
                         void (*means)(const void *context, double *mean), const void *context)
{
    double mean[N_CHOSEN_REASONS + N_GROUPS];

    for (int step = 0; step < STEPS_MAX; step++) {
        double largest = 0;

        means(context, mean);
        for (size_t k = 0; k < n; k++) {
            const double lacks = log(wanted[k] / mean[k]);
            intercept[k] += lacks;
            largest = fmax(largest, fabs(lacks));
        }
        if (largest < CLOSE)
            break;
    }
    for (size_t k = n; k-- > 0;) /* only differences count */
        intercept[k] -= intercept[0];
}

struct mean_context {
    const struct model *model;
    const struct scores *scores;
    enum level level;
    const double *risk; /* [N_SCORES] distribution of risk at this level */
};

static void mean_groups(const void *context, double *mean)
{
    const struct mean_context *c = context;

    memset(mean, 0, N_GROUPS * sizeof *mean);
    for (int i = 0; i < N_SCORES; i++) {
        double weight[N_GROUPS], share = 0;

        for (int j = 0; j < N_SCORES; j++)
            share += c->scores->share[i][j];
        if (share <= 0)
            continue;
        group_weights(c->model, i + SCORE_MIN - c->scores->mean_need, weight);
        scale_to_one(weight, N_GROUPS);
        for (int g = 0; g < N_GROUPS; g++)
            mean[g] += share * weight[g];
    }
}

static void mean_reasons(const void *context, double *mean)
{
    const struct mean_context *c = context;

    memset(mean, 0, N_CHOSEN_REASONS * sizeof *mean);
    for (int j = 0; j < N_SCORES; j++) {
        double weight[N_CHOSEN_REASONS];

        if (c->risk[j] <= 0)
            continue;
        reason_weights(c->model, c->level, j + SCORE_MIN - c->scores->mean_risk, weight);
        scale_to_one(weight, N_CHOSEN_REASONS);
        for (int k = 0; k < N_CHOSEN_REASONS; k++)
            mean[k] += c->risk[j] * weight[k];
    }
}

/* Risk among those whose first care is of this group, or who begin in detox. */
static void risk_of(const struct model *model, const struct scores *scores, enum level level, double *risk)
{
    const enum setting setting = setting_of(level);
    const enum group group = setting == SETTING_INPATIENT    ? GROUP_INPATIENT
                             : setting == SETTING_OUTPATIENT ? GROUP_OUTPATIENT
                                                             : GROUP_IOP;

    memset(risk, 0, N_SCORES * sizeof *risk);
    for (int i = 0; i < N_SCORES; i++) {
        const double need = i + SCORE_MIN - scores->mean_need;
        double weight[N_GROUPS], here;

        group_weights(model, need, weight);
        scale_to_one(weight, N_GROUPS);
        here = setting == SETTING_DETOX ? logistic(model->detox_intercept + NEED_DETOX * need) : weight[group];
        for (int j = 0; j < N_SCORES; j++)
            risk[j] += here * scores->share[i][j];
    }
    scale_to_one(risk, N_SCORES);
}

/* Published shares without the deaths, which come by their own hazard; what is left of `other` is split. */
static void wanted_reasons(enum level level, double wanted[static N_CHOSEN_REASONS])
{
    const int64_t *published = published_reasons[service_of_level(level)];
    double total = 0, all = 0, died, other;

    for (int k = 0; k < N_PUBLISHED_REASONS; k++)
        total += (double)published[k];
    for (int s = 0; s < N_SERVICES; s++)
        all += (double)published_services[s];
    died = (double)published_died / all;
    for (int k = REASON_COMPLETED; k <= REASON_TERMINATED; k++)
        wanted[k] = (double)published[k] / total / (1 - died);
    other = ((double)published[N_PUBLISHED_REASONS - 1] / total - died) / (1 - died);
    wanted[REASON_INCARCERATED] =
        other * (double)published_incarcerated / (double)(published_incarcerated + published_other);
    wanted[REASON_OTHER] = other - wanted[REASON_INCARCERATED];
}

void model_init(struct model *model, const struct settings *settings)
{
    struct scores scores;
    double risk[N_SCORES], wanted[N_CHOSEN_REASONS];
    struct mean_context context = {model, &scores, LEVEL_DETOX, risk};

    *model = (struct model){.settings = *settings, .death_base = 2.3e-5};
    scores_distribute(&scores);
    model->mean_need = scores.mean_need;
    model->mean_risk = scores.mean_risk;
    model->leave_hazard = -log1p(-settings->disenrolled) / FOLLOW_UP;
    model->detox_intercept = solve_detox(&scores);
    solve_shares(model->group_intercept, group_share, N_GROUPS, mean_groups, &context);
    for (int level = 0; level < N_LEVELS; level++) {
        context.level = (enum level)level;
        risk_of(model, &scores, (enum level)level, risk);
        wanted_reasons((enum level)level, wanted);
        solve_shares(model->reason_intercept[level], wanted, N_CHOSEN_REASONS, mean_reasons, &context);
    }
}
