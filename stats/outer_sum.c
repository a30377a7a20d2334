/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/outer_sum.h"

#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/vectors.h"

/* Fewer vectors than LEAST leave room that the additions of vectors.h cannot fill. */
enum { LEAST = 1 << (62 - VECTOR_FIXED_BITS), AT_ONCE = 8 };

size_t outer_stride(size_t p)
{
    return (p + VECTOR_LANES - 1) / VECTOR_LANES * VECTOR_LANES;
}

int outer_sum_make(struct outer_sum *sum, size_t p, double bound, uint64_t n_max)
{
    *sum = (struct outer_sum){.p = p, .stride = outer_stride(p)};
    const int status = isfinite(bound) ? fixed_scale_init(&sum->scale, bound * bound, n_max < LEAST ? LEAST : n_max) : GSL_EINVAL;

    if (status != GSL_SUCCESS) /* a square that is too large for a double is told as a sum that is */
        return isfinite(bound) && isinf(bound * bound) ? GSL_EOVRFLW : status;
    sum->high = calloc(2 * p * sum->stride + AT_ONCE * sum->stride + 1, sizeof *sum->high);
    if (sum->high == NULL)
        return GSL_ENOMEM;
    sum->low = sum->high + p * sum->stride;
    sum->scaled = (double *)(void *)(sum->low + p * sum->stride);
    return GSL_SUCCESS;
}

void outer_sum_clear(struct outer_sum *sum)
{
    free(sum->high);
    *sum = (struct outer_sum){0};
}

/* scaled: u times up.  What rounding by an addition leaves in the upper bits is taken away at the end, n times. */
VECTOR_INLINE void add_some(struct outer_sum *sum, const double *restrict scaled, const double *restrict u, size_t n)
{
    const size_t p = sum->p, stride = sum->stride;
    const double magic = VECTOR_MAGIC, magic_low = VECTOR_MAGIC / sum->scale.up_low;

    for (size_t i = 0; i < p; i++) {
        uint64_t *const high_cells = sum->high + i * stride, *const low_cells = sum->low + i * stride;
        for (size_t j = 0; j <= i; j += VECTOR_LANES) {
            vector_bits high = *(vector_bits *)(high_cells + j), low = *(vector_bits *)(low_cells + j);
#pragma GCC unroll 8
            for (size_t m = 0; m < n; m++) {
                const vector_reals product = scaled[m * stride + i] * *(const vector_reals *)(u + m * stride + j),
                                   rounded = product + magic;
                high += (vector_bits)rounded;
                low += (vector_bits)((product - (rounded - magic)) + magic_low);
            }
            *(vector_bits *)(high_cells + j) = high;
            *(vector_bits *)(low_cells + j) = low;
        }
    }
    sum->n += n;
}

VECTOR_VERSIONS static void add_all(struct outer_sum *sum, const double *u, size_t n)
{
    for (size_t first = 0; first < n; first += AT_ONCE) {
        const size_t m = n - first < AT_ONCE ? n - first : AT_ONCE;
        const double *const some = u + first * sum->stride;
        for (size_t k = 0; k < m * sum->stride; k += VECTOR_LANES)
            *(vector_reals *)(sum->scaled + k) = sum->scale.up * *(const vector_reals *)(some + k);
        if (m == AT_ONCE)
            add_some(sum, sum->scaled, some, AT_ONCE);
        else
            add_some(sum, sum->scaled, some, m);
    }
}

void outer_sum_add(struct outer_sum *sum, const double *u, size_t n)
{
    add_all(sum, u, n);
}

void outer_sum_merge(struct outer_sum *sum, const struct outer_sum *other)
{
    for (size_t k = 0; k < 2 * sum->p * sum->stride; k++)
        sum->high[k] += other->high[k];
    sum->n += other->n;
}

void outer_sum_read(struct outer_sum *sum, const struct reducer *reducer, double *matrix)
{
    const double magic = VECTOR_MAGIC, magic_low = VECTOR_MAGIC / sum->scale.up_low;
    const size_t p = sum->p, stride = sum->stride;
    int64_t *const whole = (int64_t *)(void *)sum->high; /* the bits of both kinds are the same */
    uint64_t bits, bits_low;

    memcpy(&bits, &magic, sizeof bits);
    memcpy(&bits_low, &magic_low, sizeof bits_low);
    for (size_t k = 0; k < p * stride; k++) {
        sum->high[k] -= sum->n * bits;
        sum->low[k] -= sum->n * bits_low;
    }
    reducer_sum(reducer, whole, 2 * p * stride);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++)
            matrix[i * p + j] = fixed_wide_value(
                &sum->scale, fixed_wide(&sum->scale, whole[i * stride + j], whole[p * stride + i * stride + j]));
}

int outer_sum_of(const double *u, const struct clusters *clusters, size_t p, double bound, uint64_t n_max,
                 const struct reducer *reducer, double *matrix)
{
    struct outer_sum sum;
    int status = outer_sum_make(&sum, p, bound, n_max);
    double *const some = calloc(AT_ONCE * sum.stride + 1, sizeof *some);
    size_t waiting = 0;

    status = reducer_status(reducer, status == GSL_SUCCESS && some == NULL ? GSL_ENOMEM : status);
    for (size_t g = 0; status == GSL_SUCCESS && g < clusters->n; g++) {
        if (!clusters_is_mine(clusters, reducer, g))
            continue;
        memcpy(some + waiting * sum.stride, u + g * p, p * sizeof *some);
        if (++waiting == AT_ONCE) {
            outer_sum_add(&sum, some, waiting);
            waiting = 0;
        }
    }
    if (status == GSL_SUCCESS) {
        outer_sum_add(&sum, some, waiting);
        outer_sum_read(&sum, reducer, matrix);
    }
    free(some);
    outer_sum_clear(&sum);
    return status;
}
