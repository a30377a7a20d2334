/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * derived_values.h - the values of the derived columns (study/derived.h) of index stays.
 */
#ifndef COHORT_DERIVED_VALUES_H
#define COHORT_DERIVED_VALUES_H

#include "base/table.h"
#include "cohort/history.h"
#include "cohort/index_stays.h"
#include "cohort/joined_rows.h"
#include "study/study.h"

/** What the values are computed from. */
struct derivation {
    const struct study *study;
    const struct history *history;
    const struct table *records;      /* of the source; with the columns of derived_source_columns() */
    const size_t *row;                /* [n] of records; NULL: the ones that the history names */
    const struct table *clients;      /* beside the stays (study/joined.h); NULL: no column of it is asked for */
    const size_t *client;             /* [n] its row, or JOINED_NONE */
    const struct index_stay *index;   /* [n] */
    const int32_t *time_zero;         /* [n]; DAY_UNKNOWN: none */
    size_t n;
};

/**
 * A table `derived` with those of the named columns that are derived, one row an index stay.  names: NULL-terminated.
 * NULL after telling.
 */
struct table *derived_compute(const struct derivation *from, const char *const *names, int n_threads);

/** Adds the columns of the source that these derived columns and the end of observation need; -1 after telling. */
int derived_source_columns(const struct study *study, const char *const *derived, char ***names);

/** Adds the columns of table episodes that these derived columns are computed from; -1 after telling. */
int derived_episode_columns(const struct study *study, const char *const *derived, char ***names);

/** The row of `records` of an index stay. */
static inline size_t derived_record(const struct derivation *from, size_t i)
{
    return from->row != NULL ? from->row[i] : (size_t)from->history->record[from->index[i].stay];
}

/** The last day on which the person of an index stay is observed: the study's, or the first of `follow_up.end`. */
int32_t derived_last_day(const struct derivation *from, size_t i);

#endif
