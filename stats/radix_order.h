/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * radix_order.h - the order of many numbers, by counting their digits.
 */
#ifndef STATS_RADIX_ORDER_H
#define STATS_RADIX_ORDER_H

#include <stddef.h>
#include <stdint.h>

/**
 * radix_order - the stable ascending order of x.
 *
 * x          [n] finite; -0 counts as 0
 * group      [n] 0 .. n_group - 1, sorted by before x; NULL: one group
 * order      [n] output: x[order[0]] <= x[order[1]] ...
 *
 * Many whole numbers below 65,536 need one pass; else digits in which all numbers agree cost nothing: any doubles need six.
 * GSL_ENOMEM when memory is short; n below 2^32.
 */
int radix_order(const double *x, const int32_t *group, size_t n_group, size_t n, uint32_t *order);

#endif
