/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/cox_lists.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "fit/survival_table.h"
#include "stats/cox_curve.h"
#include "stats/distribution.h"

/* ---- residuals ---------------------------------------------------------------------------------------------- */

struct residual_list {
    const struct fit_request *request;
    const struct frame *frame;
    const struct cox_model *model;
    struct cox_scores *scores;
    uint32_t *place; /* [frame->n] row of the data, UINT32_MAX for those at risk at no event */
    double *values, *work; /* [p] each */
    struct table *table;
};

static bool by_column(enum fit_residuals kind)
{
    return kind != RESIDUALS_MARTINGALE && kind != RESIDUALS_DEVIANCE;
}

static int add_line(const struct residual_list *list, size_t i, const char *term, double value)
{
    struct row_builder row = table_new_row(list->table);
    row_integer(&row, "line", (int64_t)list->frame->line[i]);
    row_real(&row, "time", list->model->request->rows.time[i]);
    row_integer(&row, "event", list->frame->event[i]);
    if (by_column(list->request->residuals))
        row_text(&row, "term", term);
    row_real(&row, "residual", value + 0.0);
    return row_end(&row);
}

static double martingale_of(const struct residual_list *list, size_t i)
{
    const double residual =
        list->place[i] != UINT32_MAX ? cox_martingale(list->model->work, list->place[i]) : list->frame->event[i];
    if (list->request->residuals == RESIDUALS_MARTINGALE)
        return residual;
    const double event = list->frame->event[i];
    const double inner = residual + (event > 0 ? log(event - residual) : 0);
    return copysign(sqrt(fmax(-2 * inner, 0)), residual);
}

/* In units of x: the score divides by the scale of a column, a difference of coefficients multiplies by it. */
static void vector_of(const struct residual_list *list, size_t k)
{
    const struct cox_model *model = list->model;
    const struct cox_fit *fit = model->fit;
    const double *scale = model->data->copy->scale;
    const size_t p = fit->p;
    const enum fit_residuals kind = list->request->residuals;
    double *const values = list->values, *const raw = list->work;
    if (kind == RESIDUALS_SCHOENFELD || kind == RESIDUALS_SCALED_SCHOENFELD)
        cox_schoenfeld(list->scores, k, raw);
    else
        cox_score_row(list->scores, k, raw);
    const double copies = kind == RESIDUALS_SCORE || kind == RESIDUALS_DFBETA ? cox_weight(model->data, k) : 1;
    for (size_t j = 0; j < p; j++)
        raw[j] = fit->left_out[j] ? 0 : raw[j] / scale[j] / copies;
    memcpy(values, raw, p * sizeof *values);
    if (kind == RESIDUALS_SCORE || kind == RESIDUALS_SCHOENFELD)
        return;
    for (size_t j = 0; j < p; j++) {
        values[j] = 0;
        for (size_t m = 0; m < p; m++)
            values[j] += fit->covariance[j * p + m] * raw[m];
        if (kind == RESIDUALS_SCALED_SCHOENFELD)
            values[j] = values[j] * (double)model->data->n_event + (fit->left_out[j] ? 0 : fit->coef[j]);
    }
}

static int add_row(const struct residual_list *list, size_t i)
{
    const enum fit_residuals kind = list->request->residuals;
    const struct cox_fit *fit = list->model->fit;
    if (!by_column(kind))
        return add_line(list, i, "", martingale_of(list, i));
    if ((kind == RESIDUALS_SCHOENFELD || kind == RESIDUALS_SCALED_SCHOENFELD) && list->frame->event[i] == 0)
        return 0;
    memset(list->values, 0, fit->p * sizeof *list->values);
    if (list->place[i] != UINT32_MAX)
        vector_of(list, list->place[i]);
    for (size_t j = 0; j < fit->p; j++)
        if (!fit->left_out[j] && add_line(list, i, list->model->request->names[j], list->values[j]) != 0)
            return -1;
    return 0;
}

static struct table *empty_table(bool terms)
{
    struct table *table = table_alloc("residuals", "Residuals of a Cox regression");
    if (table == NULL || table_add_column(table, "line", COLUMN_INT64, 0, "Line of the table", "") == NULL ||
        table_add_column(table, "time", COLUMN_FLOAT64, 0, "Time", "") == NULL ||
        table_add_column(table, "event", COLUMN_INT8, 0, "Had the event", "") == NULL ||
        (terms && table_add_column(table, "term", COLUMN_TEXT, 1, "Column", "") == NULL) ||
        table_add_column(table, "residual", COLUMN_FLOAT64, 0, "Residual", "") == NULL) {
        table_free(table);
        return NULL;
    }
    return table;
}

struct table *cox_residuals(const struct fit_request *request, const struct frame *frame, const struct cox_model *model)
{
    struct residual_list list = {.request = request, .frame = frame, .model = model};
    const size_t p = model->fit->p;
    bool good = false;
    if (model->undefined != NULL) {
        fail("%s: no residuals: %s", request->table, model->undefined);
        return NULL;
    }
    if ((list.place = allocate(frame->n, sizeof *list.place)) == NULL ||
        (list.values = allocate(2 * p, sizeof *list.values)) == NULL ||
        (list.table = empty_table(by_column(request->residuals))) == NULL)
        goto done;
    list.work = list.values + p;
    if ((list.scores = cox_scores_alloc(model->work)) == NULL) {
        fail("residuals: %s", gsl_strerror(GSL_ENOMEM));
        goto done;
    }
    memset(list.place, 0xff, frame->n * sizeof *list.place);
    for (size_t k = 0; k < model->data->n; k++)
        list.place[model->data->row[k]] = (uint32_t)k;
    good = true;
    for (size_t i = 0; i < frame->n && good; i++)
        good = add_row(&list, i) == 0;
done:
    cox_scores_free(list.scores);
    free(list.place);
    free(list.values);
    if (!good) {
        table_free(list.table);
        return NULL;
    }
    return list.table;
}

/* ---- curves --------------------------------------------------------------------------------------------------- */

/* The covariates that a curve is for: all 0, the means, or those of a line of the table. */
static int take_covariates(const struct fit_request *request, const struct frame *frame, const struct cox_model *model,
                           double *x, double *offset)
{
    const struct design_matrix *design = model->request->rows.design;
    size_t i = 0;
    *offset = 0;
    memset(x, 0, design->p * sizeof *x);
    if (request->curve_line == CURVE_ZERO)
        return 0;
    if (request->curve_line == CURVE_MEAN) {
        double *row = allocate(design->p, sizeof *row);
        if (row == NULL)
            return -1;
        for (i = 0; i < design->n; i++) {
            const double weight = frame->frequency != NULL ? (double)frame->frequency[i] : 1;
            design_row(design, i, row);
            for (size_t j = 0; j < design->p; j++)
                x[j] += row[j] * weight / (double)frame->n_person;
        }
        free(row);
        return 0;
    }
    while (i < frame->n && frame->line[i] != request->curve_line)
        i++;
    if (i == frame->n)
        return fail("%s: line %zu holds no row that is used", request->table, request->curve_line);
    design_row(design, i, x);
    if (model->request->rows.offset != NULL)
        *offset = model->request->rows.offset[i];
    return 0;
}

struct curve_rows {
    const struct fit_request *request;
    const struct frame *frame;
    const struct cox_model *model;
    const struct cox_curve *curve;
    size_t stratum;
    double last; /* largest time of the stratum */
    struct table *estimates;
};

static int add_moment(const struct curve_rows *rows, double time, double hazard, double error)
{
    const double z = confidence_z(rows->request->level);
    struct estimate row = ESTIMATE_NONE;
    row.stratum = rows->frame->strata.labels[rows->stratum];
    row.time = time;
    row.method = "Cox, predicted";
    row.measure = MEASURE_cumulative_hazard;
    struct estimate survival = row;
    survival.measure = MEASURE_survival;
    if (time > rows->last) {
        row.status = survival.status = "undefined";
        row.note = survival.note = "beyond the last time of the stratum";
    } else {
        row.estimate = hazard;
        survival.estimate = exp(-hazard);
        row.std_error = error;
        survival.std_error = survival.estimate * error;
    }
    if (time <= rows->last && hazard > 0 && isfinite(error)) {
        row.conf_level = survival.conf_level = rows->request->level;
        row.conf_low = hazard * exp(-z * error / hazard);
        row.conf_high = hazard * exp(z * error / hazard);
        survival.conf_low = exp(-hazard - z * error);
        survival.conf_high = fmin(exp(-hazard + z * error), 1);
    }
    return estimates_add(rows->estimates, &row) != 0 || estimates_add(rows->estimates, &survival) != 0 ? -1 : 0;
}

static int add_curve(const struct curve_rows *rows)
{
    const double *times = rows->model->data->time + rows->curve->first;
    const struct numbers *at = &rows->request->at;
    int result = 0;
    for (size_t k = 0; k < rows->curve->n && at->n == 0 && result == 0; k++)
        result = add_moment(rows, times[k], rows->curve->cumhaz[k], rows->curve->std_err[k]);
    for (size_t a = 0; a < at->n && result == 0; a++) {
        size_t k = 0;
        while (k < rows->curve->n && times[k] <= at->values[a])
            k++;
        result = add_moment(rows, at->values[a], k > 0 ? rows->curve->cumhaz[k - 1] : 0,
                            k > 0 ? rows->curve->std_err[k - 1] : 0);
    }
    return result;
}

static double last_time(const struct frame *frame, const struct cox_model *model, size_t stratum)
{
    double last = -INFINITY;
    for (size_t i = 0; i < frame->n; i++)
        if ((size_t)frame->strata.code[i] == stratum)
            last = fmax(last, model->request->rows.time[i]);
    return last;
}

int cox_curves(const struct fit_request *request, const struct frame *frame, const struct cox_model *model,
               struct table *estimates)
{
    const size_t p = model->fit->p, n_axis = model->data->n_axis;
    double *x = allocate(p + 2 * n_axis, sizeof *x), offset;
    struct cox_curve curve = {0};
    struct cox_scores *scores = NULL;
    int result = -1;
    if (model->undefined != NULL) {
        free(x);
        return fail("%s: no curve: %s", request->table, model->undefined);
    }
    if (x == NULL || take_covariates(request, frame, model, x, &offset) != 0)
        goto done;
    if ((scores = cox_scores_alloc(model->work)) == NULL) {
        fail("curve: %s", gsl_strerror(GSL_ENOMEM));
        goto done;
    }
    curve.cumhaz = x + p;
    curve.std_err = curve.cumhaz + n_axis;
    result = 0;
    for (size_t s = 0; s < frame->strata.n && result == 0; s++) {
        const struct curve_rows rows = {request, frame, model, &curve, s, last_time(frame, model, s), estimates};
        const int status = cox_curve_solve(scores, model->fit, model->covariance, (int32_t)s, x, offset, &curve);
        if (status == GSL_SUCCESS)
            result = add_curve(&rows);
        else if (status == GSL_EINVAL)
            note("no event in stratum '%s': its predicted survival is 1", frame->strata.labels[s]);
        else
            result = fail_kernel("curve", status);
    }
done:
    cox_scores_free(scores);
    free(x);
    return result;
}
