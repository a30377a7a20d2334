/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * wide_sum.h - order-free sums on one grid that is the same for everybody, whoever adds where.
 *
 * An addend becomes a whole number of steps of 2^-72, once, to nearest; from then on sums are exact.  fixed_sum.h and
 * grid_sum.h need a bound over all addends before the first one is added; sums of sites that see no records of each
 * other have none, and 128 bits need none: up to 2^24 addends of magnitude 2^30 fit.
 *
 * Error of one addend: half a step, 1.1e-22, whatever its size.  Good for addends near 1, which is what standardised
 * columns and centred predictors give; a risk of 1e-10 still keeps 12 digits.
 */
#ifndef STATS_WIDE_SUM_H
#define STATS_WIDE_SUM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

typedef __int128 wide_sum;

/* Largest magnitude of an addend, and of `times` addends together. */
#define WIDE_ADDEND_MAX 0x1p40
#define WIDE_TOTAL_MAX 0x1p54

/** Can x be added so many times?  NaN cannot. */
static inline bool wide_fits(double x, double times)
{
    return fabs(x) <= WIDE_ADDEND_MAX && fabs(x) * times <= WIDE_TOTAL_MAX;
}

/** x in steps; |x| <= WIDE_TOTAL_MAX. */
static inline wide_sum wide_of(double x)
{
    return (wide_sum)rint(x * 0x1p72);
}

static inline double wide_value(wide_sum sum)
{
    return (double)sum * 0x1p-72;
}

/** Two halves, as files keep them; wide_join(wide_high(s), wide_low(s)) = s. */
static inline int64_t wide_high(wide_sum sum)
{
    return (int64_t)(sum >> 62);
}

static inline int64_t wide_low(wide_sum sum)
{
    return (int64_t)(sum & (((wide_sum)1 << 62) - 1));
}

static inline wide_sum wide_join(int64_t high, int64_t low)
{
    return ((wide_sum)high << 62) + low;
}

#endif
