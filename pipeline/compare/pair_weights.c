/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/pair_weights.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/pair_match.h"
#include "compare/pair_strata.h"

/* ---- the model of the arm ---------------------------------------------------------------------------- */

static int pair_model_fit_counted(const struct pair_rows *rows, const double *frequency, struct pair_model *model)
{
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = pair_rows_threads(rows), .reducer = rows->c->reducer};

    if ((model->arm = allocate(rows->n + 1, sizeof *model->arm)) == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++)
        model->arm[i] = rows->treated[i];
    model->data = (struct glm_data){&model->columns.design, model->arm, NULL, frequency};
    const int code = glm_fit_alloc(&model->data, &options, &model->fit);
    return code == GSL_SUCCESS ? 0 : fail("propensity: %s", gsl_strerror(code));
}

int pair_model_fit(const struct pair_rows *rows, struct pair_model *model)
{
    if (pair_model_fit_counted(rows, rows->counted ? rows->frequency : NULL, model) != 0)
        return -1;
    return glm_keep_residuals(&model->data, model->fit) == GSL_SUCCESS ? 0 : fail_memory();
}

static void model_clear(struct pair_model *model)
{
    glm_fit_free(model->fit);
    free(model->arm);
    term_columns_free(&model->columns);
}

/* Columns without a finite coefficient: some of their people can be in one arm only. */
static void name_separated(struct pair_weights *w)
{
    const struct glm_fit *fit = w->score.fit;
    size_t length = 0, n_more = 0;

    for (size_t j = 1; j < fit->p; j++) {
        w->p += !fit->aliased[j];
        if (!fit->separated[j])
            continue;
        const char *name = w->score.columns.names[j - 1];
        if (length + strlen(name) + 24 < sizeof w->separated)
            length += (size_t)snprintf(w->separated + length, sizeof w->separated - length, "%s%s",
                                       length > 0 ? ", " : "", name);
        else
            n_more++;
    }
    if (n_more > 0)
        snprintf(w->separated + length, sizeof w->separated - length, " and %zu more", n_more);
}

int pair_score_fit(const struct pair_rows *rows, const struct study_terms *terms, struct pair_weights *w)
{
    const struct term_rows of = {rows->c->study, rows->records, rows->n, rows->record, rows->count, rows->c->reducer};

    w->rows = rows;
    if (term_columns_make(terms, &of, &w->score.columns) != 0 || pair_model_fit(rows, &w->score) != 0)
        return -1;
    name_separated(w);
    return 0;
}

/* ---- weights ----------------------------------------------------------------------------------------- */

static void withhold(struct pair_weights *w, const char *why)
{
    w->withheld = true;
    if (w->separated[0] != '\0')
        snprintf(w->reason, sizeof w->reason, "no overlap: the arms differ in %.120s; %s", w->separated, why);
    else
        snprintf(w->reason, sizeof w->reason, "no overlap: %s", why);
}

static enum propensity_estimand kernel_estimand(enum adjust_estimand estimand)
{
    switch (estimand) {
    case ESTIMAND_ATT: return PROPENSITY_ATT;
    case ESTIMAND_ATC: return PROPENSITY_ATC;
    case ESTIMAND_ATO: return PROPENSITY_ATO;
    default: return PROPENSITY_ATE;
    }
}

/* Weights of a score; who is left out has weight 0. */
static int weigh(struct pair_weights *w, const double *eta, const double *frequency, const struct propensity_limits *limits)
{
    const struct pair_rows *rows = w->rows;
    const struct propensity_rows score = {rows->n, rows->treated, eta, frequency};
    const int code = propensity_weights_all(&score, kernel_estimand(w->how->estimand), limits, rows->c->reducer, w->weight,
                                            w->slope, &w->summary);

    if (code == GSL_EDOM)
        withhold(w, "nobody is left in one of them");
    return code == GSL_SUCCESS || code == GSL_EDOM ? 0 : fail("propensity: %s", gsl_strerror(code));
}

/* Times the arm's share of the people who are used: hazard ratios, which mix the arms, change; other numbers do not. */
static void stabilise(struct pair_weights *w)
{
    const struct pair_rows *rows = w->rows;

    for (size_t i = 0; i < rows->n; i++)
        w->used_people[rows->treated[i]] += w->weight[i] > 0 ? rows->frequency[i] : 0;
    reducer_sum_counts(rows->c->reducer, w->used_people, 2);
    for (size_t i = 0; i < rows->n; i++) {
        const double share = w->used_people[rows->treated[i]] / (w->used_people[0] + w->used_people[1]);
        w->weight[i] *= share;
        w->slope[i] *= share;
    }
}

static int make(struct pair_weights *w)
{
    const struct study_adjustment *how = w->how;
    const struct propensity_limits limits = {how->trim_low, how->trim_high, how->common_support, how->truncate};

    if (weigh(w, w->score.fit->eta, w->rows->counted ? w->rows->frequency : NULL, &limits) != 0 || w->withheld)
        return w->withheld ? 0 : -1;
    if (how->method == ADJUST_MATCH)
        return pair_match(w);
    if (how->method == ADJUST_STRATIFY) {
        const struct propensity_limits none = {0, 1, false, 1};
        const double *eta = pair_stratify(w);
        return eta == NULL ? (w->withheld ? 0 : -1) : weigh(w, eta, w->used, &none);
    }
    if (how->stabilised)
        stabilise(w);
    return 0;
}

int pair_weights_make(const struct pair_rows *rows, const struct study_adjustment *how, struct pair_weights *w)
{
    *w = (struct pair_weights){.rows = rows, .how = how};
    if (rows->n_of[0] == 0 || rows->n_of[1] == 0) {
        w->withheld = true;
        snprintf(w->reason, sizeof w->reason, "nobody in arm %s has all covariates",
                 comparison_arm(rows->c, rows->n_of[1] == 0 ? rows->pair.arm : rows->pair.reference));
        return 0;
    }
    if ((w->weight = allocate(rows->n + 1, sizeof *w->weight)) == NULL ||
        (w->slope = allocate(rows->n + 1, sizeof *w->slope)) == NULL || pair_score_fit(rows, &how->propensity, w) != 0)
        return -1;
    return make(w);
}

const struct pair_model *pair_weights_model(const struct pair_weights *w)
{
    if (w->how->method == ADJUST_MATCH)
        return NULL;
    return w->how->method == ADJUST_STRATIFY ? &w->strata : &w->score;
}

void pair_weights_free(struct pair_weights *w)
{
    model_clear(&w->score);
    model_clear(&w->strata);
    free(w->weight);
    free(w->slope);
    free(w->set);
    free(w->used);
    free(w->next);
    *w = (struct pair_weights){0};
}

/* ---- again, with other frequencies ------------------------------------------------------------------- */

static bool both_arms_count(const struct pair_rows *rows, const double *frequency)
{
    bool counts[2] = {false, false};

    for (size_t i = 0; i < rows->n; i++)
        counts[rows->treated[i]] |= frequency[i] > 0;
    return counts[0] && counts[1];
}

int pair_weights_refit(const struct pair_weights *of, const double *frequency, struct pair_weights *w)
{
    const struct propensity_limits limits = {of->how->trim_low, of->how->trim_high, of->how->common_support, of->how->truncate};
    const size_t n = of->rows->n + 1;

    *w = (struct pair_weights){.rows = of->rows, .how = of->how, .withheld = !both_arms_count(of->rows, frequency)};
    if (w->withheld)
        return 0;
    w->score.columns = of->score.columns; /* borrowed */
    w->counts = frequency;
    if ((w->weight = allocate(n, sizeof *w->weight)) == NULL || (w->slope = allocate(n, sizeof *w->slope)) == NULL ||
        pair_model_fit_counted(of->rows, frequency, &w->score) != 0 ||
        (weigh(w, w->score.fit->eta, frequency, &limits) != 0))
        return -1;
    if (w->withheld || of->how->method != ADJUST_STRATIFY)
        return 0;
    const struct propensity_limits none = {0, 1, false, 1};
    const double *eta = pair_stratify(w);
    return eta == NULL ? (w->withheld ? 0 : -1) : weigh(w, eta, w->used, &none);
}

void pair_weights_refit_free(struct pair_weights *w)
{
    w->score.columns = (struct term_columns){0};
    pair_weights_free(w);
}
