/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * vectors.h - eight numbers at a time, by the vector types of gcc and clang.
 *
 * With AVX2 the compiler makes two steps of each, without it four; what is declared VECTOR_VERSIONS is compiled for all, and
 * the processor chooses.  Operations are the same, element by element, and so are the bits (-ffp-contract=off).
 */
#ifndef STATS_VECTORS_H
#define STATS_VECTORS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "stats/fixed_sum.h"

enum { VECTOR_LANES = 8 };

typedef int64_t vector_integers __attribute__((vector_size(64), aligned(8), may_alias));
typedef uint64_t vector_bits __attribute__((vector_size(64), aligned(8), may_alias));
typedef double vector_reals __attribute__((vector_size(64), aligned(8), may_alias));

/* A function that the loader chooses is called before a sanitizer is ready; of two versions one machine can count one. */
#if !defined STEPDOWN_COVERAGE && defined __x86_64__ && defined __gnu_linux__ && !defined __SANITIZE_ADDRESS__ && !defined __clang__
#define VECTOR_VERSIONS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VECTOR_VERSIONS
#endif

#define VECTOR_INLINE static inline __attribute__((always_inline))

/* From 2^51 on a double has no room to round to whole numbers by an addition. */
enum { VECTOR_FIXED_BITS = 51 };
#define VECTOR_MAGIC 0x1.8p52

/** vector_fixed - to[k] = fixed_part(scale, x[k]), k < n; |x[k]| at most the bound of the scale. */
VECTOR_INLINE void vector_fixed(const struct fixed_scale *scale, const double *x, size_t n, int64_t *to)
{
    const double up = scale->up, magic = VECTOR_MAGIC;
    int64_t bits;
    size_t k = 0;

    memcpy(&bits, &magic, sizeof bits);
    if (scale->shift <= VECTOR_FIXED_BITS)
        for (; k + VECTOR_LANES <= n; k += VECTOR_LANES) {
            const vector_reals sum = *(const vector_reals *)(x + k) * up + magic;
            *(vector_integers *)(to + k) = (vector_integers)sum - bits;
        }
    for (; k < n; k++)
        to[k] = fixed_part(scale, x[k]);
}

/** vector_multiply - product[k] = x[k] y[k], k < n. */
VECTOR_INLINE void vector_multiply(const double *x, const double *y, size_t n, double *product)
{
    size_t k = 0;

    for (; k + VECTOR_LANES <= n; k += VECTOR_LANES)
        *(vector_reals *)(product + k) = *(const vector_reals *)(x + k) * *(const vector_reals *)(y + k);
    for (; k < n; k++)
        product[k] = x[k] * y[k];
}

/** vector_sum - of its numbers. */
VECTOR_INLINE int64_t vector_sum(const vector_integers *sums)
{
    int64_t total = 0;

    for (size_t k = 0; k < VECTOR_LANES; k++)
        total += (*sums)[k];
    return total;
}

/** vector_total - sum of x[k], k < n. */
VECTOR_INLINE int64_t vector_total(const int64_t *x, size_t n)
{
    vector_integers sums = {0};
    int64_t total = 0;
    size_t k = 0;

    for (; k + VECTOR_LANES <= n; k += VECTOR_LANES)
        sums += *(const vector_integers *)(x + k);
    for (; k < n; k++)
        total += x[k];
    return total + vector_sum(&sums);
}

/** vector_product_total - sum of fixed_part(scale, x[k] y[k]), k < n. */
VECTOR_INLINE int64_t vector_product_total(const struct fixed_scale *scale, const double *x, const double *y, size_t n)
{
    const double up = scale->up, magic = VECTOR_MAGIC;
    vector_integers sums = {0};
    int64_t bits, total = 0;
    size_t k = 0;

    memcpy(&bits, &magic, sizeof bits);
    if (scale->shift <= VECTOR_FIXED_BITS)
        for (; k + VECTOR_LANES <= n; k += VECTOR_LANES) {
            const vector_reals sum = *(const vector_reals *)(x + k) * *(const vector_reals *)(y + k) * up + magic;
            sums += (vector_integers)sum - bits;
        }
    for (; k < n; k++)
        total += fixed_part(scale, x[k] * y[k]);
    return total + vector_sum(&sums);
}

/** vector_whole - to[k] = llrint(x[k]), k < n; |x[k]| below 2^shift of the scale. */
VECTOR_INLINE void vector_whole(const struct fixed_scale *scale, const double *x, size_t n, int64_t *to)
{
    const double magic = VECTOR_MAGIC;
    int64_t bits;
    size_t k = 0;

    memcpy(&bits, &magic, sizeof bits);
    if (scale->shift <= VECTOR_FIXED_BITS)
        for (; k + VECTOR_LANES <= n; k += VECTOR_LANES)
            *(vector_integers *)(to + k) = (vector_integers)(*(const vector_reals *)(x + k) + magic) - bits;
    for (; k < n; k++)
        to[k] = llrint(x[k]);
}

/* Sums of products that are made at once. */
enum { VECTOR_PRODUCTS = 4 };

/**
 * vector_products - total[m] = sum of llrint(x[m stride + k] y[k]) over k < n, for m < n_sum <= VECTOR_PRODUCTS.
 *
 * x holds numbers times scale->up: a power of 2, which no product sees.  What rounding by an addition leaves in the upper bits
 * is taken away once, at the end.
 */
VECTOR_INLINE void vector_products(const struct fixed_scale *scale, const double *x, size_t stride, size_t n_sum, const double *y,
                                   size_t n, int64_t *total)
{
    const double magic = VECTOR_MAGIC;
    const size_t n_vector = scale->shift <= VECTOR_FIXED_BITS ? n / VECTOR_LANES * VECTOR_LANES : 0;
    vector_bits sums[VECTOR_PRODUCTS] = {{0}};
    uint64_t bits;

    memcpy(&bits, &magic, sizeof bits);
    if (n_sum == VECTOR_PRODUCTS)
        for (size_t k = 0; k < n_vector; k += VECTOR_LANES) {
            const vector_reals by = *(const vector_reals *)(y + k);
#pragma GCC unroll 4
            for (size_t m = 0; m < VECTOR_PRODUCTS; m++)
                sums[m] += (vector_bits)(*(const vector_reals *)(x + m * stride + k) * by + magic);
        }
    else
        for (size_t m = 0; m < n_sum; m++)
            for (size_t k = 0; k < n_vector; k += VECTOR_LANES)
                sums[m] += (vector_bits)(*(const vector_reals *)(x + m * stride + k) * *(const vector_reals *)(y + k) + magic);
    for (size_t m = 0; m < n_sum; m++) {
        uint64_t sum = 0 - (uint64_t)n_vector * bits;

        for (size_t k = 0; k < VECTOR_LANES; k++)
            sum += sums[m][k];
        total[m] = (int64_t)sum;
        for (size_t k = n_vector; k < n; k++)
            total[m] += llrint(x[m * stride + k] * y[k]);
    }
}

/** vector_split - high[k], low[k] = fixed_split(scale, x[k]), k < n; |x[k]| at most the bound of the scale. */
VECTOR_INLINE void vector_split(const struct fixed_scale *scale, const double *x, size_t n, int64_t *high, int64_t *low)
{
    const double up = scale->up, up_low = scale->up_low, magic = VECTOR_MAGIC;
    int64_t bits;
    size_t k = 0;

    memcpy(&bits, &magic, sizeof bits);
    if (scale->shift <= VECTOR_FIXED_BITS)
        for (; k + VECTOR_LANES <= n; k += VECTOR_LANES) {
            const vector_reals scaled = *(const vector_reals *)(x + k) * up, sum = scaled + magic;
            *(vector_integers *)(high + k) = (vector_integers)sum - bits;
            *(vector_integers *)(low + k) = (vector_integers)((scaled - (sum - magic)) * up_low + magic) - bits;
        }
    for (; k < n; k++)
        fixed_split(scale, x[k], &high[k], &low[k]);
}

#endif
