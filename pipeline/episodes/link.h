/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * link.h - all stays of a source to episodes, part by part over threads.
 *
 * The tables (tables.h) depend on the records alone: not on the order of the rows (column `record` aside), nor on the
 * number of threads.  Records are the sum of their fates, which is checked here.
 */
#ifndef EPISODES_LINK_H
#define EPISODES_LINK_H

#include "base/table.h"
#include "episodes/fates.h"
#include "study/study.h"

struct linked {
    struct table *stays, *episodes, *paths, *flow, *fates; /* tables.h */
    int64_t n_people;
    int64_t counts[N_FATES];      /* records */
    int64_t people_left_out[N_FATES]; /* persons, of FATE_CONTRADICTION and FATE_OVERLAP_LONG */
};

/**
 * records   the columns of link_columns(), all rows
 * transfer  truth (expression.h) of the source's `transfer` condition by record; NULL: there is none
 *
 * *linked is to be freed in any case; -1 after telling.  O(n log of the stays of a person); about 130 bytes a record.
 */
int link_stays(const struct study *study, const struct table *records, const uint8_t *transfer, int n_threads,
               struct linked *linked);
void linked_free(struct linked *linked);

/** The records of stays that have duplicates and of those duplicates, ascending; n of them.  NULL after telling. */
size_t *link_duplicates(const struct table *stays, size_t *n);

/**
 * Which of several duplicates stands for them all must not depend on the order of the rows: the one whose record is
 * smallest in all columns, in their order.  columns: all of the source, with the n rows that link_duplicates() names.
 * Changes only column `record` of stays.
 */
void link_settle_duplicates(struct table *stays, const struct column *const *columns, size_t n_columns,
                            const size_t *rows, size_t n);

/** Columns of the source that linking reads: NULL-terminated, names_free (base/names.h); NULL after telling. */
char **link_columns(const struct study *study, const struct table *schema);

#endif
