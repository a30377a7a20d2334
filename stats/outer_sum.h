/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * outer_sum.h - sums of the squares of vectors: the middle of a sandwich.
 *
 *     M = sum u u'
 *
 * Products become whole numbers in two parts (fixed_sum.h), so neither the order of the vectors, nor threads, nor the places that
 * have them (reducer.h) change a bit.  The error of a product besides its own rounding is 2^-102 of the bound's square, or, of more
 * than 2^11 vectors, 2^-(2 (62 - log2 n)) of it.  Seven operations for eight products.
 */
#ifndef STATS_OUTER_SUM_H
#define STATS_OUTER_SUM_H

#include <stddef.h>
#include <stdint.h>

#include "stats/clusters.h"
#include "stats/fixed_sum.h"
#include "stats/reducer.h"

struct outer_sum {
    size_t p, stride;
    struct fixed_scale scale;  /* of products */
    uint64_t n;                /* vectors so far */
    uint64_t *high, *low;      /* [p * stride] the lower triangle, and some right of it, which are not meant */
    double *scaled;            /* of vectors that are being added */
};

/** p rounded up to whole vectors of the processor: what lies between two vectors that are added. */
size_t outer_stride(size_t p);

/**
 * bound      |u[j]| is at most that
 * n_max      most vectors that are ever added, in all places
 *
 * GSL_SUCCESS; GSL_EINVAL for a bound that is not finite, GSL_EOVRFLW where its square is not; GSL_ENOMEM.  Clear in any case.
 * The bits of M depend on the exponents of both, which are to be those of the whole sum.
 */
int outer_sum_make(struct outer_sum *sum, size_t p, double bound, uint64_t n_max);
void outer_sum_clear(struct outer_sum *sum);

/** u [n * stride]: n vectors, each followed by zeros up to the stride. */
void outer_sum_add(struct outer_sum *sum, const double *u, size_t n);

/** sum += other, of the same bound and n_max. */
void outer_sum_merge(struct outer_sum *sum, const struct outer_sum *other);

/** matrix [p * p]: the lower triangle of the sum of all places; the upper one stays.  The sum is spent. */
void outer_sum_read(struct outer_sum *sum, const struct reducer *reducer, double *matrix);

/**
 * outer_sum_of - the same at once of the sums of clusters: of those here, and of the shared ones, which all places have, once.
 *
 * u          [clusters->n * p] without gaps
 *
 * bound and n_max are those of all places.  Errors as outer_sum_make, in all places alike.
 */
int outer_sum_of(const double *u, const struct clusters *clusters, size_t p, double bound, uint64_t n_max,
                 const struct reducer *reducer, double *matrix);

#endif
