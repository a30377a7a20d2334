/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares of the score, their squares, and a penalty on the information: what follows from the sums of leaving.c. */
#include "stats/leaving.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cholesky.h"

/* ---- Cox --------------------------------------------------------------------------------------------------------------- */

/*
 * Steps of a position, in the places of shares: in those of the censored the hazard's 1 / den and mean / den, in those with the
 * event the part of both that they go through, and less the mean of the means.
 */
void leaving_add_step(double *steps, size_t p, double den, double part, double m, double n, const double *mean)
{
    double *const lived = steps + LEAVING_CENSORED * (1 + 2 * p), *const dead = steps + LEAVING_EVENT * (1 + 2 * p);

    lived[0] += m / den;
    dead[0] += m * (1 - part) / den;
    for (size_t j = 0; j < p; j++) {
        lived[1 + j] += m * mean[j] / den;
        dead[1 + j] += m * (1 - part) * mean[j] / den;
        dead[1 + p + j] -= m * mean[j] / n;
    }
}

/* From the steps of each position to what was gone through up to it, stratum by stratum. */
void leaving_finish_steps(const struct leaving *leaving, double *steps)
{
    const size_t p = leaving->p, width = 1 + 2 * p;
    const double *before = NULL; /* of those who were there at the position before */

    for (size_t k = 0; k < leaving->n_time; k++) {
        double *const here = steps + k * LEAVING_SHARE_KINDS * width;
        if (k > 0 && leaving->stratum[k] != leaving->stratum[k - 1])
            before = NULL;
        for (size_t j = 0; before != NULL && j <= p; j++) {
            here[LEAVING_EVENT * width + j] += before[j];
            here[LEAVING_CENSORED * width + j] += before[j];
        }
        memcpy(here + LEAVING_OTHER * width, here + LEAVING_CENSORED * width, width * sizeof *here);
        before = here + LEAVING_CENSORED * width;
    }
}

/* ---- squares --------------------------------------------------------------------------------------------------------------- */

static void find_share(const struct leaving_rows *rows, size_t i, size_t p, const double *beta, const double *shares, double *share)
{
    const size_t width = 1 + 2 * p;
    const double *const x = rows->x + i * p, *const of = shares + (rows->position[i] * (size_t)LEAVING_SHARE_KINDS + rows->kind[i]) * width;
    const bool late = rows->entry != NULL && rows->entry[i] != LEAVING_FROM_START;
    const double *const before = late ? shares + (rows->entry[i] * (size_t)LEAVING_SHARE_KINDS + LEAVING_CENSORED) * width : NULL;
    double eta = 0;

    for (size_t j = 0; j < p; j++)
        eta += x[j] * beta[j];
    const double r = exp(eta), alpha = (rows->kind[i] == LEAVING_EVENT) - r * (of[0] - (late ? before[0] : 0));
    for (size_t j = 0; j < p; j++)
        share[j] = alpha * x[j] + r * (of[1 + j] - (late ? before[1 + j] : 0)) + of[1 + p + j];
}

static void add_square(const double *share, size_t p, int64_t times, wide_sum *meat)
{
    for (size_t j = 0; j < p; meat += ++j)
        for (size_t k = 0; k <= j; k++)
            meat[k] += wide_of(share[j] * share[k]) * times;
}

int leaving_square_clusters(const wide_sum *sums, size_t n_cluster, size_t p, wide_sum *meat)
{
    for (size_t c = 0; c < n_cluster; c++, sums += p) {
        wide_sum *product = meat;
        for (size_t j = 0; j < p; product += ++j) {
            const double value = wide_value(sums[j]);
            if (!wide_fits(value * value, (double)n_cluster))
                return GSL_EDOM;
            for (size_t k = 0; k <= j; k++)
                product[k] += wide_of(value * wide_value(sums[k]));
        }
    }
    return GSL_SUCCESS;
}

int leaving_meat(const struct leaving_rows *rows, size_t p, const double *beta, const double *shares, double *share,
                 wide_sum *meat)
{
    wide_sum *const sums = rows->cluster != NULL ? calloc(rows->n_cluster * p + 1, sizeof *sums) : NULL;
    int status = rows->cluster != NULL && sums == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t i = 0; i < rows->n && status == GSL_SUCCESS; i++) {
        find_share(rows, i, p, beta, shares, share);
        for (size_t j = 0; j < p; j++)
            if (!wide_fits(share[j] * share[j], (double)rows->frequency[i] * (double)rows->n))
                status = GSL_EDOM;
        if (status == GSL_SUCCESS && sums == NULL)
            add_square(share, p, rows->frequency[i], meat);
        for (size_t j = 0; j < p && status == GSL_SUCCESS && sums != NULL; j++)
            sums[(size_t)rows->cluster[i] * p + j] += wide_of(share[j]) * rows->frequency[i];
    }
    if (status == GSL_SUCCESS && sums != NULL)
        status = leaving_square_clusters(sums, rows->n_cluster, p, meat);
    free(sums);
    return status;
}

/* ---- Firth's penalty ---------------------------------------------------------------------------------------------------------- */

/* cubes: of j >= k >= l. */
static double cube_of(const double *cubes, size_t j, size_t k, size_t l)
{
    const size_t high = j > k ? (j > l ? j : l) : (k > l ? k : l), low = j < k ? (j < l ? j : l) : (k < l ? k : l),
                 middle = j + k + l - high - low;

    return cubes[leaving_n_cubes(high) + middle * (middle + 1) / 2 + low];
}

int leaving_penalise(size_t p, const bool *left_out, struct leaving_point *point)
{
    double *const factor = malloc((2 * p * p + 1) * sizeof *factor), *const inverse = factor + p * p;
    bool *const out = malloc((p + 1) * sizeof *out);
    const int status = factor == NULL || out == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    if (status == GSL_SUCCESS) {
        memcpy(factor, point->info, p * p * sizeof *factor);
        memcpy(out, left_out, p * sizeof *out);
        cholesky_decompose(factor, p, NULL, 0, out);
        for (size_t j = 0; j < p; j++)
            point->loglik += left_out[j] ? 0 : log(factor[j * p + j]) / 2;
        cholesky_invert(factor, p, left_out, inverse);
        for (size_t l = 0; l < p; l++)
            for (size_t j = 0; j < p && !left_out[l]; j++)
                for (size_t k = 0; k < p; k++)
                    point->score[l] += inverse[j * p + k] * cube_of(point->cubes, j, k, l) / 2;
    }
    free(out);
    free(factor);
    return status;
}
