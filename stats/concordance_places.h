/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * concordance_places.h - pairs of rows that lie in several places (reducer.h).
 *
 * All places have one axis.  Rows move, once, so that each place has a range of the predictions, the first place the lowest;
 * equal ones are in one place.  Then which of two rows in different places has the higher prediction is known, and how many
 * there are is told by counts by position (pair_walk.h).
 *
 * Sent: 16 bytes a row, 8 more for its weight and 8 for its cluster where there are; and 16 bytes a position of the axis.
 */
#ifndef STATS_CONCORDANCE_PLACES_H
#define STATS_CONCORDANCE_PLACES_H

#include "stats/pair_walk.h"
#include "stats/reducer.h"

/** The times of a stratum after those of another, ascending. */
struct pair_axis {
    size_t n;
    double *time;     /* [n] */
    int32_t *stratum; /* [n] */
    uint32_t *first;  /* [n] where the stratum begins */
};

void pair_axis_free(struct pair_axis *axis);

/** The axis of every place becomes that of all.  GSL_ENOMEM. */
int pair_axis_join(const struct reducer *reducer, struct pair_axis *axis);

/** The rows of each place, in any order, become those of its range; so do their clusters ([n], malloc'ed), or NULL.  GSL_ENOMEM. */
int walked_rows_exchange(const struct reducer *reducer, struct walked_rows *rows, int64_t **cluster);

/** count [n_axis]: what is here (pair_walk_count); becomes what is anywhere.  below [n_axis]: in the places before.  GSL_ENOMEM. */
int partners_join(const struct reducer *reducer, size_t n_axis, struct partners *count, struct partners *below);

#endif
