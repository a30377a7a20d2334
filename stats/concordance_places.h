/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * concordance_places.h - pairs of rows that lie in several places (reducer.h).
 *
 * Rows move, once, so that each place has a range of the predictions; equal ones are in one place.  Then which of two rows in
 * different places has the higher prediction is known, and how many there are is told by counts by time: of each place,
 * stratum by stratum, how many leave on a day with the event, how many without, how many enter.
 *
 * Sent: 24 to 36 bytes a row, and some counts a day.
 */
#ifndef STATS_CONCORDANCE_PLACES_H
#define STATS_CONCORDANCE_PLACES_H

#include "stats/cox_data.h"

/** The rows that have come to this place; time, entry, event, stratum and frequency, as far as there are. */
struct ranged_rows {
    struct cox_rows rows;
    double *prediction;   /* [rows.n] */
    void *memory;
};

/** Errors of the reducer, GSL_EINVAL (everywhere) for a prediction that is not finite; free in any case. */
int ranged_rows_take(const struct cox_rows *rows, const double *prediction, struct ranged_rows *ranged);
void ranged_rows_free(struct ranged_rows *ranged);

/** Rows of the places with lower, or with higher predictions, as they are seen from a time of a stratum. */
struct other_side {
    int64_t living; /* at risk at it, without the event at it */
    int64_t past;   /* with the event before it or at it */
    int64_t events; /* with the event at it */
};

struct other_pairs {
    double time;
    int64_t stratum;
    struct other_side below, above;
};

struct others {
    size_t n;
    struct other_pairs *at; /* [n] by stratum and time; malloc'ed */
};

/** by_time, by_entry: [n] rows in order of stratum and time, or entry.  All times and entries of rows are there.  GSL_ENOMEM. */
int ranged_rows_count_others(const struct ranged_rows *ranged, const uint32_t *by_time, const uint32_t *by_entry,
                             struct others *others);

#endif
