/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * radix_order.h - the order of many numbers, by counting where they lie.
 */
#ifndef STATS_RADIX_ORDER_H
#define STATS_RADIX_ORDER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * radix_order - the stable ascending order of x.
 *
 * x          [n] finite; -0 counts as 0
 * group      [n] 0 .. n_group - 1, sorted by before x; NULL: one group
 * order      [n] output: x[order[0]] <= x[order[1]] ...
 *
 * Many whole numbers below 65,536 need one pass; any others the passes of radix_sort.
 * GSL_ENOMEM when memory is short; n below 2^32.
 */
int radix_order(const double *x, const int32_t *group, size_t n_group, size_t n, uint32_t *order);

/** A number on its way, with whom it belongs to and what else should come along. */
struct radix_item {
    uint64_t key;
    uint32_t row, with;
};

/**
 * radix_sort - the items in stable ascending order of their keys, in `items` or in `spare`, which is told.
 *
 * Numbers that lie about evenly between the smallest and the largest need two passes, of which one stays in the first cache,
 * and a few exchanges of neighbours; others are dealt by their digits as well, where digits in which all agree cost nothing: at most six
 * passes more.
 *
 * spare      [n] workspace
 */
struct radix_item *radix_sort(struct radix_item *items, struct radix_item *spare, size_t n);

/** Ascending as unsigned numbers just where x ascends; -0 counts as 0. */
static inline uint64_t radix_key(double x)
{
    uint64_t bits;

    x += 0.0; /* no negative zero */
    memcpy(&bits, &x, sizeof bits);
    return bits ^ ((uint64_t)-(int64_t)(bits >> 63) | (UINT64_C(1) << 63));
}

/** The number that a key was made of. */
static inline double radix_value(uint64_t key)
{
    const uint64_t bits = key ^ (((key >> 63) - 1) | (UINT64_C(1) << 63));
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

#endif
