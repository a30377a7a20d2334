/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/logit_sums.h"

#include <math.h>

#include <gsl/gsl_errno.h>

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

int logit_sums_add(const struct logit_rows *rows, const double *beta, wide_sum *sums)
{
    const size_t p = rows->p;

    for (size_t i = 0; i < rows->n; i++) {
        const double *x = rows->x + i * p;
        double eta = 0, most = 1;
        for (size_t j = 0; j < p; j++) {
            eta += x[j] * beta[j];
            most = fmax(most, fabs(x[j]));
        }
        if (!wide_fits(fmax(most * most, fabs(eta)), (double)rows->frequency[i] * (double)rows->n))
            return GSL_EDOM;
        /* The smaller of the two probabilities keeps its digits. */
        const double small = 1 / (1 + exp(fabs(eta))), mu = eta > 0 ? 1 - small : small;
        const double residual = rows->event[i] ? (eta > 0 ? small : 1 - small) : -mu;
        sums[0] += wide_of(rows->event[i] ? -softplus(-eta) : -softplus(eta)) * rows->frequency[i];
        add_row(x, p, residual, small * (1 - small), rows->frequency[i], sums + 1);
    }
    return GSL_SUCCESS;
}
