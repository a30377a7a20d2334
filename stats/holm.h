/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * holm.h - p-values of several tests, adjusted so that the chance of any false rejection keeps to its level.
 *
 *     p~_(i) = min(1, max_{j <= i} (m - j + 1) p_(j))        p_(1) <= ... <= p_(m)
 *
 * Holm 1979, A simple sequentially rejective multiple test procedure, Scand J Statist 6:65.  Equal to p.adjust(method
 * = "holm") of R.
 */
#ifndef STATS_HOLM_H
#define STATS_HOLM_H

#include <stddef.h>

/**
 * holm_adjust - adjusted p-values.
 *
 * n          tests
 * p          [n] in [0, 1], or NaN for a test that does not exist: it counts for nothing and stays NaN
 * adjusted   [n] output; may be p itself
 * order      [n] workspace
 *
 * Returns GSL_SUCCESS; GSL_EDOM for another p.  O(n^2): there are few arms.
 */
int holm_adjust(size_t n, const double *p, double *adjusted, size_t *order);

#endif
