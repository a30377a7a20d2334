/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/glm_step.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "stats/cholesky.h"
#include "stats/design_total.h"
#include "stats/fixed_sum.h"
#include "stats/glm_family.h"
#include "stats/logistic_rows.h"
#include "stats/vectors.h"

/* ---- sums over rows ------------------------------------------------------------------------------------------ */

double glm_largest(const double *x, size_t n)
{
    double max = 0;

    for (size_t i = 0; i < n; i++)
        max = fabs(x[i]) > max ? fabs(x[i]) : max;
    return max;
}

enum { CHUNK = 4096 }; /* rows a thread takes at a time */

VECTOR_VERSIONS static void add_parts(const struct fixed_scale *scale, const double *x, size_t n, int64_t *high, int64_t *low)
{
    int64_t highs[VECTOR_LANES], lows[VECTOR_LANES];

    for (size_t k = 0; k < n; k += VECTOR_LANES) {
        const size_t n_here = n - k < VECTOR_LANES ? n - k : VECTOR_LANES;
        vector_split(scale, x + k, n_here, highs, lows);
        for (size_t l = 0; l < n_here; l++) {
            *high += highs[l];
            *low += lows[l];
        }
    }
}

/* bound: the largest magnitude of an addend; n_all addends in all places. */
static double total_within(const struct reducer *reducer, const double *x, size_t n, size_t n_all, double bound, size_t n_threads)
{
    struct fixed_scale scale;
    int64_t high = 0, low = 0;

    if (fixed_scale_init(&scale, bound, n_all) != GSL_SUCCESS)
        return NAN;
#pragma omp parallel for num_threads((int)n_threads) schedule(static) reduction(+ : high, low)
    for (size_t first = 0; first < n; first += CHUNK)
        add_parts(&scale, x + first, n - first < CHUNK ? n - first : CHUNK, &high, &low);
    int64_t sums[2] = {high, low};
    reducer_sum(reducer, sums, 2);
    return fixed_wide_value(&scale, fixed_wide(&scale, sums[0], sums[1]));
}

double glm_total(const struct reducer *reducer, const double *x, size_t n)
{
    int64_t n_all = (int64_t)n;
    double bound = 0;
    bool finite = true;

    for (size_t i = 0; i < n; i++) {
        finite = finite && isfinite(x[i]);
        bound = fabs(x[i]) > bound ? fabs(x[i]) : bound;
    }
    if (!finite)
        bound = INFINITY;
    reducer_size(reducer, &n_all, &bound);
    return isfinite(bound) ? total_within(reducer, x, n, (size_t)n_all, bound, 1) : NAN;
}

/* Linear predictors of rows first .. last - 1. */
static void predict(struct glm_work *work, const double *coef, size_t first, size_t last)
{
    double table[GRAM_UNIT_CELLS];

    for (size_t i = first; i < last; i++)
        work->eta[i] = coef[0] + (work->data->offset != NULL ? work->data->offset[i] : 0);
    gram_predict(work->layout, coef + 1, first, last, table, work->eta);
}

/* What rows first .. last - 1 add, by the family; bounds are raised to it. */
static void take_rows(struct glm_work *work, size_t first, size_t last, struct logistic_bounds *bounds)
{
    const double *const y = work->data->y;

    if (work->options.family == GLM_LOGISTIC) {
        logistic_rows(y + first, work->eta + first, work->weight + first, last - first, work->residual + first,
                      work->information + first, work->spare + first, bounds);
        return;
    }
    for (size_t i = first; i < last; i++) {
        const double w = work->weight[i];
        struct glm_terms terms = {0, 0, 0, 0};

        if (w > 0)
            terms = glm_terms_of(work->options.family, work->options.theta, y[i], work->eta[i]);
        work->residual[i] = w * terms.residual;
        work->information[i] = w * terms.information;
        work->spare[i] = w * terms.loglik;
        bounds->residual = fmax(bounds->residual, fabs(work->residual[i]));
        bounds->information = fmax(bounds->information, work->information[i]);
        bounds->loglik = isfinite(work->spare[i]) ? fmax(bounds->loglik, fabs(work->spare[i])) : INFINITY;
    }
}

/* One pass: predictor, residual, information and log-likelihood (in spare) of every row, by weight, and their bounds. */
static void pass(struct glm_work *work, const double *coef)
{
    const size_t n = work->n, n_chunk = (n + CHUNK - 1) / CHUNK;
    double residual = 0, information = 0, loglik = 0;
    bool finite = true;

#pragma omp parallel for num_threads((int)work->options.n_threads) schedule(static) \
    reduction(max : residual, information, loglik) reduction(&& : finite)
    for (size_t k = 0; k < n_chunk; k++) {
        const size_t first = k * CHUNK, last = first + CHUNK < n ? first + CHUNK : n;
        struct logistic_bounds bounds = {0, 0, 0};

        predict(work, coef, first, last);
        take_rows(work, first, last, &bounds);
        finite = finite && isfinite(bounds.loglik);
        residual = bounds.residual > residual ? bounds.residual : residual;
        information = bounds.information > information ? bounds.information : information;
        loglik = bounds.loglik > loglik ? bounds.loglik : loglik;
    }
    double most[3] = {residual, information, finite ? loglik : (double)INFINITY};
    if (work->options.reducer != NULL)
        work->options.reducer->largest(work->options.reducer->context, most, 3);
    work->most_residual = most[0];
    work->most_information = most[1];
    work->loglik = isfinite(most[2]) ? total_within(work->options.reducer, work->spare, n, work->n_all, most[2], work->options.n_threads)
                                     : NAN;
}

int glm_add_information(struct glm_work *work)
{
    const size_t p = work->p, q = p - 1;

    if (gram_init(work->gram, work->most_information, work->n_all) != GSL_SUCCESS)
        return GSL_EOVRFLW;
    const int status = gram_add_all(work->gram, work->information, work->options.n_threads);

    if (status != GSL_SUCCESS)
        return status;
    /* inverse has room for the slopes, and is not needed yet. */
    gram_read_all(work->gram, work->options.reducer, &work->matrix[0], work->sums, work->inverse);
    for (size_t j = 0; j < q; j++) {
        work->matrix[j + 1] = work->matrix[(j + 1) * p] = work->sums[j];
        for (size_t k = 0; k < q; k++)
            work->matrix[(j + 1) * p + k + 1] = work->inverse[j * q + k];
    }
    return GSL_SUCCESS;
}

static double log_determinant(const double *factor, size_t p, const bool *aliased)
{
    double sum = 0;

    for (size_t j = 0; j < p; j++)
        if (!aliased[j])
            sum += log(factor[j * p + j]);
    return sum;
}

/* matrix becomes its factor, inverse its inverse; columns that were aliased stay so. */
static void invert_information(struct glm_work *work, double *log_det)
{
    const size_t p = work->p;

    memcpy(work->aliased_before, work->aliased, p * sizeof *work->aliased);
    cholesky_decompose(work->matrix, p, NULL, work->tolerance, work->aliased);
    *log_det = log_determinant(work->matrix, p, work->aliased);
    cholesky_invert(work->matrix, p, work->aliased, work->inverse);
    /* With Firth's penalty a point without information on a column is infinitely bad; the column is not gone. */
    if (work->options.firth && work->tolerance < CHOLESKY_TOLERANCE && memcmp(work->aliased_before, work->aliased, p) != 0) {
        memcpy(work->aliased, work->aliased_before, p * sizeof *work->aliased);
        *log_det = -INFINITY;
    }
}

int glm_evaluate(struct glm_work *work, const double *coef)
{
    double log_det;
    int status = GSL_SUCCESS;

    pass(work, coef);
    if (work->options.firth && isfinite(work->loglik) && (status = glm_add_information(work)) == GSL_SUCCESS) {
        invert_information(work, &log_det);
        work->loglik += log_det / 2;
    }
    return status;
}

/* Firth's score: residuals move by leverage times (1/2 - mean). */
static int shift_residuals(struct glm_work *work)
{
    const int status = design_leverage(work->design, work->inverse, work->options.n_threads, work->spare);

    for (size_t i = 0; i < work->n; i++)
        work->residual[i] += work->information[i] * work->spare[i] * (0.5 - glm_mean(GLM_LOGISTIC, work->eta[i]));
    work->most_residual = reducer_largest(work->options.reducer, glm_largest(work->residual, work->n));
    return status;
}

int glm_derive(struct glm_work *work)
{
    double log_det;
    int status;

    if ((status = glm_add_information(work)) != GSL_SUCCESS)
        return status;
    invert_information(work, &log_det);
    if (work->options.firth && (status = shift_residuals(work)) != GSL_SUCCESS)
        return status;
    return glm_aim(work);
}

int glm_aim(struct glm_work *work)
{
    const int status = design_total_packed(work->layout, work->residual, work->most_residual, work->options.n_threads, work->score);
    memcpy(work->step, work->score, work->p * sizeof *work->step);
    cholesky_solve(work->matrix, work->p, work->aliased, work->step);
    return status;
}

double glm_step_length(const struct glm_work *work)
{
    double sum = 0;

    for (size_t j = 0; j < work->p; j++)
        if (!work->aliased[j])
            sum += work->score[j] * work->step[j];
    return sum;
}
