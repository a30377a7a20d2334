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

/** vector_fixed - to[k] = fixed_part(scale, x[k]), k < n; |x[k]| at most the bound of the scale. */
VECTOR_INLINE void vector_fixed(const struct fixed_scale *scale, const double *x, size_t n, int64_t *to)
{
    const double up = scale->up, magic = 0x1.8p52;
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
    const double up = scale->up, magic = 0x1.8p52;
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

#endif
