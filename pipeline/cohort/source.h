/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * source.h - the columns that the stages to the right of cohort read: of the source, and derived ones.
 */
#ifndef COHORT_SOURCE_H
#define COHORT_SOURCE_H

#include <stdbool.h>

#include "base/row_set.h"
#include "base/table.h"
#include "study/study.h"

/**
 * Reads columns, one row a record of the source: those of the source from OUT/work/records.h5, derived ones
 * (study/derived.h) from OUT/work/cohort.h5, where they are missing for records that are no index stay of the cohort.
 * So column `record` of table cohort leads to both.  names: NULL-terminated.  NULL after telling.
 */
struct table *source_read(const struct study *study, const char *out, const char *const *names);

/** Is the column one that stands in cohort.h5? */
bool source_is_derived(const struct study *study, const char *name);

/** Some rows of the source, and the rows of the cohort whose derived values they are to have. */
struct source_rows {
    const struct row_set *records;
    size_t first, end; /* of the cohort; their records are among these */
};

/** The same of these rows alone; NULL: all.  Collective (base/ranks.h) where rows are given: each rank has its own. */
struct table *source_read_rows(const struct study *study, const char *out, const char *const *names,
                               const struct source_rows *rows);

#endif
