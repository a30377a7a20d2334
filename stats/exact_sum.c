/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/exact_sum.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <string.h>

enum { BIN_BITS = EXACT_SUM_BIN_BITS, FRACTION_BITS = EXACT_SUM_FRACTION_BITS, LOWEST_BIT = -1075 /* exponent of bit 0 of bin 0 */ };

static const uint64_t bin_mask = 0xffffffffu;

void exact_sum_init(struct exact_sum *sum)
{
    memset(sum, 0, sizeof *sum);
}

void exact_sum_carry(struct exact_sum *sum)
{
    int64_t carry = 0;

    for (int j = 0; j < EXACT_SUM_BINS - 1; j++) {
        const int64_t value = sum->bin[j] + carry;

        carry = value >> BIN_BITS; /* arithmetic shift: rounds down, so that the rest is not negative */
        sum->bin[j] = (int64_t)((uint64_t)value & bin_mask);
    }
    sum->bin[EXACT_SUM_BINS - 1] += carry;
    sum->n_pending = 0;
}

static int spoil(struct exact_sum *sum, int status)
{
    sum->spoiled = true;
    return status;
}

int exact_sum_add_array(struct exact_sum *sum, const double *x, size_t n)
{
    int status = GSL_SUCCESS;

    for (size_t i = 0; i < n; i++)
        if (exact_sum_add(sum, x[i]) != GSL_SUCCESS)
            status = GSL_EINVAL;
    return status;
}

int exact_sum_add_times(struct exact_sum *sum, double x, int64_t times)
{
    struct exact_sum_parts part;
    unsigned __int128 product;

    if (!exact_sum_take_apart(x, &part))
        return spoil(sum, GSL_EINVAL);
    if (times < 0)
        part.negative = !part.negative;
    product = (unsigned __int128)part.mantissa * (times < 0 ? 0 - (uint64_t)times : (uint64_t)times);
    for (unsigned j = part.bin; product != 0; j++, product >>= BIN_BITS) {
        const uint64_t digit = ((uint64_t)product & bin_mask) << part.shift;
        const int64_t low = (int64_t)(digit & bin_mask), high = (int64_t)(digit >> BIN_BITS);

        sum->bin[j] += part.negative ? -low : low;
        sum->bin[j + 1] += part.negative ? -high : high;
    }
    exact_sum_count(sum);
    return GSL_SUCCESS;
}

int exact_sum_add_product(struct exact_sum *sum, double x, double y, int64_t times)
{
    const double high = x * y;

    if (!isfinite(x) || !isfinite(y))
        return spoil(sum, GSL_EINVAL);
    if (!isfinite(high))
        return spoil(sum, GSL_EOVRFLW);
    exact_sum_add_times(sum, high, times);
    exact_sum_add_times(sum, fma(x, y, -high), times); /* the product's rounding error, itself a double */
    return GSL_SUCCESS;
}

int exact_sum_merge(struct exact_sum *sum, const struct exact_sum *other)
{
    struct exact_sum carried = *other;

    exact_sum_carry(&carried);
    exact_sum_carry(sum);
    for (int j = 0; j < EXACT_SUM_BINS; j++)
        sum->bin[j] += carried.bin[j];
    exact_sum_carry(sum);
    sum->spoiled = sum->spoiled || other->spoiled;
    return sum->spoiled ? GSL_EINVAL : GSL_SUCCESS;
}

/* Bits first .. first + 63 of a carried sum that is not negative; first may lie below bit 0. */
static uint64_t bits_from(const struct exact_sum *sum, int first)
{
    uint64_t bits = 0;

    for (int j = 0; j < EXACT_SUM_BINS; j++) {
        const int shift = BIN_BITS * j - first;

        if (shift >= 64 || shift <= -BIN_BITS)
            continue;
        bits |= shift >= 0 ? (uint64_t)sum->bin[j] << shift : (uint64_t)sum->bin[j] >> -shift;
    }
    return bits;
}

static bool any_bit_below(const struct exact_sum *sum, int last)
{
    for (int j = 0; j < EXACT_SUM_BINS && BIN_BITS * j < last; j++) {
        const int n_bits = last - BIN_BITS * j;
        const uint64_t mask = n_bits >= BIN_BITS ? bin_mask : ((uint64_t)1 << n_bits) - 1;

        if (((uint64_t)sum->bin[j] & mask) != 0)
            return true;
    }
    return false;
}

/* Position of the highest bit of a carried sum that is not negative; -1 for zero. */
static int highest_bit(const struct exact_sum *sum)
{
    for (int j = EXACT_SUM_BINS - 1; j >= 0; j--)
        if (sum->bin[j] != 0)
            return BIN_BITS * j + 63 - __builtin_clzll((uint64_t)sum->bin[j]);
    return -1;
}

static double magnitude(const struct exact_sum *sum)
{
    const int top = highest_bit(sum);
    /* 53 bits from the top, but never below the last bit of a subnormal, which is bit 1. */
    const int last = GSL_MAX_INT(top - FRACTION_BITS, 1);
    uint64_t mantissa;

    if (top < 0)
        return 0;
    mantissa = bits_from(sum, last);
    if ((bits_from(sum, last - 1) & 1) != 0 && (any_bit_below(sum, last - 1) || (mantissa & 1) != 0))
        mantissa++;
    return ldexp((double)mantissa, last + LOWEST_BIT); /* exact, or infinite */
}

int exact_sum_round(const struct exact_sum *sum, double *total)
{
    struct exact_sum carried = *sum;
    bool negative;

    *total = GSL_NAN;
    if (sum->spoiled)
        return GSL_EINVAL;
    exact_sum_carry(&carried);
    negative = carried.bin[EXACT_SUM_BINS - 1] < 0;
    if (negative) {
        for (int j = 0; j < EXACT_SUM_BINS; j++)
            carried.bin[j] = -carried.bin[j];
        exact_sum_carry(&carried);
    }
    *total = negative ? -magnitude(&carried) : magnitude(&carried);
    return isfinite(*total) ? GSL_SUCCESS : GSL_EOVRFLW;
}
