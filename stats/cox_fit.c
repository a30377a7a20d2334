/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Newton's iteration: start, step, test. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cholesky.h"
#include "stats/cox.h"

/* Steps that go on alike, and steps in front of a wall, after which there is no maximum. */
enum { N_HALVING = 30, N_LINEAR = 3, N_WALLED = 8 };

/* Gains below which a likelihood that still rises linearly is one without a maximum, and at which the rest has
   come to its limit. */
#define GAIN_LINEAR 1e-3
#define GAIN_LIMIT 1e-18
#define GAIN_NOISE 1e-24

/* An infinite column that keeps this share of its information at the start still tells rows apart. */
#define INFORMATION_LEFT 1e-4

/* A column that is left with less of its information at the start, and with less than this at all, has no maximum to speak of: its error
   has grown ten thousandfold, and what is below may never be seen for the rounding of sums over rows that are far apart. */
#define INFORMATION_GONE 1e-8
#define INFORMATION_TINY 1e-4

/* A step that changes linear predictors by less is taken without looking at the new point: what the sums would change by
   lies below what is asked of them. */
#define LAST_STEP 2e-11

struct cox_fit *cox_fit_alloc(size_t p)
{
    struct cox_fit *fit = calloc(1, sizeof *fit);

    if (fit == NULL)
        return NULL;
    fit->p = p;
    fit->coef = calloc(4 * p + 2 * p * p + 1, sizeof *fit->coef);
    fit->column = calloc(p + 1, sizeof *fit->column);
    fit->sign = calloc(p + 1, sizeof *fit->sign);
    fit->left_out = calloc(2 * p + 1, sizeof *fit->left_out);
    fit->point = cox_point_alloc(p);
    fit->start = cox_point_alloc(p);
    fit->spare = cox_point_alloc(p);
    if (fit->coef == NULL || fit->column == NULL || fit->sign == NULL || fit->left_out == NULL || fit->point == NULL ||
        fit->start == NULL || fit->spare == NULL) {
        cox_fit_free(fit);
        return NULL;
    }
    fit->partner = fit->left_out + p;
    fit->std_err = fit->coef + p;
    fit->remainder = fit->std_err + p;
    fit->step = fit->remainder + p;
    fit->covariance = fit->step + p;
    fit->factor = fit->covariance + p * p;
    return fit;
}

void cox_fit_free(struct cox_fit *fit)
{
    if (fit == NULL)
        return;
    cox_point_free(fit->point);
    cox_point_free(fit->start);
    cox_point_free(fit->spare);
    free(fit->coef);
    free(fit->column);
    free(fit->sign);
    free(fit->left_out);
    free(fit);
}

/* Factors the information over columns not left out; new dependent ones are left out from then on. */
static void factor_info(const struct cox_control *control, struct cox_fit *fit)
{
    const size_t p = fit->p;

    memcpy(fit->factor, fit->point->info, p * p * sizeof *fit->factor);
    cholesky_decompose(fit->factor, p, fit->point->size, control->alias_tolerance, fit->left_out);
}

static double solve_score(const struct cox_fit *fit, const struct cox_point *point, double *step)
{
    return cholesky_form(fit->factor, fit->p, fit->left_out, point->score, step);
}

int cox_start(struct cox_work *work, const struct cox_control *control, struct cox_fit *fit)
{
    size_t n_kept = 0;

    memset(fit->point->beta, 0, fit->p * sizeof *fit->point->beta);
    const int status = cox_evaluate(work, fit->point);
    if (status != GSL_SUCCESS)
        return status;
    cox_point_copy(fit->start, fit->point);
    fit->loglik_null = fit->point->loglik;
    factor_info(control, fit);
    for (size_t j = 0; j < fit->p; j++) {
        fit->column[j] = fit->left_out[j] ? COX_ALIASED : COX_FITTED;
        fit->remainder[j] = fit->point->size[j] > 0 ? fit->factor[j * fit->p + j] / fit->point->size[j] : 0;
        n_kept += !fit->left_out[j];
    }
    if (n_kept > 0)
        chi_square_test_set(&fit->score_test, solve_score(fit, fit->start, fit->step), n_kept);
    return GSL_SUCCESS;
}

int cox_step(struct cox_work *work, const struct cox_control *control, struct cox_fit *fit, double *step, double *gain)
{
    struct cox_point *const next = fit->spare;
    double fraction = 1;
    int status = GSL_SUCCESS;

    factor_info(control, fit);
    *gain = solve_score(fit, fit->point, step);
    for (int k = 0; k < N_HALVING && status != GSL_ENOMEM; k++, fraction /= 2) {
        for (size_t j = 0; j < fit->p; j++)
            next->beta[j] = fit->point->beta[j] + fraction * step[j];
        status = cox_evaluate(work, next);
        fit->scale_lost = status == GSL_EDOM;
        fit->walled = k == 0 ? fit->scale_lost : fit->walled;
        if (status == GSL_SUCCESS && next->loglik >= fit->point->loglik - 1e-12 * fabs(fit->point->loglik))
            break;
    }
    if (fit->scale_lost || status == GSL_ENOMEM)
        return status == GSL_ENOMEM ? status : GSL_SUCCESS; /* the point stays; the work holds another one's sums */
    fit->spare = fit->point;
    fit->point = next;
    for (size_t j = 0; j < fit->p; j++)
        step[j] *= fraction;
    return GSL_SUCCESS;
}

static void set_infinite(struct cox_fit *fit, size_t j)
{
    fit->column[j] = COX_INFINITE;
    fit->sign[j] = fit->point->beta[j] < 0 ? -1 : 1;
}

/* What goes with columns whose information has run out, among those that are kept: infinite too. */
static void mark_partners(struct cox_fit *fit)
{
    const size_t p = fit->p;

    for (size_t j = 0; j < p; j++) {
        bool *const partner = fit->partner;
        if (!fit->left_out[j] || fit->column[j] != COX_FITTED)
            continue;
        memset(partner, 0, p * sizeof *partner);
        cholesky_partners(fit->point->info, fit->factor, p, fit->left_out, j, fit->spare->score, partner);
        for (size_t k = 0; k < p; k++)
            if (partner[k] && !fit->left_out[k] && fit->column[k] == COX_FITTED)
                set_infinite(fit, k);
    }
}

/* Columns that still move while nothing is gained by it, or that have moved so far that they carry no information. */
static void mark_infinite(struct cox_fit *fit, const double *step)
{
    double largest = 0;

    /* A column that no longer carries information takes no step: it went about 1 at a time before. */
    for (size_t j = 0; j < fit->p; j++) {
        const double moved = fit->left_out[j] && fit->column[j] == COX_FITTED ? 1 : fabs(step[j]);
        largest = moved > largest ? moved : largest;
    }
    for (size_t j = 0; j < fit->p; j++)
        if (fit->column[j] == COX_FITTED && (fit->left_out[j] || fabs(step[j]) > 1e-4 * largest))
            set_infinite(fit, j);
}

bool cox_test(const struct cox_control *control, struct cox_fit *fit, const double *step, double gain,
              double gain_before)
{
    bool lost = false;
    double change = 0;

    for (size_t j = 0; j < fit->p; j++) {
        change += fabs(step[j]);
        lost |= fit->left_out[j] && fit->column[j] == COX_FITTED;
    }
    /* Near a maximum the gain falls to about its square; without one it falls by the same factor each time. */
    const bool linear = gain < GAIN_LINEAR && gain > 0.02 * gain_before && change > 1e-4;
    if (!fit->walled)
        fit->n_linear = linear ? fit->n_linear + 1 : 0;
    /* Shares of steps that span too far grow small in front of a wall, not at a maximum: what has not settled there never does. */
    fit->n_walled = fit->walled ? fit->n_walled + 1 : 0;
    const bool stuck = fit->scale_lost || (fit->walled && (fit->n_linear >= N_LINEAR || fit->n_walled >= N_WALLED));
    const bool endless = fit->n_linear >= N_LINEAR && gain < GAIN_LIMIT;
    if (lost || endless || stuck) {
        if (lost) {
            factor_info(control, fit);
            mark_partners(fit);
        }
        mark_infinite(fit, step);
        fit->converged = true;
        return true;
    }
    fit->converged = !fit->walled && (change <= control->tolerance || gain <= GAIN_NOISE);
    return fit->converged;
}

/* Columns that have come to rest where there is next to no information, and what goes with them. */
static void mark_gone(struct cox_fit *fit)
{
    const size_t p = fit->p;
    double *const least = fit->step;
    bool gone = false;

    for (size_t j = 0; j < p; j++) {
        fit->left_out[j] = fit->column[j] != COX_FITTED;
        least[j] = fmin(INFORMATION_GONE * fit->remainder[j] * fit->start->size[j], INFORMATION_TINY);
    }
    cholesky_without(fit->point->info, fit->factor, p, least, fit->left_out);
    mark_partners(fit);
    for (size_t j = 0; j < p; j++)
        if (fit->left_out[j] && fit->column[j] == COX_FITTED) {
            set_infinite(fit, j);
            gone = true;
        }
    fit->converged |= gone;
}

/* ---- what is reported -------------------------------------------------------------------------------------------- */

static void finish(const double *scale, struct cox_fit *fit)
{
    const size_t p = fit->p;
    double *const least = fit->spare->score;
    size_t n_kept = 0;
    bool infinite = false;

    /*
     * Of infinite columns those stay in the information that still tell rows apart: levels that all rise for ever beside a level
     * without events differ from each other by what is known.
     */
    for (size_t j = 0; j < p; j++) {
        infinite |= fit->column[j] == COX_INFINITE;
        n_kept += fit->column[j] != COX_ALIASED;
        fit->left_out[j] = fit->column[j] == COX_ALIASED;
        least[j] = fit->column[j] == COX_INFINITE ? INFORMATION_LEFT * fit->remainder[j] * fit->start->size[j] : 0;
    }
    cholesky_without(fit->point->info, fit->factor, p, least, fit->left_out);
    cholesky_invert(fit->factor, p, fit->left_out, fit->covariance);
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k < p; k++)
            fit->covariance[j * p + k] *= fit->column[j] == COX_FITTED && fit->column[k] == COX_FITTED ? scale[j] * scale[k] : 0;
        const bool fitted = fit->column[j] == COX_FITTED;
        fit->coef[j] = fitted ? fit->point->beta[j] * scale[j] : NAN;
        fit->std_err[j] = fitted ? sqrt(fit->covariance[j * p + j]) : NAN;
    }
    fit->loglik = fit->point->loglik;
    if (n_kept == 0)
        return;
    chi_square_test_set(&fit->lr_test, fmax(2 * (fit->loglik - fit->loglik_null), 0), n_kept);
    if (!infinite)
        chi_square_test_set(&fit->wald_test, quadratic_form(fit->point->info, p, fit->left_out, fit->point->beta),
                            n_kept);
}

/* The last step, when it is as small as that. */
static bool take_last_step(const struct cox_control *control, struct cox_fit *fit)
{
    double change = 0;

    factor_info(control, fit);
    const double gain = solve_score(fit, fit->point, fit->step);
    for (size_t j = 0; j < fit->p; j++) {
        if (fit->left_out[j] && fit->column[j] == COX_FITTED)
            return false;
        change += fabs(fit->step[j]);
    }
    if (!(change <= LAST_STEP))
        return false;
    for (size_t j = 0; j < fit->p; j++)
        fit->point->beta[j] += fit->step[j];
    fit->point->loglik += gain / 2;
    return fit->converged = true;
}

int cox_fit_run(struct cox_work *work, const struct cox_control *control, struct cox_fit *fit)
{
    double gain = INFINITY, gain_before;
    bool done = false;

    if (cox_work_data(work)->n_axis == 0)
        return GSL_EZERODIV;
    int status = cox_start(work, control, fit);
    if (status != GSL_SUCCESS)
        return status;
    size_t n_kept = 0;
    for (size_t j = 0; j < fit->p; j++)
        n_kept += fit->column[j] == COX_FITTED;
    done = fit->converged = n_kept == 0;
    while (status == GSL_SUCCESS && !done && fit->n_iteration < control->n_max) {
        if (fit->n_iteration > 0 && take_last_step(control, fit))
            break;
        gain_before = gain;
        status = cox_step(work, control, fit, fit->step, &gain);
        fit->n_iteration++;
        done = status == GSL_SUCCESS && cox_test(control, fit, fit->step, gain, gain_before);
    }
    if (status == GSL_SUCCESS && fit->scale_lost)
        status = cox_evaluate(work, fit->point);
    if (status == GSL_SUCCESS)
        mark_gone(fit);
    if (status == GSL_SUCCESS)
        finish(cox_work_data(work)->copy->scale, fit);
    return status;
}
