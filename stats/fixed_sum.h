/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fixed_sum.h - order-free sums for the innermost loops of regressions: addends become whole numbers.
 *
 *     fixed_scale_init(&scale, bound, n_max)    |x| <= bound, at most n_max addends
 *     sum += fixed_part(&scale, x)              one 64-bit addition; value = sum * scale.down
 *     fixed_split(&scale, x, &high, &low)       two of them; value = (high + low 2^-scale.shift) * scale.down
 *
 * Whole numbers add exactly, so order, chunks and threads cannot change a bit; merging is adding.  Where grid_sum.h
 * needs two floating-point additions for 2^-64 of the bound, one 64-bit integer holds 62 - log2(n_max) bits of it (41
 * for 2 million addends), which is enough wherever the sum is not a small difference of large ones; the second part
 * adds as many again for sums from which parts are taken away, such as risk sets.
 *
 * Error of one addend: half a step, 2^-(62 - log2 n_max) of the bound in one part, the square of that in two.
 * The bound must be that of the *whole* sum (all chunks, threads and sites): sums of different scales do not merge.
 */
#ifndef STATS_FIXED_SUM_H
#define STATS_FIXED_SUM_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

struct fixed_scale {
    double up, down; /* powers of 2, up * down = 1; 0 for a zero bound */
    double up_low;   /* 2^shift */
    int shift;       /* bits of a part */
};

/**
 * fixed_scale_init - GSL_SUCCESS; GSL_EINVAL for a bound that is negative or not finite or n_max above 2^40;
 * GSL_EOVRFLW where n_max addends of that size could pass the largest double.
 */
int fixed_scale_init(struct fixed_scale *scale, double bound, uint64_t n_max);

/** fixed_part - x as a multiple of scale->down, to nearest. */
static inline int64_t fixed_part(const struct fixed_scale *scale, double x)
{
    return llrint(x * scale->up);
}

/** fixed_split - the same with the remainder as a second whole number. */
static inline void fixed_split(const struct fixed_scale *scale, double x, int64_t *high, int64_t *low)
{
    const double scaled = x * scale->up; /* exact: a power of 2 */
    const int64_t h = llrint(scaled);

    *high = h;
    *low = llrint((scaled - (double)h) * scale->up_low); /* the difference is exact, at most 1/2 */
}

/** fixed_wide - high 2^shift + low in one number, so that sums over a long axis stay exact. */
static inline __int128 fixed_wide(const struct fixed_scale *scale, int64_t high, int64_t low)
{
    return (__int128)high * ((__int128)1 << scale->shift) + low;
}

/** fixed_wide_value - such a number as a double. */
static inline double fixed_wide_value(const struct fixed_scale *scale, __int128 wide)
{
    return (double)wide * scale->down / scale->up_low;
}

/** fixed_value - the value of a sum in two parts, to the precision of its larger part. */
static inline double fixed_value(const struct fixed_scale *scale, int64_t high, int64_t low)
{
    return ((double)high + (double)low / scale->up_low) * scale->down;
}

#endif
