/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/round_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "compare/coefficients.h"
#include "compare/comparison.h"
#include "outcomes/outcome.h"
#include "stats/cholesky.h"

enum { METHOD_SIZE = 128 };

/* A finished regression, its coefficients of the columns as given. */
struct finished {
    const struct round *round;
    const struct round_fit *fit;
    double *coef, *covariance;
    struct coefficient_rows rows;
    char method[METHOD_SIZE], note[METHOD_SIZE];
};

static bool is_logistic(const struct round_fit *fit)
{
    return fit->fit.model->rule == MODEL_LOGISTIC;
}

static void name_method(struct finished *f)
{
    const struct study_model *const model = f->fit->fit.model;
    char robust[48] = "";
    const char *const baseline = f->round->one_baseline || is_logistic(f->fit) ? "" : "; one baseline a site";
    const bool breslow = model->ties.text != NULL && strcmp(model->ties.text, "breslow") == 0;

    if (f->fit->fit.clustered)
        snprintf(robust, sizeof robust, "; robust, %lld clusters", (long long)f->fit->n_cluster);
    if (model->rule == MODEL_LOGISTIC)
        snprintf(f->method, sizeof f->method, "logistic%s", robust);
    else if (model->rule == MODEL_FINEGRAY)
        snprintf(f->method, sizeof f->method, "Fine-Gray; %s errors%s", f->fit->fit.clustered ? "cluster-robust" : "robust", baseline);
    else
        snprintf(f->method, sizeof f->method, "Cox, %s ties%s%s%s%s", breslow ? "Breslow" : "Efron",
                 model->strata.n > 0 ? ", stratified" : "", model->firth ? "; Firth's penalty" : "", robust, baseline);
    if (f->round->threshold > 1)
        snprintf(f->note, sizeof f->note,
                 "cells of fewer than %lld people of a site were joined to others, and its sums rounded to 9 digits",
                 (long long)f->round->threshold);
}

static void start_rows(struct finished *f, const struct study *study, struct table *estimates)
{
    static const enum measure measures[][2] = {
        [MODEL_COX] = {MEASURE_log_hazard_ratio, MEASURE_hazard_ratio},
        [MODEL_FINEGRAY] = {MEASURE_log_subhazard_ratio, MEASURE_subhazard_ratio},
        [MODEL_LOGISTIC] = {MEASURE_log_odds_ratio, MEASURE_odds_ratio},
    };
    const struct fit *const fit = &f->fit->fit;
    const struct study_outcome *const outcome = &study->outcomes[fit->outcome];
    struct estimate keys = ESTIMATE_NONE;

    name_method(f);
    keys.analysis = fit->analysis->name.text;
    keys.outcome = outcome->name.text;
    keys.population = study->cohort.populations.items[fit->population].name.text;
    keys.adjustment = fit->model->formula.text;
    if (fit->model->rule == MODEL_FINEGRAY)
        keys.cause = (size_t)fit->model->cause <= outcome_n_causes(outcome) ? outcome_cause(outcome, (size_t)fit->model->cause) : "";
    keys.n = f->fit->n;
    keys.n_event = f->fit->n_event;
    keys.method = f->method;
    keys.note = *f->note == '\0' ? NULL : f->note;
    f->rows = (struct coefficient_rows){.keys = keys,
                                        .measure = measures[fit->model->rule][0],
                                        .exponential = measures[fit->model->rule][1],
                                        .level = CONF_LEVEL,
                                        .converged = f->fit->newton.status == ROUND_DONE,
                                        .estimates = estimates};
}

/* ---- from the columns that were summed to those as given ------------------------------------------------------------------- */

/* Row j of T, coef = T beta: an intercept takes back what was taken off the other columns. */
static double transform(const struct round_fit *fit, size_t j, size_t k)
{
    if (j == k)
        return 1 / fit->columns[j].scale;
    return is_logistic(fit) && j == 0 ? -fit->columns[k].center / fit->columns[k].scale : 0;
}

static void give_back(struct finished *f)
{
    const struct round_fit *const fit = f->fit;
    const size_t p = fit->newton.p;

    for (size_t i = 0; i < p; i++)
        for (size_t k = 0; k < p; k++) {
            f->coef[i] += transform(fit, i, k) * fit->newton.base[k];
            for (size_t j = 0; j < p; j++)
                for (size_t l = 0; l < p; l++)
                    f->covariance[i * p + j] += transform(fit, i, k) * fit->covariance[k * p + l] * transform(fit, j, l);
        }
}

static enum coefficient_state state_of(const struct round_fit *fit, size_t j)
{
    return fit->newton.endless[j]   ? COEFFICIENT_INFINITE
           : fit->newton.aliased[j] ? COEFFICIENT_ALIASED
                                    : COEFFICIENT_FITTED;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------------------- */

/* coef' covariance^-1 coef over the columns but the intercept; NAN where one runs away. */
static int find_wald(const struct finished *f, double *wald, size_t *df)
{
    const size_t p = f->fit->newton.p, first = is_logistic(f->fit);
    double *const factor = allocate(p * p + p, sizeof *factor);
    bool *const left_out = allocate(p, sizeof *left_out), endless = false;

    if (factor == NULL || left_out == NULL) {
        free(factor);
        free(left_out);
        return -1;
    }
    double *const x = factor + p * p, sum = 0;
    for (size_t j = 0; j < p; j++) {
        left_out[j] = j < first || f->fit->newton.aliased[j];
        *df += !left_out[j];
        endless |= f->fit->newton.endless[j] && j >= first;
        x[j] = left_out[j] ? 0 : f->fit->newton.base[j];
    }
    if (!endless) {
        memcpy(factor, f->fit->covariance, p * p * sizeof *factor);
        cholesky_decompose(factor, p, NULL, 0, left_out);
        cholesky_solve(factor, p, left_out, x);
        for (size_t j = 0; j < p; j++)
            sum += left_out[j] ? 0 : f->fit->newton.base[j] * x[j];
    }
    *wald = endless ? NAN : sum;
    free(factor);
    free(left_out);
    return 0;
}

static int add_test(const struct finished *f, enum measure measure, double statistic, size_t df, const char *why)
{
    struct chi_square_test test = {NAN, 0, NAN, NAN};

    if (df > 0 && statistic >= 0)
        chi_square_test_set(&test, statistic, df);
    return coefficient_add_test(&f->rows, measure, &test, why);
}

static int add_tests(const struct finished *f)
{
    static const char nothing[] = "no term has a coefficient", no_score[] = "Firth's penalty has no score test here";
    const struct round_newton *const newton = &f->fit->newton;
    const bool firth = f->fit->fit.model->firth;
    size_t df = 0;

    if (is_logistic(f->fit) && f->fit->fit.clustered) /* none in a run, either */
        return 0;
    double wald;

    if (find_wald(f, &wald, &df) != 0 ||
        add_test(f, MEASURE_lr_test, fmax(2 * (newton->loglik - newton->loglik_start), 0), df, nothing) != 0 ||
        add_test(f, MEASURE_wald_test, wald, df,
                 df > 0 ? "a coefficient does not exist: see lr_test and score_test" : nothing) != 0)
        return -1;
    return f->fit->fit.model->rule == MODEL_FINEGRAY ? 0 : add_test(f, MEASURE_score_test, firth ? NAN : newton->score_test, df, firth ? no_score : nothing);
}

/* A penalty is told in units of the columns as given: one that was divided by s has an information of 1/s^2 times as much. */
static double shift_of_penalty(const struct round_fit *fit)
{
    double shift = 0;

    for (size_t j = 0; j < fit->newton.p && fit->fit.model->firth; j++)
        shift += fit->newton.aliased[j] ? 0 : log(fit->columns[j].scale);
    return shift;
}

static int add_rows(struct finished *f)
{
    const size_t p = f->fit->newton.p;
    const double shift = shift_of_penalty(f->fit);

    give_back(f);
    for (size_t j = 0; j < p; j++) {
        const struct coefficient coefficient = {.term = f->fit->columns[j].name,
                                                .state = state_of(f->fit, j),
                                                .estimate = f->coef[j],
                                                .std_error = sqrt(f->covariance[j * p + j])};
        if (coefficient_add(&f->rows, &coefficient) != 0)
            return -1;
    }
    return coefficient_add_loglik(&f->rows, f->fit->newton.loglik_start + shift, f->fit->newton.loglik + shift) != 0 ? -1 : add_tests(f);
}

static int add_stopped(struct finished *f)
{
    for (size_t j = 0; j < f->fit->newton.p; j++)
        if (coefficient_add_undefined(&f->rows, f->fit->columns[j].name, f->fit->note) != 0)
            return -1;
    return 0;
}

static int add_fit(const struct study *study, const struct round *round, const struct round_fit *fit, struct table *estimates)
{
    const size_t p = fit->newton.p;
    struct finished f = {.round = round, .fit = fit};
    int status = -1;

    if ((f.coef = allocate(p + p * p, sizeof *f.coef)) != NULL) {
        f.covariance = f.coef + p;
        start_rows(&f, study, estimates);
        status = fit->phase == ROUND_STOPPED ? add_stopped(&f) : add_rows(&f);
    }
    free(f.coef);
    return status;
}

struct table *round_estimates(const struct study *study, const struct round *round)
{
    struct table *const estimates = estimates_alloc();
    int status = estimates == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < round->n; i++)
        if (round->fits[i].phase == ROUND_FINISHED || round->fits[i].phase == ROUND_STOPPED)
            status = add_fit(study, round, &round->fits[i], estimates);
    if (status == 0)
        return estimates;
    table_free(estimates);
    return NULL;
}
