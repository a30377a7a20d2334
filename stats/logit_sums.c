/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/logit_sums.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "stats/leaving.h"

/* log(1 + e^eta) without overflow. */
static double softplus(double eta)
{
    return eta > 0 ? eta + log1p(exp(-eta)) : log1p(exp(eta));
}

static void add_row(const double *x, size_t p, double residual, double weight, int64_t times, wide_sum *score)
{
    wide_sum *product = score + p;

    for (size_t j = 0; j < p; j++) {
        if (x[j] != 0) {
            score[j] += wide_of(residual * x[j]) * times;
            for (size_t k = 0; k <= j; k++)
                if (x[k] != 0)
                    product[k] += wide_of(weight * x[j] * x[k]) * times;
        }
        product += j + 1;
    }
}

static double predictor(const double *x, const double *beta, size_t p)
{
    double eta = 0;

    for (size_t j = 0; j < p; j++)
        eta += x[j] * beta[j];
    return eta;
}

/* The smaller of the two probabilities keeps its digits. */
static double residual_of(double eta, bool event, double small)
{
    return event ? (eta > 0 ? small : 1 - small) : -(eta > 0 ? 1 - small : small);
}

static double small_of(double eta)
{
    return 1 / (1 + exp(fabs(eta)));
}

int logit_sums_add(const struct logit_rows *rows, const double *beta, wide_sum *sums)
{
    const size_t p = rows->p;

    for (size_t i = 0; i < rows->n; i++) {
        const double *x = rows->x + i * p, eta = predictor(x, beta, p), small = small_of(eta);
        double most = 1;
        for (size_t j = 0; j < p; j++)
            most = fmax(most, fabs(x[j]));
        if (!wide_fits(fmax(most * most, fabs(eta)), (double)rows->frequency[i] * (double)rows->n))
            return GSL_EDOM;
        sums[0] += wide_of(rows->event[i] ? -softplus(-eta) : -softplus(eta)) * rows->frequency[i];
        add_row(x, p, residual_of(eta, rows->event[i] != 0, small), small * (1 - small), rows->frequency[i], sums + 1);
    }
    return GSL_SUCCESS;
}

int logit_squares_add(const struct logit_rows *rows, const double *beta, const int32_t *cluster, size_t n_cluster, wide_sum *meat)
{
    const size_t p = rows->p;
    wide_sum *const sums = calloc(n_cluster * p + 1, sizeof *sums);
    int status = sums == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t i = 0; i < rows->n && status == GSL_SUCCESS; i++) {
        const double *x = rows->x + i * p, eta = predictor(x, beta, p);
        const double residual = residual_of(eta, rows->event[i] != 0, small_of(eta));
        for (size_t j = 0; j < p; j++) {
            if (!wide_fits(residual * x[j], (double)rows->frequency[i] * (double)rows->n))
                status = GSL_EDOM;
            else
                sums[(size_t)cluster[i] * p + j] += wide_of(residual * x[j]) * rows->frequency[i];
        }
    }
    if (status == GSL_SUCCESS)
        status = leaving_square_clusters(sums, n_cluster, p, meat);
    free(sums);
    return status;
}
