/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * share.h - the persons of the cohort whose outcomes this rank finds, with everything that is known of them and nothing of
 * others: a run of rows of the cohort, their stays and episodes, and the records of both.
 *
 * Persons are not divided.  Numbers of rows (record, stay, episode) become those of the tables that were read.
 */
#ifndef OUTCOMES_SHARE_H
#define OUTCOMES_SHARE_H

#include <stddef.h>
#include <stdint.h>

#include "base/row_set.h"
#include "base/table.h"
#include "store/store.h"
#include "study/study.h"

struct share {
    size_t first, end;     /* rows of the cohort */
    struct table *cohort;  /* record: row of the source, until share_settle */
    struct table *stays, *episodes, *paths; /* NULL unless the stays are linked */
    struct row_set records; /* rows of the source */
};

/** The part of this rank.  -1 after telling; free in any case. */
int share_read(const struct study *study, const char *cohort, const char *episodes, const char *const *episode_columns,
               struct share *share);

/** From now on `record` counts the rows of share->records, not those of the source. */
void share_settle(struct share *share);
void share_free(struct share *share);

/** Where the persons of this rank stand among all. */
struct share_places {
    size_t first;          /* row of the cohort */
    const int64_t *record; /* of each: row of the source */
};

/**
 * Collective: a copy of a table of this share as part of one of all: its column `row`, or `record` of a table with a row a
 * person, counts all rows, and texts are as wide as anybody's.  NULL after telling.
 */
struct table *share_globally(const struct share_places *places, const struct table *table);

#endif
