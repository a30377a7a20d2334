/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * grid_sum.h - order-free sums for hot loops, on two grids that are fixed before the first addend.
 *
 *     grid_init(&grid, bound, n_max)            bound = max |x| from a first pass, n_max = most addends ever summed
 *     grid_split(&grid, x, &high, &low)         high + low = x up to half a step of the finer grid
 *     total = sum high + sum low
 *
 * high = (x + M1) - M1 rounds x to the grid of the last bit of M1 = 1.5 * 2^k1, and low does the same with the
 * remainder and M2.  Values of one grid add without rounding as long as their sum stays below 2^53 steps; k1 and k2 are
 * chosen so that n_max addends do.  So the order, the chunks, SIMD and threads cannot change a bit.
 *
 * Error     absolute: at most n 2^(2m + b - 107), where 2^m >= n_max and 2^b > bound: for n_max = 2^21 that is
 *           n 2^-65 times 2^b.  Good where the addends span less than 2^20; otherwise use exact_sum.h.
 * The grid  depends on the binary exponents of bound and n_max alone.  Both must describe the *whole* sum (all chunks,
 *           threads and sites), not a part of it, else the parts carry different grids and do not merge.
 * Cost      about 2 ns an addend, allocates nothing.
 *
 * Demmel & Nguyen 2013, Fast reproducible floating-point summation, doi:10.1109/ARITH.2013.9.
 */
#ifndef STATS_GRID_SUM_H
#define STATS_GRID_SUM_H

#include <stddef.h>
#include <stdint.h>

struct grid {
    double bound;   /* addends are within -bound .. bound; a power of two, or 0 */
    uint64_t n_max; /* most addends, a power of two */
    double m1, m2;  /* the two rounding constants; 0 for a zero bound */
};

struct grid_sum {
    struct grid grid;
    double high, low; /* exact sums of the two parts */
    uint64_t n;       /* addends so far */
};

/**
 * grid_init - the grids for up to n_max addends of magnitude up to bound.
 *
 * bound      >= 0 and finite; 0 makes the grid on which only zeros are summed
 * n_max      1 .. 2^40; 0 counts as 1
 *
 * Returns GSL_SUCCESS; GSL_EINVAL for a bound that is negative or not finite or n_max above 2^40;
 * GSL_EOVRFLW when n_max addends of that size could pass the largest double.
 */
int grid_init(struct grid *grid, double bound, uint64_t n_max);

/** grid_max - running maximum of |x| over x[0 .. n-1] for the first pass; NAN as soon as one x is not finite. */
double grid_max(double max, const double *x, size_t n);

/** grid_split - the parts of x on the two grids; x must be within the bound (not checked here: the hot loop). */
static inline void grid_split(const struct grid *grid, double x, double *high, double *low)
{
    const double h = (x + grid->m1) - grid->m1;
    const double rest = x - h; /* exact: h is x rounded to a coarser grid */

    *high = h;
    *low = (rest + grid->m2) - grid->m2;
}

void grid_sum_init(struct grid_sum *sum, const struct grid *grid);

/**
 * grid_sum_add - sum += x.
 *
 * GSL_ERANGE when |x| is beyond the bound or NaN, GSL_EMAXITER beyond n_max addends; then the sum is unchanged.
 */
int grid_sum_add(struct grid_sum *sum, double x);

/** grid_sum_add_array - adds x[0 .. n-1]; errors as grid_sum_add, and then the sum is unchanged. */
int grid_sum_add_array(struct grid_sum *sum, const double *x, size_t n);

/** grid_sum_merge - sum += other.  GSL_EINVAL when grids differ, GSL_EMAXITER beyond n_max addends; then unchanged. */
int grid_sum_merge(struct grid_sum *sum, const struct grid_sum *other);

/** grid_sum_value - the sum as one double, never -0. */
double grid_sum_value(const struct grid_sum *sum);

#endif
