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
struct dealt_rows {
    struct cox_rows rows;
    double *prediction;   /* [rows.n] */
    void *memory;
};

/** Errors of the reducer, GSL_EINVAL (everywhere) for a prediction that is not finite; free in any case. */
int dealt_rows_take(const struct cox_rows *rows, const double *prediction, struct dealt_rows *dealt);
void dealt_rows_free(struct dealt_rows *dealt);

/**
 * Adds the pairs with rows of other places to those of each row here.
 *
 * good, bad  [n] pairs in which the higher prediction has the event first, and in which it has not
 */
int dealt_rows_add_others(const struct dealt_rows *dealt, double *good, double *bad);

#endif
