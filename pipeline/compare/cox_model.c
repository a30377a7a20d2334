/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/cox_model.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "stats/cholesky.h"
#include "stats/concordance.h"
#include "stats/cox_firth.h"
#include "stats/cox_score.h"
#include "stats/distribution.h"

enum { NOTE_SIZE = 448, METHOD_SIZE = 160 };

static const char no_events[] = "no events";
static const char too_far[] = "the linear predictor of the offsets alone spans more than exp() can hold";

/* A share of a column's variation that is left below this is worth a word. */
static const double nearly_dependent = 1e-8;

/* ---- fitting ------------------------------------------------------------------------------------------------ */

static int find_covariance(struct cox_model *model)
{
    const struct cox_request *request = model->request;
    const size_t p = model->fit->p;
    if ((model->covariance = allocate(p * p, sizeof *model->covariance)) == NULL)
        return -1;
    memcpy(model->covariance, model->fit->covariance, p * p * sizeof *model->covariance);
    model->robust = request->robust || request->clusters != NULL || request->rows.weight != NULL;
    if (!model->robust)
        return 0;
    struct cox_scores *scores = cox_scores_alloc(model->work);
    int status = scores != NULL ? cox_robust(scores, model->fit, request->clusters, model->covariance) : GSL_ENOMEM;
    if (status == GSL_SUCCESS && request->clusters != NULL)
        status = clusters_count(request->clusters, request->rows.n, request->rows.reducer, &model->n_cluster);
    cox_scores_free(scores);
    return status == GSL_SUCCESS ? 0 : fail("robust variance: %s", gsl_strerror(status));
}

struct cox_model *cox_model_fit(const struct cox_request *request)
{
    const struct cox_control control = COX_CONTROL;
    const size_t n_threads = (size_t)request->n_threads;
    struct cox_model *model = allocate(1, sizeof *model);
    int status = GSL_ENOMEM;
    if (model == NULL)
        return NULL;
    model->request = request;
    if ((model->data = cox_data_alloc(&request->rows, n_threads)) == NULL ||
        (model->fit = cox_fit_alloc(request->rows.design->p)) == NULL ||
        (model->work = cox_work_alloc(model->data, request->ties, n_threads)) == NULL)
        goto failed;
    status = request->firth ? cox_firth_run(model->work, &control, model->fit)
                            : cox_fit_run(model->work, &control, model->fit);
    if (status == GSL_EZERODIV || status == GSL_EDOM) {
        model->undefined = status == GSL_EDOM ? too_far : no_events;
        return model;
    }
    if (status != GSL_SUCCESS)
        goto failed;
    if (find_covariance(model) != 0) {
        cox_model_free(model);
        return NULL;
    }
    return model;
failed:
    fail("Cox regression: %s", gsl_strerror(status));
    cox_model_free(model);
    return NULL;
}

void cox_model_free(struct cox_model *model)
{
    if (model == NULL)
        return;
    free(model->covariance);
    cox_fit_free(model->fit);
    cox_work_free(model->work);
    cox_data_free(model->data);
    free(model);
}

/* ---- words ---------------------------------------------------------------------------------------------------- */

static const char *method_name(const struct cox_model *model, char out[static METHOD_SIZE])
{
    static const char *const ties[] = {"Efron", "Breslow", "exact"};
    const struct cox_request *request = model->request;
    char robust[64] = "";
    if (model->robust && request->clusters != NULL)
        snprintf(robust, sizeof robust, "; robust, %lld clusters", (long long)model->n_cluster);
    else if (model->robust)
        snprintf(robust, sizeof robust, "; robust");
    snprintf(out, METHOD_SIZE, "Cox, %s ties%s%s%s", ties[request->ties],
             request->rows.n_stratum > 1 ? ", stratified" : "", request->firth ? "; Firth's penalty" : "", robust);
    return out;
}

/* The part of all events that happens in rows where an indicator column is 1; -1 for a column of numbers. */
static double events_in_level(const struct cox_model *model, size_t column)
{
    const struct design_matrix *design = model->request->rows.design;
    const struct cox_rows *rows = &model->request->rows;
    for (size_t b = 0; b < design->n_block; b++) {
        const struct design_block *block = &design->block[b];
        for (size_t l = 0; l < block->n_level; l++) {
            int64_t counts[3] = {0}, *const here = &counts[0], *const all = &counts[1], *const others = &counts[2];
            if (block->column[l] != (int32_t)column)
                continue;
            for (size_t i = 0; i < rows->n; i++) {
                const double x = block->value != NULL ? block->value[i] : 1;
                const bool in = x == 1 && (block->code == NULL || block->code[i] == l);
                *others += x != 0 && x != 1;
                *here += rows->event[i] != 0 && in;
                *all += rows->event[i] != 0;
            }
            reducer_sum(rows->reducer, counts, 3);
            return *others > 0 ? -1 : (double)*here / (double)*all;
        }
    }
    return -1;
}

static void why_no_coefficient(const struct cox_model *model, size_t j, char note[static NOTE_SIZE])
{
    const struct cox_fit *fit = model->fit;
    const char *name = model->request->names[j];
    char escaped[ESCAPED_SIZE];
    escape_value(escaped, name, strlen(name));
    if (fit->column[j] == COX_ALIASED) {
        const bool constant = !(fit->start->info[j * fit->p + j] > CHOLESKY_TOLERANCE * fit->start->size[j]);
        snprintf(note, NOTE_SIZE, constant ? "no coefficient: %s is constant wherever an event happens"
                                           : "no coefficient: %s is a combination of the columns before it", escaped);
        return;
    }
    const double share = events_in_level(model, j);
    const char *direction = fit->sign[j] < 0 ? "minus infinity" : "infinity";
    if (share == 0 || share == 1)
        snprintf(note, NOTE_SIZE, "estimate does not exist: %s (%s in this level); the likelihood rises towards %s",
                 escaped, share == 0 ? "no event" : "all events", direction);
    else
        snprintf(note, NOTE_SIZE, "estimate does not exist: %s (monotone likelihood); it rises towards %s", escaped,
                 direction);
}

/* What a reader should know beside a coefficient that does exist; "" when nothing. */
static void remark(const struct cox_model *model, size_t j, char note[static NOTE_SIZE])
{
    const struct cox_fit *fit = model->fit;
    note[0] = '\0';
    if (!fit->converged)
        snprintf(note, NOTE_SIZE, "did not converge in %d iterations", fit->n_iteration);
    else if (fit->remainder[j] < nearly_dependent)
        snprintf(note, NOTE_SIZE, "nearly a combination of the columns before it: 1 - R^2 = %.3g", fit->remainder[j]);
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

/* The keys, counts and method that all rows have; method needs room. */
static struct estimate start_row(const struct cox_model *model, const struct estimate *keys, enum measure measure,
                                 char method[static METHOD_SIZE])
{
    struct estimate row = *keys;
    row.measure = measure;
    row.n = model->data->n_person;
    row.n_event = model->data->n_event;
    row.method = method_name(model, method);
    return row;
}

static int add_undefined(struct estimate *row, const char *why, struct table *estimates)
{
    row->status = "undefined";
    row->note = why;
    return estimates_add(estimates, row);
}

int cox_model_add_ratio(const struct cox_model *model, const struct estimate *keys, size_t j, struct table *estimates)
{
    const struct cox_request *request = model->request;
    const struct cox_fit *fit = model->fit;
    char method[METHOD_SIZE], note[NOTE_SIZE] = "";
    struct estimate row = start_row(model, keys, MEASURE_log_hazard_ratio, method);
    if (row.term == NULL)
        row.term = request->names[j];
    struct estimate ratio = row;
    ratio.measure = MEASURE_hazard_ratio;
    if (model->undefined != NULL || fit->column[j] != COX_FITTED) {
        if (model->undefined == NULL)
            why_no_coefficient(model, j, note);
        const char *why = model->undefined != NULL ? model->undefined : note;
        return add_undefined(&row, why, estimates) != 0 || add_undefined(&ratio, why, estimates) != 0 ? -1 : 0;
    }
    const double half = confidence_z(request->level);
    remark(model, j, note);
    row.note = ratio.note = note[0] != '\0' ? note : NULL;
    row.estimate = fit->coef[j];
    row.std_error = sqrt(model->covariance[j * fit->p + j]);
    row.conf_low = row.estimate - half * row.std_error;
    row.conf_high = row.estimate + half * row.std_error;
    row.conf_level = ratio.conf_level = request->level;
    if (row.std_error > 0) {
        row.statistic = row.estimate / row.std_error;
        estimate_set_p(&row, normal_two_sided(row.statistic), M_LN2 + normal_log_upper_tail(fabs(row.statistic)), note);
    }
    ratio.estimate = exp(row.estimate);
    ratio.conf_low = exp(row.conf_low);
    ratio.conf_high = exp(row.conf_high);
    ratio.statistic = row.statistic;
    ratio.p_value = row.p_value;
    ratio.note = row.note;
    return estimates_add(estimates, &row) != 0 || estimates_add(estimates, &ratio) != 0 ? -1 : 0;
}

static int add_loglik(const struct cox_model *model, const struct estimate *keys, struct table *estimates)
{
    char method[METHOD_SIZE];
    struct estimate row = start_row(model, keys, MEASURE_loglik, method);
    if (model->undefined != NULL) {
        row.term = "model";
        return add_undefined(&row, model->undefined, estimates);
    }
    row.term = "null";
    row.estimate = model->fit->loglik_null;
    if (estimates_add(estimates, &row) != 0)
        return -1;
    row.term = "model";
    row.estimate = model->fit->loglik;
    return estimates_add(estimates, &row);
}

static int add_test(const struct cox_model *model, const struct estimate *keys, enum measure measure, const char *term,
                    const struct chi_square_test *test, const char *why, struct table *estimates)
{
    char method[METHOD_SIZE], note[NOTE_SIZE];
    struct estimate row = start_row(model, keys, measure, method);
    row.term = term;
    if (model->undefined != NULL || test->df == 0)
        return add_undefined(&row, model->undefined != NULL ? model->undefined : why, estimates);
    row.statistic = test->statistic;
    row.df = (double)test->df;
    estimate_set_p(&row, test->p_value, test->log_p, note);
    return estimates_add(estimates, &row);
}

/* The Wald test with the variance that is shown. */
static struct chi_square_test wald_test(const struct cox_model *model)
{
    const struct cox_fit *fit = model->fit;
    const size_t p = fit->p;
    struct chi_square_test test = fit->wald_test;
    if (!model->robust || test.df == 0)
        return test;
    double *factor = allocate(p * p + p, sizeof *factor);
    bool *left_out = allocate(p, sizeof *left_out);
    test = (struct chi_square_test){0};
    if (factor != NULL && left_out != NULL) {
        double statistic = 0, *const x = factor + p * p;
        memcpy(factor, model->covariance, p * p * sizeof *factor);
        memcpy(left_out, fit->left_out, p * sizeof *left_out);
        const size_t rank = cholesky_decompose(factor, p, NULL, CHOLESKY_TOLERANCE, left_out);
        for (size_t j = 0; j < p; j++)
            x[j] = left_out[j] ? 0 : fit->coef[j];
        cholesky_solve(factor, p, left_out, x);
        for (size_t j = 0; j < p; j++)
            statistic += left_out[j] ? 0 : x[j] * fit->coef[j];
        if (rank > 0)
            chi_square_test_set(&test, fmax(statistic, 0), rank);
    }
    free(left_out);
    free(factor);
    return test;
}

static int add_tests(const struct cox_model *model, const struct estimate *keys, struct table *estimates)
{
    static const char nothing[] = "no term has a coefficient";
    const struct chi_square_test none = {0}, wald = model->undefined == NULL ? wald_test(model) : none;
    const struct cox_fit *fit = model->fit;
    static const char no_score[] = "Firth's penalty has no score test here";
    const char *infinite = fit->lr_test.df > 0 ? "a coefficient does not exist: see lr_test and score_test" : nothing;
    return add_test(model, keys, MEASURE_lr_test, NULL, &fit->lr_test, nothing, estimates) != 0 ||
                   add_test(model, keys, MEASURE_wald_test, NULL, &wald, infinite, estimates) != 0 ||
                   add_test(model, keys, MEASURE_score_test, NULL, &fit->score_test,
                            model->request->firth ? no_score : nothing, estimates) != 0
               ? -1
               : 0;
}

static int add_concordance(const struct cox_model *model, const struct estimate *keys, struct table *estimates)
{
    const struct cox_request *request = model->request;
    char method[METHOD_SIZE];
    struct estimate row = start_row(model, keys, MEASURE_concordance, method);
    struct concordance concordance;
    double *coef, *prediction;
    if (model->undefined != NULL)
        return add_undefined(&row, model->undefined, estimates);
    for (size_t j = 0; j < model->fit->p; j++)
        if (model->fit->column[j] == COX_INFINITE)
            return add_undefined(&row, "a coefficient does not exist", estimates);
    if ((coef = allocate(model->fit->p + request->rows.n, sizeof *coef)) == NULL)
        return -1;
    prediction = coef + model->fit->p;
    for (size_t j = 0; j < model->fit->p; j++)
        coef[j] = model->fit->column[j] == COX_FITTED ? model->fit->coef[j] : 0;
    for (size_t i = 0; i < request->rows.n && request->rows.offset != NULL; i++)
        prediction[i] = request->rows.offset[i];
    design_predict(request->rows.design, coef, 0, request->rows.n, prediction);
    const int status = concordance_solve(&request->rows, prediction, request->clusters, &concordance);
    free(coef);
    if (status != GSL_SUCCESS)
        return fail("concordance: %s", gsl_strerror(status));
    if (isnan(concordance.estimate))
        return add_undefined(&row, "nobody lives on after an event", estimates);
    const double half = confidence_z(request->level) * concordance.std_err;
    row.estimate = concordance.estimate;
    row.std_error = concordance.std_err;
    row.conf_low = fmax(concordance.estimate - half, 0);
    row.conf_high = fmin(concordance.estimate + half, 1);
    row.conf_level = request->level;
    return estimates_add(estimates, &row);
}

static int run_zph(struct cox_model *model, struct cox_zph *zph)
{
    double *g = allocate(model->data->n_axis, sizeof *g);
    if (g == NULL)
        return GSL_ENOMEM;
    /* As R has it, the test of an exact fit is that of Breslow's likelihood at its coefficients. */
    struct cox_work *work = model->work, *breslow = NULL;
    if (model->request->ties == COX_EXACT)
        work = breslow = cox_work_alloc(model->data, COX_BRESLOW, (size_t)model->request->n_threads);
    int status = work != NULL ? cox_zph_times(model->data, &model->request->rows, model->request->transform, g)
                              : GSL_ENOMEM;
    if (status == GSL_SUCCESS)
        status = cox_zph_run(work, model->fit, g, model->request->term, model->request->n_term, zph);
    cox_work_free(breslow);
    free(g);
    return status;
}

static int add_zph(struct cox_model *model, const struct estimate *keys, struct table *estimates)
{
    const struct cox_request *request = model->request;
    struct cox_zph zph = {.test = allocate(request->n_term + 1, sizeof *zph.test)};
    const char *why = "its columns have no coefficient, or all events are at one time";
    int result = 0;
    if (zph.test == NULL)
        return -1;
    if (model->undefined == NULL) {
        const int status = run_zph(model, &zph);
        if (status == GSL_EDOM)
            why = "an event at a time whose logarithm does not exist";
        else if (status != GSL_SUCCESS)
            result = fail("proportional hazards: %s", gsl_strerror(status));
        for (size_t t = 0; status == GSL_EDOM && t <= request->n_term; t++)
            zph.test[t].df = 0;
    }
    for (size_t t = 0; t <= request->n_term && result == 0; t++)
        result = add_test(model, keys, MEASURE_ph_test, t < request->n_term ? request->term_names[t] : "GLOBAL",
                          &zph.test[t], why, estimates);
    free(zph.test);
    return result;
}

int cox_model_add_rows(struct cox_model *model, const struct estimate *keys, struct table *estimates)
{
    for (size_t j = 0; j < model->fit->p; j++)
        if (cox_model_add_ratio(model, keys, j, estimates) != 0)
            return -1;
    if (add_loglik(model, keys, estimates) != 0)
        return -1;
    if (model->fit->p == 0)
        return 0;
    if (add_tests(model, keys, estimates) != 0 || add_concordance(model, keys, estimates) != 0)
        return -1;
    return model->request->zph ? add_zph(model, keys, estimates) : 0;
}
