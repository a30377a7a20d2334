/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/turnbull_error.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/cholesky.h"
#include "stats/turnbull_work.h"

/* Intervals with mass before interval j, j = 0 .. n; returns how many there are. */
static size_t count_mass(const struct turnbull *fit, size_t *before)
{
    before[0] = 0;
    for (size_t j = 0; j < fit->n; j++)
        before[j + 1] = before[j] + (fit->mass[j] > 0);
    return before[fit->n];
}

/* The information about S_1 .. S_p. */
static void add_information(const struct turnbull *fit, const size_t *before, size_t p, double *information)
{
    const struct turnbull_work *const work = fit->work;

    for (size_t i = 0; i < work->n_range; i++) {
        const struct turnbull_range *const range = &work->range[i];
        const size_t f = before[range->first], l = before[range->last + 1];
        double mass = 0;

        for (size_t j = range->first; j <= range->last; j++)
            mass += fit->mass[j];
        const double weight = range->count / (mass * mass);
        if (f > 0)
            information[(f - 1) * p + f - 1] += weight;
        if (l <= p)
            information[(l - 1) * p + l - 1] += weight;
        if (f > 0 && l <= p) {
            information[(f - 1) * p + l - 1] -= weight;
            information[(l - 1) * p + f - 1] -= weight;
        }
    }
}

static int solve(const struct turnbull *fit, const size_t *before, size_t p, double *std_err)
{
    double *const information = calloc(2 * p * p, sizeof *information), *const inverse = information + p * p;
    bool *const aliased = calloc(p, sizeof *aliased);
    int status = information == NULL || aliased == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    if (status == GSL_SUCCESS) {
        add_information(fit, before, p, information);
        status = cholesky_decompose(information, p, NULL, CHOLESKY_TOLERANCE, aliased) < p ? GSL_ESING : GSL_SUCCESS;
    }
    if (status == GSL_SUCCESS) {
        cholesky_invert(information, p, aliased, inverse);
        for (size_t j = 0; j < fit->n; j++) {
            const size_t k = before[j + 1];
            if (k > 0 && k <= p)
                std_err[j] = sqrt(inverse[(k - 1) * p + k - 1]);
        }
    }
    free(information);
    free(aliased);
    return status;
}

int turnbull_error(const struct turnbull *fit, double *std_err)
{
    size_t *const before = calloc(fit->n + 1, sizeof *before);
    int status = GSL_SUCCESS;

    if (before == NULL)
        return GSL_ENOMEM;
    for (size_t j = 0; j < fit->n; j++)
        std_err[j] = GSL_NAN;
    const size_t m = count_mass(fit, before);
    if (m > TURNBULL_ERROR_INTERVALS)
        status = GSL_EBADLEN;
    else if (m > 1)
        status = solve(fit, before, m - 1, std_err);
    free(before);
    return status;
}
