/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * weighted_mean.h - sum w y / sum w, and its slope by every weight.
 *
 *     d mean / d w_i = (y_i - mean) / sum w
 *
 * n          rows
 * y          [n] finite where weight > 0
 * weight     [n] >= 0; 0 leaves a row out
 * slope      output [n], 0 for rows of weight 0; NULL: not wanted
 *
 * Sums are exact (exact_sum.h): no order.  GSL_SUCCESS; GSL_EDOM when all weights are 0; GSL_EINVAL for a y or weight that
 * is not as said.  O(n).
 */
#ifndef STATS_WEIGHTED_MEAN_H
#define STATS_WEIGHTED_MEAN_H

#include <stddef.h>

#include "stats/reducer.h"

int weighted_mean(size_t n, const double *y, const double *weight, double *mean, double *slope);

/** The same of rows that lie in several places (reducer.h); GSL_ENOMEM, too. */
int weighted_mean_all(size_t n, const double *y, const double *weight, const struct reducer *reducer, double *mean, double *slope);

#endif
