/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusting.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cohort/arms.h"
#include "compare/estimates.h"
#include "compare/numbers.h"
#include "outcomes/outcome.h"

/* ---- words ------------------------------------------------------------------------------------------- */

static const char *weighted_name(const struct adjusting *a, enum measure measure)
{
    switch (contrast_part(measure)) {
    case MEASURE_hazard_ratio:
    case MEASURE_log_hazard_ratio: return a->rows.counted || a->clones != NULL || a->rows.losses != NULL ? "weighted Cox, Breslow ties" : "weighted Cox, Efron ties";
    case MEASURE_mean: return "weighted mean";
    case MEASURE_rmst: return "area under weighted Kaplan-Meier";
    case MEASURE_survival:
    case MEASURE_quantile_time: return "weighted Kaplan-Meier";
    case MEASURE_subhazard_ratio:
    case MEASURE_log_subhazard_ratio: return a->clones != NULL || a->rows.entry != NULL ? "none" : "weighted Fine-Gray of the arm";
    default: break;
    }
    return a->c->table == NULL ? "weighted share" : a->c->n_cause > 1 ? "weighted Aalen-Johansen" : "1 - weighted Kaplan-Meier";
}

static const char *model_name(const struct adjusting *a, enum measure measure)
{
    const enum measure part = contrast_part(measure);
    const bool linear = part == MEASURE_rmst || part == MEASURE_mean;

    if (a->how->method == ADJUST_MODIFIED_POISSON)
        return a->c->table == NULL ? "modified Poisson regression" : "modified Poisson regression, censoring weights";
    if (part == MEASURE_hazard_ratio || part == MEASURE_log_hazard_ratio)
        return "Cox with the terms, Efron ties: conditional on them";
    if (part == MEASURE_subhazard_ratio || part == MEASURE_log_subhazard_ratio)
        return a->how->method == ADJUST_REGRESSION ? "Fine-Gray with the terms: conditional on them" : "none";
    if (a->c->table == NULL)
        return linear ? "standardised linear regression by arm" : "standardised logistic regression by arm";
    return linear ? "standardised linear regression by arm, censoring weights"
                  : "standardised logistic regression by arm, censoring weights";
}

static const char *errors_of(const struct adjusting *a, enum measure measure)
{
    const bool subhazard = measure == MEASURE_subhazard_ratio || measure == MEASURE_log_subhazard_ratio;

    if (subhazard && a->how->method == ADJUST_REGRESSION)
        return "robust errors";
    if (subhazard && a->how->method != ADJUST_MATCH)
        return "influence function, propensity and censoring estimated";
    if (a->how->method == ADJUST_CLONES)
        return "clones censored when they depart; influence function by person, weights estimated";
    if (a->how->method == ADJUST_MATCH)
        return "errors by matched set";
    if (a->how->method == ADJUST_DOUBLY_ROBUST)
        return "weighted residuals added; stacked influence functions";
    if (a->how->method == ADJUST_MODIFIED_POISSON)
        return a->c->table == NULL ? "sandwich errors" : "stacked influence functions";
    if (a->how->method != ADJUST_REGRESSION)
        return "influence function, propensity estimated";
    return contrast_part(measure) == MEASURE_hazard_ratio || contrast_part(measure) == MEASURE_log_hazard_ratio
               ? (a->rows.cluster != NULL ? "sandwich errors" : "errors of the model")
               : "stacked influence functions";
}

static const char *method_of(struct adjusting *a, enum measure measure)
{
    if (measure == MEASURE_effective_sample_size)
        return "(sum of weights)^2 / sum of squares";
    if (strcmp(adjusting_models(a) ? model_name(a, measure) : weighted_name(a, measure), "none") == 0)
        return "";
    if (measure == MEASURE_quantile_time) {
        snprintf(a->method, sizeof a->method, "%s; limits where its band crosses%s",
                 adjusting_models(a) ? model_name(a, measure) : weighted_name(a, measure),
                 a->rows.cluster != NULL ? "; robust by cluster" : "");
        return a->method;
    }
    snprintf(a->method, sizeof a->method, "%s; %s%s",
             adjusting_models(a) ? model_name(a, measure) : weighted_name(a, measure),
             a->rows.losses != NULL && !adjusting_models(a) ? "losses weighted by covariates; influence function, propensity and losses estimated"
                                                            : errors_of(a, measure),
             a->rows.cluster != NULL && (a->clones == NULL || a->c->study->cohort.cluster.text != NULL || a->c->study->cohort.index.every)
                 ? "; robust by cluster"
                 : "");
    return a->method;
}

/* ---- rows -------------------------------------------------------------------------------------------- */

static struct estimate row_of(struct adjusting *a, enum measure measure, struct horizon horizon,
                              const struct number *number)
{
    struct estimate row = ESTIMATE_NONE;

    row.analysis = a->c->analysis->name.text;
    row.outcome = a->c->outcome->name.text;
    row.population = a->c->population->name.text;
    row.adjustment = a->how->name.text;
    row.estimand = adjustment_estimand_name(a->how->estimand);
    row.stratum = a->c->stratum;
    row.measure = measure;
    row.time = horizon.time;
    row.term = horizon.at_least ? "at least" : NULL;
    if (measure == MEASURE_quantile_time) {
        snprintf(a->term, sizeof a->term, "%g", horizon.time);
        row.term = a->term;
        row.time = NAN;
    }
    number_put(number, &row);
    row.method = method_of(a, measure);
    return row;
}

int adjusting_add_arm(struct adjusting *a, const struct part_of_arm *what, bool treated, const struct number *number)
{
    struct estimate row = row_of(a, what->measure, what->horizon, number);

    row.arm = adjusting_arm(a, treated);
    if (!a->one_pair)
        row.reference = adjusting_arm(a, !treated);
    if (a->c->n_cause > 1 && (what->measure == MEASURE_risk || what->measure == MEASURE_cumulative_incidence))
        row.cause = outcome_cause(a->c->outcome, what->cause);
    return estimates_add(a->tables->estimates, &row);
}

int adjusting_add_pair(struct adjusting *a, enum measure measure, struct horizon horizon, const struct number *number)
{
    struct estimate row = row_of(a, measure, horizon, number);

    row.arm = adjusting_arm(a, 1);
    row.reference = adjusting_arm(a, 0);
    if (adjusted_keep(a->c, a->index, measure, a->rows.pair, horizon, number) != 0)
        return -1;
    return estimates_add(a->tables->estimates, &row);
}

int adjusting_add_resampled(struct adjusting *a, enum measure measure, struct horizon horizon, const struct number *number,
                            const char *term, const char *method)
{
    struct estimate row = row_of(a, measure, horizon, number);

    row.arm = adjusting_arm(a, 1);
    row.reference = adjusting_arm(a, 0);
    row.term = term;
    row.method = method;
    return estimates_add(a->tables->estimates, &row);
}
