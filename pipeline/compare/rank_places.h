/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * rank_places.h - ranks (base/ranks.h) as the places where rows lie (stats/reducer.h): each has a run of the people.
 *
 * Rank r of n has rows n_rows r / n .. n_rows (r + 1) / n - 1 of table cohort, and of every table that goes along with it.
 */
#ifndef COMPARE_RANK_PLACES_H
#define COMPARE_RANK_PLACES_H

#include "base/table.h"
#include "stats/reducer.h"
#include "study/study.h"

struct store;

/** Between all ranks; NULL where there is one. */
const struct reducer *rank_places(void);

/** Rows of this rank: first .. end - 1 of n. */
struct row_range {
    size_t first, end;
};
struct row_range rank_rows(size_t n);

/**
 * Collective: the columns of `names` for the people of this rank, in their order, of OUT/work/records.h5 and, derived ones, of
 * cohort.h5.  Each rank reads a run of the records and sends what it has read to the ranks whose people they are.  NULL after
 * telling.
 */
struct table *rank_covariates(const struct study *study, const char *out, const char *const *names);

/**
 * The rows of a table whose column `row` names the people first .. end - 1, ascending, who are numbered from 0 in what is returned;
 * the caller frees.  NULL after telling.
 */
struct table *rank_stretches(const struct table *table, struct row_range people);

/** The same of a table in a file, of which no more is read than is asked for, and some rows on the way there. */
struct table *rank_read_stretches(struct store *store, const char *name, struct row_range people);

#endif
