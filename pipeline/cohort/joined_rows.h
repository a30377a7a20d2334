/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * joined_rows.h - the row of `clients` that belongs to each index stay (study/joined.h).
 */
#ifndef COHORT_JOINED_ROWS_H
#define COHORT_JOINED_ROWS_H

#include "base/table.h"
#include "store/store.h"
#include "study/study.h"

#define JOINED_NONE SIZE_MAX

/** Does any of these derived columns ask for `clients`? */
bool joined_is_asked_for(const struct study *study, const char *const *derived);

/** Adds the key of persons among the stays, if any of these derived columns asks for `clients`; -1 after telling. */
int joined_source_columns(const struct study *study, const char *const *derived, char ***names);

/** What of `clients` belongs to some index stays. */
struct joined_rows {
    struct table *clients; /* the columns asked for */
    size_t *row;           /* [n] of it, or JOINED_NONE where the person has no row there, or several */
};

/**
 * Collective (base/ranks.h): reads table `clients` of records.h5 for the index stays of this rank, whose records stand row by row in
 * `records`, with their key.  Each rank reads a run of the clients; keys meet at the rank that their hash names, and each gets the
 * rows of its own persons.  Tells how many index stays have no row, or several.  derived: the columns that are asked for.
 * -1 after telling; free in any case.  O(n + clients).
 */
int joined_rows_read(const struct study *study, const char *const *derived, struct store *store, const struct table *records,
                     struct joined_rows *joined);
void joined_rows_free(struct joined_rows *joined);

#endif
