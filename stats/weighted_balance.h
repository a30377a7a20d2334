/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * weighted_balance.h - how alike two arms are once their rows carry weights; of how far apart, see weighted_ks.h.
 *
 *     mean      m = sum w x / sum w
 *     variance  sum w (x - m)^2 / (sum w - sum w^2 / sum w)          n - 1 when all weights are 1
 *
 * A row of frequency f is f people who share its weight: each has w / f, and sum w^2 is the sum of w^2 / f.
 *
 * Standardised differences take their denominator from the unadjusted sample (balance.h), so that a number can only
 * shrink because the means come together, not because the spread grew.  Sums have no order (fixed_total.h).
 *
 * A NaN in x is a missing value: the row is left out.  Weights are >= 0; 0 leaves a row out.
 *
 * Austin & Stuart 2015, doi:10.1002/sim.6607.
 */
#ifndef STATS_WEIGHTED_BALANCE_H
#define STATS_WEIGHTED_BALANCE_H

#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

struct weighted_moments {
    double mean, variance; /* variance NAN with one person */
    double total;          /* sum w */
    double effective;      /* (sum w)^2 / sum w^2, Kish 1965 */
};

/**
 * frequency  [n] people of a row, above 0 where its weight is; NULL: one each
 * arm        [n] which arm a row is in; `wanted` is described
 * Returns GSL_SUCCESS; GSL_EDOM when no row is left (all NAN); GSL_EINVAL for an infinite x or a weight that is negative or
 * not finite.  O(n), allocates nothing.
 */
int weighted_moments(size_t n, const double *x, const double *weight, const double *frequency, const uint8_t *arm,
                     uint8_t wanted, struct weighted_moments *moments);

/** The same of rows that lie in several places (reducer.h). */
int weighted_moments_all(size_t n, const double *x, const double *weight, const double *frequency, const uint8_t *arm,
                         uint8_t wanted, const struct reducer *reducer, struct weighted_moments *moments);

/** One of several things that are described at once. */
struct weighted_description {
    const double *x, *weight; /* [n] */
    uint8_t arm;              /* which is described */
    struct weighted_moments moments;
    int status;               /* as weighted_moments returns it */
};

/** The same of several arms, values and weights of the same rows: five messages for any 32 of them. */
void weighted_describe(size_t n, const double *frequency, const uint8_t *arm, struct weighted_description *each, size_t n_each,
                       const struct reducer *reducer);

/**
 * weighted_levels - sums of weights by arm and level.
 *
 * level      [n] 0 .. n_level - 1, or below 0: not known, left out
 * sum        output [2 * n_level]: of arm 0, then of arm 1
 * GSL_EINVAL for a weight that is not finite, GSL_ENOMEM.  O(n).
 */
int weighted_levels(size_t n, const int32_t *level, size_t n_level, const double *weight, const uint8_t *arm, double *sum);

/** The same of rows that lie in several places (reducer.h). */
int weighted_levels_all(size_t n, const int32_t *level, size_t n_level, const double *weight, const uint8_t *arm,
                        const struct reducer *reducer, double *sum);

/** The same of several columns at once, in two messages. */
struct weighted_levels {
    const int32_t *level; /* [n] */
    size_t n_level;
    double *sum;          /* [2 * n_level] */
};
int weighted_levels_each(size_t n, const double *weight, const uint8_t *arm, const struct weighted_levels *each, size_t n_each,
                         const struct reducer *reducer);

#endif
