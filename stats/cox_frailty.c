/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_frailty.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>

#include "stats/cholesky.h"

enum { N_ITERATION = 100, N_HALVING = 30, N_SEARCH = 80 };

/* Below this the marginal likelihood no longer tells theta from 0. */
#define THETA_LEAST 1e-7
#define THETA_MOST 20.

/* The design with a column a group behind its own, and everything a fit at one theta needs. */
struct model {
    size_t p, n_group, m; /* m = p + n_group */
    struct design_block *block;
    int32_t *column;
    uint16_t *code;
    struct design_matrix design;
    struct cox_data *data;
    struct cox_work *work;
    struct cox_point *point, *next;
    double *factor, *step, *events; /* [m * m], [m], [n_group] */
    bool *left_out;                 /* [m] */
};

struct cox_frailty *cox_frailty_alloc(size_t p, size_t n_group)
{
    struct cox_frailty *frailty = calloc(1, sizeof *frailty);

    if (frailty == NULL || (frailty->coef = calloc(2 * p + n_group + 1, sizeof *frailty->coef)) == NULL) {
        free(frailty);
        return NULL;
    }
    frailty->p = p;
    frailty->n_group = n_group;
    frailty->std_err = frailty->coef + p;
    frailty->frailty = frailty->std_err + p;
    return frailty;
}

void cox_frailty_free(struct cox_frailty *frailty)
{
    if (frailty == NULL)
        return;
    free(frailty->coef);
    free(frailty);
}

static void clear(struct model *model)
{
    free(model->block);
    free(model->column);
    free(model->code);
    cox_work_free(model->work);
    cox_data_free(model->data);
    cox_point_free(model->point);
    cox_point_free(model->next);
    free(model->factor);
    free(model->left_out);
}

static int make_model(const struct cox_rows *rows, enum cox_ties ties, const int32_t *group, size_t n_group,
                      size_t n_threads, struct model *model)
{
    const struct design_matrix *given = rows->design;
    const size_t p = given->p, m = p + n_group, n_block = given->n_block + 1;
    struct cox_rows augmented = *rows;

    *model = (struct model){.p = p, .n_group = n_group, .m = m};
    model->block = malloc(n_block * sizeof *model->block);
    model->column = malloc(n_group * sizeof *model->column);
    model->code = malloc((rows->n + 1) * sizeof *model->code);
    model->factor = calloc(m * m + m + n_group + 1, sizeof *model->factor);
    model->left_out = calloc(m + 1, sizeof *model->left_out);
    model->point = cox_point_alloc(m);
    model->next = cox_point_alloc(m);
    const bool short_here = model->block == NULL || model->column == NULL || model->code == NULL || model->factor == NULL ||
                            model->left_out == NULL || model->point == NULL || model->next == NULL;
    const int status = reducer_status(rows->reducer, short_here ? GSL_ENOMEM : GSL_SUCCESS);
    if (status != GSL_SUCCESS)
        return status;
    model->step = model->factor + m * m;
    model->events = model->step + m;
    memcpy(model->block, given->block, given->n_block * sizeof *model->block);
    for (size_t g = 0; g < n_group; g++)
        model->column[g] = (int32_t)(p + g);
    for (size_t i = 0; i < rows->n; i++) {
        model->code[i] = (uint16_t)group[i];
        if (rows->event[i] != 0)
            model->events[group[i]] += rows->frequency != NULL ? (double)rows->frequency[i] : 1;
    }
    model->block[n_block - 1] = (struct design_block){.code = model->code, .n_level = n_group, .column = model->column};
    model->design = (struct design_matrix){given->n, m, n_block, model->block};
    reducer_sum_counts(rows->reducer, model->events, n_group);
    augmented.design = &model->design;
    if ((model->data = cox_data_alloc(&augmented, n_threads)) == NULL)
        return GSL_ENOMEM;
    if (model->data->n_axis == 0)
        return GSL_EZERODIV;
    return (model->work = cox_work_alloc(model->data, ties, n_threads)) != NULL ? GSL_SUCCESS : GSL_ENOMEM;
}

/* ---- one theta ---------------------------------------------------------------------------------------------------- */

static double penalised(const struct model *model, const struct cox_point *point, double theta)
{
    double sum = point->loglik;

    for (size_t g = 0; g < model->n_group; g++) {
        const double b = point->beta[model->p + g];
        sum -= (expm1(b) - b) / theta;
    }
    return sum;
}

/* Newton's step of the penalised likelihood; columns that depend on others before them stay out. */
static double find_step(struct model *model, double theta)
{
    const size_t m = model->m, p = model->p;
    double change = 0;

    memcpy(model->factor, model->point->info, m * m * sizeof *model->factor);
    memcpy(model->step, model->point->score, m * sizeof *model->step);
    for (size_t g = 0; g < model->n_group; g++) {
        const double b = model->point->beta[p + g];
        model->factor[(p + g) * m + p + g] += exp(b) / theta;
        model->step[p + g] -= expm1(b) / theta;
    }
    cholesky_decompose(model->factor, m, NULL, CHOLESKY_TOLERANCE, model->left_out);
    cholesky_solve(model->factor, m, model->left_out, model->step);
    for (size_t j = 0; j < m; j++)
        change = fmax(change, fabs(model->step[j]));
    return change;
}

/* Starts from the point as it is. */
static int solve_theta(struct model *model, double theta, bool *converged)
{
    int status = cox_evaluate(model->work, model->point);

    *converged = false;
    for (int k = 0; status == GSL_SUCCESS && k < N_ITERATION && !*converged; k++) {
        const double before = penalised(model, model->point, theta), change = find_step(model, theta);
        double fraction = 1;
        for (int half = 0; half < N_HALVING; half++, fraction /= 2) {
            for (size_t j = 0; j < model->m; j++)
                model->next->beta[j] = model->point->beta[j] + fraction * model->step[j];
            status = cox_evaluate(model->work, model->next);
            if (status == GSL_SUCCESS && penalised(model, model->next, theta) >= before - 1e-12 * fabs(before))
                break;
        }
        struct cox_point *const point = model->next;
        if (status == GSL_SUCCESS) {
            model->next = model->point;
            model->point = point;
            *converged = change * fraction < 1e-8;
        }
    }
    return status;
}

/* The likelihood with the frailties integrated out. */
static double marginal(const struct model *model, double theta)
{
    const double v = 1 / theta;
    double sum = model->point->loglik;

    for (size_t g = 0; g < model->n_group; g++) {
        const double b = model->point->beta[model->p + g], d = model->events[g];
        /* At the maximum d + v = z (hazard + v), so log(v + L) = log(v + d) - b. */
        sum += -d * b + gsl_sf_lngamma(v + d) - gsl_sf_lngamma(v) + v * log(v) - (v + d) * (log(v + d) - b) + d;
    }
    return sum;
}

static int try_theta(struct model *model, double theta, double *loglik, bool *converged)
{
    const int status = solve_theta(model, theta, converged);

    *loglik = marginal(model, theta);
    return status;
}

/* Golden section on log theta; the likelihood has one hill there. */
static int find_theta(struct model *model, double *theta, bool *converged)
{
    static const double golden = 0.6180339887498949;
    double low = log(THETA_LEAST), high = log(THETA_MOST), at_left, at_right;
    double left = high - golden * (high - low), right = low + golden * (high - low);
    int status = try_theta(model, exp(left), &at_left, converged);

    if (status == GSL_SUCCESS)
        status = try_theta(model, exp(right), &at_right, converged);
    for (int k = 0; status == GSL_SUCCESS && k < N_SEARCH && high - low > 1e-7; k++) {
        if (at_left >= at_right) {
            high = right;
            right = left;
            at_right = at_left;
            left = high - golden * (high - low);
            status = try_theta(model, exp(left), &at_left, converged);
        } else {
            low = left;
            left = right;
            at_left = at_right;
            right = low + golden * (high - low);
            status = try_theta(model, exp(right), &at_right, converged);
        }
    }
    *theta = exp((low + high) / 2);
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------------------------------ */

static int take_results(struct model *model, double theta, struct cox_frailty *frailty)
{
    const size_t p = model->p, m = model->m;
    const double *scale = model->data->copy->scale;
    double *inverse = malloc(m * m * sizeof *inverse);

    if (inverse == NULL)
        return GSL_ENOMEM;
    find_step(model, theta); /* the factor at the last point */
    cholesky_invert(model->factor, m, model->left_out, inverse);
    for (size_t j = 0; j < p; j++) {
        frailty->coef[j] = model->left_out[j] ? NAN : model->point->beta[j] * scale[j];
        frailty->std_err[j] = model->left_out[j] ? NAN : sqrt(inverse[j * m + j]) * scale[j];
    }
    for (size_t g = 0; g < model->n_group; g++)
        frailty->frailty[g] = exp(model->point->beta[p + g]);
    free(inverse);
    return GSL_SUCCESS;
}

/* The largest likelihood without frailties. */
static int without_frailties(const struct cox_rows *rows, enum cox_ties ties, size_t n_threads, double *loglik)
{
    const struct cox_control control = COX_CONTROL;
    struct cox_data *const data = cox_data_alloc(rows, n_threads);
    struct cox_work *const work = data != NULL ? cox_work_alloc(data, ties, n_threads) : NULL;
    struct cox_fit *const fit = cox_fit_alloc(rows->design->p);
    const int status = work != NULL && fit != NULL ? cox_fit_run(work, &control, fit) : GSL_ENOMEM;

    if (status == GSL_SUCCESS)
        *loglik = fit->loglik;
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
    return status;
}

int cox_frailty_solve(const struct cox_rows *rows, enum cox_ties ties, const int32_t *group, size_t n_group,
                      double theta, size_t n_threads, struct cox_frailty *frailty)
{
    struct model model = {0};
    bool converged = false;

    if (n_group < 2 || n_group > COX_FRAILTY_GROUPS_MAX)
        return GSL_EINVAL;
    int status = make_model(rows, ties, group, n_group, n_threads, &model);
    frailty->theta = theta;
    if (status == GSL_SUCCESS)
        status = without_frailties(rows, ties, n_threads, &frailty->loglik_null);
    if (status == GSL_SUCCESS && isnan(theta))
        status = find_theta(&model, &frailty->theta, &converged);
    if (status == GSL_SUCCESS)
        status = try_theta(&model, frailty->theta, &frailty->loglik, &converged);
    if (status == GSL_SUCCESS)
        status = take_results(&model, frailty->theta, frailty);
    if (isnan(theta) && frailty->theta < 10 * THETA_LEAST)
        frailty->theta = 0;
    frailty->converged = converged;
    clear(&model);
    return status;
}
