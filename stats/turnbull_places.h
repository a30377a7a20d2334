/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * turnbull_places.h - Turnbull's estimate of people who lie in several places (reducer.h): it depends on how often each
 * interval occurs, so intervals with their counts are all that is sent, and every place solves the same.
 */
#ifndef STATS_TURNBULL_PLACES_H
#define STATS_TURNBULL_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

/** As turnbull_solve() takes them; start with {0}. */
struct turnbull_rows {
    size_t n;
    double *lower, *upper; /* [n] malloc'ed */
    int64_t *frequency;    /* [n] */
};
void turnbull_rows_free(struct turnbull_rows *rows);

/**
 * turnbull_collect - the rows of this place become the distinct ones of all places; none is NaN.
 *
 * GSL_SUCCESS; GSL_ENOMEM.  O(n log n); sent: 24 bytes for each distinct row.
 */
int turnbull_collect(struct turnbull_rows *rows, const struct reducer *reducer);

#endif
