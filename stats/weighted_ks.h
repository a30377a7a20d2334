/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * weighted_ks.h - how far apart two arms are whose rows carry weights.
 *
 *     KS        largest |F_arm(x) - F_reference(x)| of the weighted distribution functions
 *
 * A NaN in x is a missing value: the row is left out.  Weights are >= 0; 0 leaves a row out.  Sums are whole numbers
 * (fixed_sum.h), so rows have no order.
 */
#ifndef STATS_WEIGHTED_KS_H
#define STATS_WEIGHTED_KS_H

#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

/**
 * x          [n]
 * weight     [n]
 * arm        [n] 0 or 1
 * Returns GSL_SUCCESS; GSL_EDOM when an arm has no row left; GSL_EINVAL for an infinite x, a weight that is negative or not
 * finite, or another arm; GSL_EOVRFLW for weights too large to be added; GSL_ENOMEM.  O(n log n).
 */
int weighted_ks(size_t n, const double *x, const double *weight, const uint8_t *arm, double *statistic);

/** The same of the rows in all places (reducer.h).  Sent: the distinct values of each place and their weights. */
int weighted_ks_all(size_t n, const double *x, const double *weight, const uint8_t *arm, const struct reducer *reducer,
                    double *statistic);

/** One of several columns of the same rows. */
struct weighted_distance {
    const double *x;  /* [n] */
    double statistic; /* NAN where the status is not GSL_SUCCESS */
    int status;       /* as weighted_ks returns it */
};

/** The same of several columns: four messages for any 32 of them.  Takes 44 n bytes a column in between. */
void weighted_ks_each(size_t n, const double *weight, const uint8_t *arm, struct weighted_distance *each, size_t n_each,
                      const struct reducer *reducer);

#endif
