/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * autocorrelation.h - how much neighbours of a series resemble each other.
 *
 *     r1 = sum_{i < n} (y_i - mean)(y_{i+1} - mean) / sum_i (y_i - mean)^2
 *
 * y          [n] finite, in the order of the series
 *
 * The mean is exact but for one rounding, the sums are exact (exact_sum.h).  GSL_SUCCESS; GSL_EINVAL for a value that is not
 * finite; GSL_EDOM (NAN) for n < 2 or values that are all alike; GSL_EOVRFLW.  O(n), allocates nothing.
 */
#ifndef STATS_AUTOCORRELATION_H
#define STATS_AUTOCORRELATION_H

#include <stddef.h>

int autocorrelation_first(const double *y, size_t n, double *r1);

#endif
