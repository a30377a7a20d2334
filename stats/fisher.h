/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fisher.h - Fisher's exact test of a two-by-two table, two-sided.
 *
 *     p = sum of P(X = k) over all k with P(X = k) <= P(X = a) (1 + 1e-7)
 *
 * X is hypergeometric, all margins fixed; the relative tolerance keeps tables that are equally likely but for rounding
 * together, as R's fisher.test does.
 *
 * table      counts (two_by_two.h), up to 2^53 in all
 * p_value    output, 1 when a margin is empty (one table only is possible)
 * log_p      output, may be NULL; finite also where p_value underflows
 *
 * Returns GSL_SUCCESS; GSL_EINVAL for bad counts.
 * Probabilities by the saddle-point expansion, tails summed outwards from their largest term: O(sqrt n) terms, so
 * millions of persons cost less than a millisecond.  Allocates nothing.
 * Fisher 1935, doi:10.2307/2342435.
 */
#ifndef STATS_FISHER_H
#define STATS_FISHER_H

#include "stats/two_by_two.h"

int fisher_exact(const struct two_by_two *table, double *p_value, double *log_p);

#endif
