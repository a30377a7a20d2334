/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * linear.h - least squares, and with factors the analysis of variance, from exact sums of products.
 *
 *     y = b0 + x' b + error
 *     S = sum (x - mean)(x - mean)',   s = sum (x - mean)(y - mean)         without an intercept: sums as they are
 *     b = S^-1 s,     residual SS = sum (y - mean)^2 - b's,     sigma^2 = residual SS / df,     cov(b) = sigma^2 S^-1
 *     F = ((total SS - residual SS) / rank) / sigma^2
 *
 * One factor as k - 1 columns of 0 and 1 makes F and the sums of squares those of the one-way analysis of variance.
 *
 * The normal equations square the condition of the problem, which costs nothing here: sums of products are exact
 * (exact_sum.h), centred exactly, and solved with 106 bits (double_double.h).  What is left is the rounding of the inputs
 * themselves, and it can be given back: a column that is a product of others knows what rounding took from it.
 *
 *     linear_alloc -> linear_add, linear_merge -> linear_solve
 *
 * Rows add in any order and in any number of parts (sites, threads) with the same bits.  A row costs O(k^2) for its k
 * columns that are not 0, about 25 ns a pair.  Certified values: NIST StRD, linear regression and analysis of variance.
 */
#ifndef STATS_LINEAR_H
#define STATS_LINEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct linear_sums; /* the additive summary */

/** p >= 0 columns besides the intercept; NULL when memory is short. */
struct linear_sums *linear_alloc(size_t p);
void linear_free(struct linear_sums *sums); /* NULL is fine */

/**
 * linear_add - `frequency` rows.
 *
 * x, x_low    [p] column j is x[j] + x_low[j]; x_low NULL: 0
 * frequency   >= 0
 *
 * GSL_SUCCESS; GSL_EINVAL for a value that is not finite or a negative frequency: nothing is added; GSL_EOVRFLW when a
 * product passes the double range: the sums are spoiled then.
 */
int linear_add(struct linear_sums *sums, const double *x, const double *x_low, double y, int64_t frequency);

/** into += from.  GSL_EBADLEN when p differs; GSL_EOVRFLW. */
int linear_merge(struct linear_sums *into, const struct linear_sums *from);

/* Remainder of a column, of its sum of squares, from which it counts as a combination of those before it. */
#define LINEAR_TOLERANCE 1e-24

struct linear_fit {
    size_t p;
    double *coef, *std_err; /* [1 + p] the intercept first; NAN for aliased columns, std_err also with df 0 */
    bool *aliased;          /* [1 + p]; the intercept is when it was not wanted */
    double *covariance;     /* [(1 + p) * (1 + p)] of the estimates; 0 for aliased ones and with df 0 */
    double total_ss, residual_ss;
    double sigma;           /* NAN with df 0 */
    double r_squared;       /* NAN when total_ss is 0 */
    int64_t n, df;          /* rows; n less rank and intercept */
    size_t rank;            /* columns kept, without the intercept */
    double statistic, p_value, log_p; /* of all columns together, F with rank and df; NAN: none */
    double tightest;        /* smallest remainder of a column kept, of its sum of squares; 1: no column */
};

/** NULL when memory is short. */
struct linear_fit *linear_fit_alloc(size_t p);
void linear_fit_free(struct linear_fit *fit); /* NULL is fine */

/**
 * linear_solve - fit must have the same p.
 *
 * GSL_SUCCESS; GSL_EDOM when no row was added; GSL_EOVRFLW when sums are spoiled; GSL_ENOMEM.  O(p^3).  With fewer rows than
 * coefficients columns are aliased.
 */
int linear_solve(const struct linear_sums *sums, bool intercept, double tolerance, struct linear_fit *fit);

#endif
