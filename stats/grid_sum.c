/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/grid_sum.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdbool.h>

enum { MAX_LOG_N = 40 };

/* The smallest e with 2^e > x, x > 0. */
static int exponent_above(double x)
{
    int exponent;

    frexp(x, &exponent);
    return exponent;
}

/* 1.5 * 2^k.  From k = -1022 down the last bit is that of the subnormals: rounding to it changes no double, so the
   smaller grids are not needed. */
static double rounding_constant(int k)
{
    return ldexp(1.5, GSL_MAX_INT(k, DBL_MIN_EXP - 1));
}

int grid_init(struct grid *grid, double bound, uint64_t n_max)
{
    int log_n = 0, k1, k2;

    *grid = (struct grid){.n_max = 1};
    while (log_n <= MAX_LOG_N && ((uint64_t)1 << log_n) < n_max)
        log_n++;
    if (!(bound >= 0) || !isfinite(bound) || log_n > MAX_LOG_N)
        return GSL_EINVAL;
    grid->n_max = (uint64_t)1 << log_n;
    if (bound == 0)
        return GSL_SUCCESS;
    /* Steps of the first grid are 2^(k1 - 52).  n_max parts of at most 2^b each stay within 2^(k1 + 1), 2^53 steps.
       k1 >= b + 1 keeps x + M1 within M1's binade. */
    k1 = exponent_above(bound) + GSL_MAX_INT(log_n - 1, 1);
    /* A remainder is at most half a step, 2^(k1 - 53): the same rule again. */
    k2 = k1 - 53 + GSL_MAX_INT(log_n - 1, 1);
    if (k1 > DBL_MAX_EXP - 2)
        return GSL_EOVRFLW;
    grid->bound = ldexp(1, exponent_above(bound));
    grid->m1 = rounding_constant(k1);
    grid->m2 = rounding_constant(k2);
    return GSL_SUCCESS;
}

double grid_max(double max, const double *x, size_t n)
{
    bool finite = isfinite(max);

    for (size_t i = 0; i < n; i++) {
        const double size = fabs(x[i]);

        finite = finite && size <= DBL_MAX;
        max = size > max ? size : max;
    }
    return finite ? max : GSL_NAN;
}

void grid_sum_init(struct grid_sum *sum, const struct grid *grid)
{
    *sum = (struct grid_sum){.grid = *grid};
}

int grid_sum_add(struct grid_sum *sum, double x)
{
    return grid_sum_add_array(sum, &x, 1);
}

int grid_sum_add_array(struct grid_sum *sum, const double *x, size_t n)
{
    const struct grid grid = sum->grid;
    double sum_high = 0, sum_low = 0;
    bool within = true;

    if (n > grid.n_max - sum->n)
        return GSL_EMAXITER;
    for (size_t i = 0; i < n; i++) {
        double high, low;

        grid_split(&grid, x[i], &high, &low);
        within &= fabs(x[i]) <= grid.bound;
        sum_high += high;
        sum_low += low;
    }
    if (!within)
        return GSL_ERANGE;
    sum->high += sum_high;
    sum->low += sum_low;
    sum->n += n;
    return GSL_SUCCESS;
}

int grid_sum_merge(struct grid_sum *sum, const struct grid_sum *other)
{
    const struct grid *grid = &sum->grid;

    if (grid->bound != other->grid.bound || grid->n_max != other->grid.n_max)
        return GSL_EINVAL;
    if (other->n > grid->n_max - sum->n)
        return GSL_EMAXITER;
    sum->high += other->high;
    sum->low += other->low;
    sum->n += other->n;
    return GSL_SUCCESS;
}

double grid_sum_value(const struct grid_sum *sum)
{
    return sum->high + sum->low; /* the only rounding; sums that start from +0 never become -0 */
}
