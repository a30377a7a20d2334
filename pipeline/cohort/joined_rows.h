/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * joined_rows.h - the row of `clients` that belongs to each index stay (study/joined.h).
 */
#ifndef COHORT_JOINED_ROWS_H
#define COHORT_JOINED_ROWS_H

#include "base/table.h"
#include "cohort/history.h"
#include "cohort/index_stays.h"
#include "study/study.h"

#define JOINED_NONE SIZE_MAX

/** Adds the columns of table `clients` that these derived columns ask for, its key with them; -1 after telling. */
int joined_client_columns(const struct study *study, const char *const *derived, char ***names);

/** Adds the key of persons among the stays, if any of these derived columns asks for `clients`; -1 after telling. */
int joined_source_columns(const struct study *study, const char *const *derived, char ***names);

/**
 * rows [n]: of `clients`, or JOINED_NONE where the person of the index stay has no row there, or several.  Tells how many
 * persons these are.  records: the stays of the source, with their key.  Caller frees; NULL after telling.  O(n + clients).
 */
size_t *joined_rows_find(const struct study *study, const struct table *records, const struct table *clients,
                         const struct history *history, const struct index_stay *index, size_t n);

#endif
