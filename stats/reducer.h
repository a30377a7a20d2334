/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reducer.h - rows that lie in several places, of which each call sees some: how their sums become those of all.
 *
 * A kernel that takes a reducer is called in all places at once, each with its own rows, with the same other arguments, and
 * gives the same results in all of them, bit by bit those of one call with all rows.  All sums are whole numbers or exact, so
 * it does not matter who has which row; a place may have none.  NULL in place of a reducer: all rows are here.
 *
 * The functions are collective: every place calls them in the same order with arrays of the same length (but for collect
 * and exchange, where each has its own).  They are called by one thread at a time.
 */
#ifndef STATS_REDUCER_H
#define STATS_REDUCER_H

#include <stddef.h>
#include <stdint.h>

struct reducer_bytes {
    unsigned char *bytes; /* what every place gave, place by place; freed by the caller */
    size_t n;
};

struct reducer {
    size_t n_places, place;
    void *context;
    void (*sum)(void *context, int64_t *values, size_t n);
    void (*largest)(void *context, double *values, size_t n); /* no NAN */
    void (*sum_and_largest)(void *context, int64_t *sums, size_t n_sums, double *largest, size_t n_largest); /* at once */
    int (*collect)(void *context, const void *bytes, size_t n, struct reducer_bytes *all); /* GSL_ENOMEM */
    /* Bytes first[k] .. first[k + 1] - 1 reach place k; from: what reached this one.  GSL_ENOMEM */
    int (*exchange)(void *context, const void *bytes, const size_t *first, struct reducer_bytes *from);
};

/** The same where reducer may be NULL. */
void reducer_sum(const struct reducer *reducer, int64_t *values, size_t n);

/** Several arrays at once, in messages of 4,096 numbers. */
struct reducer_piece {
    int64_t *values;
    size_t n;
};
void reducer_sum_pieces(const struct reducer *reducer, const struct reducer_piece *pieces, size_t n);
int64_t reducer_sum_one(const struct reducer *reducer, int64_t value);
double reducer_largest(const struct reducer *reducer, double value);

/** Both of a few numbers in one message: every message is waited for, and takes longer than its numbers. */
void reducer_sum_and_largest(const struct reducer *reducer, int64_t *sums, size_t n_sums, double *largest, size_t n_largest);

/** How many addends there are, and their bound: *n is added up, *bound becomes the largest; NAN anywhere is INFINITY everywhere. */
void reducer_size(const struct reducer *reducer, int64_t *n, double *bound);

/** Does anything, an error code, other than GSL_SUCCESS stand anywhere?  Then one of them; to be asked where a place may fail alone. */
void reducer_statuses(const struct reducer *reducer, int *statuses, size_t n); /* of n things, each the same everywhere */
static inline int reducer_status(const struct reducer *reducer, int status)
{
    int all = status;

    reducer_statuses(reducer, &all, 1);
    return all != 0 ? all : status; /* where all is well it is well here: that can be read off this line */
}

/** Whole numbers below 2^53 in doubles. */
void reducer_sum_counts(const struct reducer *reducer, double *values, size_t n);

/** The sum of all places; GSL_ENOMEM, else GSL_EINVAL for a spoiled one, and GSL_EMAXITER as grid_sum_merge. */
struct exact_sum;
int reducer_exact_sum(const struct reducer *reducer, struct exact_sum *sum);
struct grid_sum;
int reducer_grid_sum(const struct reducer *reducer, struct grid_sum *sum);

/** Many exact sums at once; a spoiled one is so everywhere.  GSL_ENOMEM. */
int reducer_exact_sums(const struct reducer *reducer, struct exact_sum *sums, size_t n);

/** Sums high [n] and low [n] of addends that were split on one grid (grid_sum.h), which holds those of all places.  GSL_ENOMEM. */
struct grid;
int reducer_grid_parts(const struct reducer *reducer, const struct grid *grid, double *high, double *low, size_t n);

/**
 * reducer_distinct - what occurs anywhere: [n] distinct ascending numbers of each place become those of all.
 *
 * values     malloc'ed; replaced
 */
int reducer_distinct(const struct reducer *reducer, double **values, size_t *n);

#endif
