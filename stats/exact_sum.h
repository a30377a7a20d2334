/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * exact_sum.h - sums of doubles without any rounding, so without any order.
 *
 * The sum is one long fixed-point number that covers every double.  Bin j holds a signed multiple of
 * 2^(32 j - 1075); neighbours overlap by 32 bits, so that many addends fit before a carry is needed.
 * Bins sit at fixed absolute exponents: no bound has to be known, merging is adding bin by bin, and
 * neither order nor grouping of the addends can change the result.
 *
 *     struct exact_sum sum;
 *     exact_sum_init(&sum);
 *     exact_sum_add_array(&sum, x, n);
 *     status = exact_sum_round(&sum, &total);       the double nearest to the true sum
 *
 * Range     all finite doubles, subnormals too; any sum of up to 2^64 addends stays exact, also where it
 *           passes the largest double on its way.
 * Refusals  An infinity or NaN is not added: the call returns GSL_EINVAL and the sum is `spoiled` from then
 *           on.  The state is sticky: it survives merging, and exact_sum_round then returns GSL_EINVAL and NAN.
 *           Only exact_sum_init clears it.
 * Zeros     an empty sum and a sum that cancels are +0, whatever the signs of their zeros.
 * Cost      some nanoseconds an addend, O(1) memory, allocates nothing.
 *
 * Neal 2015, Fast exact summation using small and large superaccumulators, arXiv:1505.05571.
 */
#ifndef STATS_EXACT_SUM_H
#define STATS_EXACT_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <gsl/gsl_errno.h>

enum {
    EXACT_SUM_BINS = 68,
    EXACT_SUM_BIN_BITS = 32,
    EXACT_SUM_FRACTION_BITS = 52,
    /* One addend moves a bin by less than 2^52 (the part of a mantissa shifted out of its low bin; a counted one by
       less than 2^33) and a carried bin is below 2^32: so many stay below 2^63. */
    EXACT_SUM_PENDING_MAX = 2000
};

struct exact_sum {
    int64_t bin[EXACT_SUM_BINS]; /* value = sum_j bin[j] 2^(32 j - 1075) */
    uint32_t n_pending;          /* addends since the last carry, bounded so that no bin overflows */
    bool spoiled;                /* a value that is not finite was offered */
};

void exact_sum_init(struct exact_sum *sum);

/** exact_sum_add - sum += x.  GSL_EINVAL when x is not finite. */
static inline int exact_sum_add(struct exact_sum *sum, double x);

/** exact_sum_add_array - adds x[0 .. n-1].  GSL_EINVAL when one is not finite; the finite ones are added still. */
int exact_sum_add_array(struct exact_sum *sum, const double *x, size_t n);

/** exact_sum_add_times - adds x `times` times, exactly (a frequency; negative takes away).  GSL_EINVAL as above. */
int exact_sum_add_times(struct exact_sum *sum, double x, int64_t times);

/**
 * exact_sum_add_product - adds x y `times` times without rounding the product.
 *
 * Exact while the product's last bit lies on the grid of the doubles, so whenever |x y| >= 1e-291 or x y = 0;
 * below that the error is less than 2^-1074 times `times`, and still does not depend on the order.
 * GSL_EINVAL when x or y is not finite, GSL_EOVRFLW when x y overflows; both spoil the sum.
 */
int exact_sum_add_product(struct exact_sum *sum, double x, double y, int64_t times);

/** exact_sum_merge - sum += other, exactly; other is left as it is.  GSL_EINVAL when the result is spoiled. */
int exact_sum_merge(struct exact_sum *sum, const struct exact_sum *other);

/**
 * exact_sum_carry - the one canonical form: every bin but the last within 0 .. 2^32 - 1, nothing pending.
 *
 * Two sums of equal value have equal bytes in `bin` after it: call it before a sum is stored or compared.
 */
void exact_sum_carry(struct exact_sum *sum);

/**
 * exact_sum_round - the double nearest to the sum, ties to even.
 *
 * Returns GSL_SUCCESS; GSL_EINVAL and NAN for a spoiled sum; GSL_EOVRFLW and an infinity of the right sign when
 * the sum itself rounds beyond the largest double.  The sum is not changed and can be added to further.
 */
int exact_sum_round(const struct exact_sum *sum, double *total);

/* ---- the innermost loop of many estimates, so where the compiler sees it ------------------------------------------- */

/* A finite double as mantissa * 2^(32 bin + shift - 1075). */
struct exact_sum_parts {
    uint64_t mantissa;
    unsigned bin, shift;
    bool negative;
};

static inline bool exact_sum_take_apart(double x, struct exact_sum_parts *parts)
{
    const uint64_t hidden = (uint64_t)1 << EXACT_SUM_FRACTION_BITS;
    uint64_t bits;
    unsigned exponent;

    memcpy(&bits, &x, sizeof bits);
    exponent = (unsigned)(bits >> EXACT_SUM_FRACTION_BITS) & 0x7ff;
    if (exponent == 0x7ff)
        return false;
    parts->mantissa = bits & (hidden - 1);
    if (exponent == 0)
        exponent = 1; /* subnormal: the smallest normal's exponent without its hidden bit */
    else
        parts->mantissa |= hidden;
    parts->bin = exponent / EXACT_SUM_BIN_BITS;
    parts->shift = exponent % EXACT_SUM_BIN_BITS;
    parts->negative = bits >> 63;
    return true;
}

static inline void exact_sum_count(struct exact_sum *sum)
{
    if (++sum->n_pending >= EXACT_SUM_PENDING_MAX)
        exact_sum_carry(sum);
}

static inline int exact_sum_add(struct exact_sum *sum, double x)
{
    struct exact_sum_parts part;

    if (!exact_sum_take_apart(x, &part)) {
        sum->spoiled = true;
        return GSL_EINVAL;
    }
    const int64_t low = (int64_t)((part.mantissa << part.shift) & 0xffffffffu),
                  high = (int64_t)(part.mantissa >> (EXACT_SUM_BIN_BITS - part.shift)),
                  sign = -(int64_t)part.negative; /* x or -x without a branch: signs follow no pattern */
    sum->bin[part.bin] += (low ^ sign) - sign;
    sum->bin[part.bin + 1] += (high ^ sign) - sign;
    exact_sum_count(sum);
    return GSL_SUCCESS;
}

#endif
