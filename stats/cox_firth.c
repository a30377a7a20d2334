/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_firth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cholesky.h"

enum { N_ITERATION = 200, N_HALVING = 30 };

static const double distance = 1. / 512;

/* Workspace of one fit. */
struct room {
    double *factor;    /* [p * p] */
    double *direction; /* [p] */
    bool *left_out;    /* [p] */
};

/* log det of the information over the columns that are kept. */
static double log_determinant(const struct cox_fit *fit, const double *info, const struct room *room)
{
    const size_t p = fit->p;
    double sum = 0;

    memcpy(room->left_out, fit->left_out, p * sizeof *room->left_out);
    memcpy(room->factor, info, p * p * sizeof *room->factor);
    cholesky_decompose(room->factor, p, NULL, 0, room->left_out);
    for (size_t j = 0; j < p; j++)
        if (!fit->left_out[j])
            sum += log(room->factor[j * p + j]);
    return sum;
}

static int evaluate(struct cox_work *work, const struct cox_fit *fit, struct cox_point *point, const struct room *room,
                    double *objective)
{
    const int status = cox_evaluate(work, point);

    if (status == GSL_SUCCESS)
        *objective = point->loglik + log_determinant(fit, point->info, room) / 2;
    return status == GSL_SUCCESS && !isfinite(*objective) ? GSL_EDOM : status;
}

/* Slope of half the log determinant in direction j, with weights 1, -8, 8, -1 over 12. */
static int penalty_slope(struct cox_work *work, const struct cox_fit *fit, size_t j, const struct room *room,
                         double *slope)
{
    static const double places[4] = {-2, -1, 1, 2}, weights[4] = {1, -8, 8, -1};
    double sum = 0;

    for (size_t k = 0; k < 4; k++) {
        memcpy(fit->spare->beta, fit->point->beta, fit->p * sizeof *fit->spare->beta);
        fit->spare->beta[j] += places[k] * distance;
        const int status = cox_evaluate(work, fit->spare);
        if (status != GSL_SUCCESS)
            return status;
        sum += weights[k] * log_determinant(fit, fit->spare->info, room);
    }
    *slope = sum / (24 * distance);
    return GSL_SUCCESS;
}

/* One step, halved until the penalised likelihood does not fall; *change is what it moved. */
static int step(struct cox_work *work, struct cox_fit *fit, const struct room *room, double *objective, double *change)
{
    const size_t p = fit->p;
    double *const direction = room->direction, fraction = 1, next = -INFINITY;
    int status = GSL_SUCCESS;

    for (size_t j = 0; j < p && status == GSL_SUCCESS; j++) {
        double slope = 0;
        if (!fit->left_out[j])
            status = penalty_slope(work, fit, j, room, &slope);
        direction[j] = fit->point->score[j] + slope;
    }
    if (status != GSL_SUCCESS)
        return status;
    memcpy(fit->factor, fit->point->info, p * p * sizeof *fit->factor);
    cholesky_decompose(fit->factor, p, NULL, 0, fit->left_out);
    cholesky_solve(fit->factor, p, fit->left_out, direction);
    for (int half = 0; half < N_HALVING && status != GSL_ENOMEM; half++, fraction /= 2) {
        for (size_t j = 0; j < p; j++)
            fit->spare->beta[j] = fit->point->beta[j] + fraction * direction[j];
        status = evaluate(work, fit, fit->spare, room, &next);
        if (status == GSL_SUCCESS && next >= *objective - 1e-12 * fabs(*objective))
            break;
    }
    struct cox_point *const point = fit->spare;
    fit->spare = fit->point;
    fit->point = point;
    *objective = next;
    *change = 0;
    for (size_t j = 0; j < p; j++)
        *change = fmax(*change, fabs(fraction * direction[j]));
    return status;
}

static void finish(const double *scale, struct cox_fit *fit, size_t n_kept)
{
    const size_t p = fit->p;

    memcpy(fit->factor, fit->point->info, p * p * sizeof *fit->factor);
    cholesky_decompose(fit->factor, p, NULL, 0, fit->left_out);
    cholesky_invert(fit->factor, p, fit->left_out, fit->covariance);
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k < p; k++)
            fit->covariance[j * p + k] *= scale[j] * scale[k];
        fit->coef[j] = fit->left_out[j] ? NAN : fit->point->beta[j] * scale[j];
        fit->std_err[j] = fit->left_out[j] ? NAN : sqrt(fit->covariance[j * p + j]);
    }
    fit->score_test = (struct chi_square_test){0};
    if (n_kept == 0)
        return;
    chi_square_test_set(&fit->lr_test, fmax(2 * (fit->loglik - fit->loglik_null), 0), n_kept);
    chi_square_test_set(&fit->wald_test, quadratic_form(fit->point->info, p, fit->left_out, fit->point->beta), n_kept);
}

int cox_firth_run(struct cox_work *work, const struct cox_control *control, struct cox_fit *fit)
{
    const size_t p = fit->p;
    double *const memory = malloc((p * p + p + 1) * sizeof *memory), objective = 0, change = INFINITY;
    const struct room work_room = {.factor = memory,
                                   .direction = memory == NULL ? NULL : memory + p * p,
                                   .left_out = malloc((p + 1) * sizeof *work_room.left_out)},
                      *const room = &work_room;
    size_t n_kept = 0;
    int status = memory == NULL || room->left_out == NULL ? GSL_ENOMEM : cox_work_data(work)->n_axis == 0 ? GSL_EZERODIV : GSL_SUCCESS;

    if (status == GSL_SUCCESS)
        status = cox_start(work, control, fit);
    for (size_t j = 0; j < p && status == GSL_SUCCESS; j++)
        n_kept += !fit->left_out[j];
    if (status == GSL_SUCCESS) {
        objective = fit->point->loglik + log_determinant(fit, fit->point->info, room) / 2;
        fit->loglik_null = objective;
    }
    fit->converged = n_kept == 0;
    while (status == GSL_SUCCESS && !fit->converged && fit->n_iteration < N_ITERATION) {
        status = step(work, fit, room, &objective, &change);
        fit->n_iteration++;
        fit->converged = change < 1e-10;
    }
    if (status == GSL_SUCCESS)
        status = cox_evaluate(work, fit->point);
    fit->loglik = objective;
    /* The determinant in units of x: a column times s has an information of s^2 times as much. */
    for (size_t j = 0; j < p && status == GSL_SUCCESS; j++)
        if (!fit->left_out[j]) {
            fit->loglik_null -= log(cox_work_data(work)->copy->scale[j]);
            fit->loglik -= log(cox_work_data(work)->copy->scale[j]);
        }
    if (status == GSL_SUCCESS)
        finish(cox_work_data(work)->copy->scale, fit, n_kept);
    free(room->left_out);
    free(memory);
    return status;
}
