/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * balance.h - how alike two arms are: means, variances, standardised mean differences.
 *
 * A numeric covariate is summarised by an additive summary of one arm (add, merge, solve).  Sums of x and of x^2 are
 * exact (exact_sum.h), so one pass gives the same variance as the textbook's two, in any order and any number of
 * parts, and 1e10 + small differences lose nothing.
 */
#ifndef STATS_BALANCE_H
#define STATS_BALANCE_H

#include <stddef.h>
#include <stdint.h>

#include "stats/exact_sum.h"
#include "stats/reducer.h"

struct moments {          /* of one covariate in one arm */
    int64_t n;            /* persons with a value */
    int64_t n_missing;    /* persons without */
    struct exact_sum sum; /* of x */
    struct exact_sum sum_square;
};

void moments_init(struct moments *moments);

/**
 * moments_add - adds `frequency` persons with value x; NaN is a missing value, counted and left out.
 *
 * frequency  >= 0; 0 adds nothing
 * Returns GSL_SUCCESS; GSL_EINVAL for an infinite x or a negative frequency, GSL_EOVRFLW when x^2 overflows; then
 * nothing is added.
 */
int moments_add(struct moments *moments, double x, int64_t frequency);

/** moments_add_array - moments_add of x[i], frequency[i], i < n; frequency NULL: 1 each.  The first error ends it. */
int moments_add_array(struct moments *moments, const double *x, const int64_t *frequency, size_t n);

int moments_merge(struct moments *moments, const struct moments *other);

/** moments_reduce - each of n becomes that of the rows in all places (reducer.h).  GSL_ENOMEM; errors of moments_merge. */
int moments_reduce(struct moments *moments, size_t n, const struct reducer *reducer);

/**
 * moments_solve - mean = sum x / n, variance = sum (x - mean)^2 / (n - 1).
 *
 * Exact but for the last rounding or two.  variance is NAN when n = 1.
 * Returns GSL_SUCCESS; GSL_EDOM when n = 0 (both NAN); GSL_EOVRFLW when a sum of squares passes the double
 * range (both NAN).
 */
int moments_solve(const struct moments *moments, double *mean, double *variance);

enum smd_denominator {
    SMD_POOLED,    /* sqrt((variance of the arm + variance of the reference) / 2) */
    SMD_REFERENCE, /* standard deviation of the reference */
    SMD_ARM        /* standard deviation of the arm */
};

/**
 * smd_numeric - (mean of the arm - mean of the reference) / denominator.
 *
 * Variances >= 0, as moments_solve gives them.
 * GSL_EDOM (NAN) when the denominator is 0 or a mean or a needed variance is missing; equal means over a zero
 * denominator are undefined as well, not 0.  Austin 2009, doi:10.1002/sim.3697.
 */
int smd_numeric(double arm_mean, double arm_variance, double reference_mean, double reference_variance,
                enum smd_denominator denominator, double *smd);

/**
 * smd_level - the same for one level of a factor: means are shares p, variances p (1 - p).
 *
 * arm_count, arm_n               persons at this level, persons with a known level; likewise the reference
 * GSL_EDOM as above or with n = 0, GSL_EINVAL for a negative count or count > n.
 */
int smd_level(int64_t arm_count, int64_t arm_n, int64_t reference_count, int64_t reference_n,
              enum smd_denominator denominator, double *smd);

/**
 * smd_factor - one distance for a whole factor: sqrt(t' S^-1 t), t the differences in shares of all levels but one,
 * S the mean of the two multinomial covariance matrices.
 *
 * arm_count, reference_count   [n_level] persons by level
 * work                         [n_level (n_level + 1)] doubles, overwritten
 *
 * Never negative.  Which level is left out does not matter; levels empty in both arms are left out first.  0 when
 * one level remains.  For two levels it is |smd_level|, pooled.
 * GSL_EDOM (NAN) when an arm is empty or S is singular (the arms share no level); GSL_EINVAL for a negative count.
 * O(n_level^3).  Yang & Dalton 2012, SAS Global Forum, paper 335.
 */
int smd_factor(const int64_t *arm_count, const int64_t *reference_count, size_t n_level, double *work, double *smd);

#endif
