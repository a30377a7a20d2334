/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * square_sum.h - sums of an array and of its squares: whole numbers in two parts (fixed_sum.h), so the order of the addends changes no
 * bit.  The error of an addend is 2^-(2 (62 - log2 n)) of the largest one.
 */
#ifndef STATS_SQUARE_SUM_H
#define STATS_SQUARE_SUM_H

#include <stddef.h>

#include "stats/fixed_total.h"
#include "stats/reducer.h"

/** sum x[i]; NAN when one is not finite, or the sum could be too large. */
double plain_sum(const double *x, size_t n);

/** sum x[i]^2; NAN when one is not finite, or its square. */
double square_sum(const double *x, size_t n);

/** The same of the numbers in all places (reducer.h). */
double square_sum_all(const double *x, size_t n, const struct reducer *reducer);

#endif
