/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * quality.h - what became of the rows of a table, counted.
 *
 * Table `quality` of records.h5, one row a count; a total over all files has an empty file:
 *
 *     table file column quantity reason n value
 *
 *     rows_in, rows_kept      by file and in total
 *     rows_rejected           by file and in total; reason empty: of any reason; else of that reason
 *     rows_rejected           by column, in total, with its reason: where the reason is one of a cell
 *     kept, missing           by column, among the kept rows: with and without a value
 *     spaces_removed          by column: kept cells with spaces that were dropped; only where there are any
 *     ids_short               by id column: all-digit ids shorter than the widest that starts with 0; where any
 *     top_coded               by column of ages: kept cells that are 90, which stands for 90 and over
 *     distinct_codes          by column of a category: labels that occur among the kept rows; in `value`, as all that
 *                             counts no rows
 *     lowest, highest         by column of numbers: among the kept rows
 *     first_day, last_day     by column of dates: the same, as day numbers (base/days.h)
 *     persons_overlapping     of the column of admissions: persons with stays that overlap; where there are stays
 *     persons_age_changes     of an age with `age_on`: persons whose ages cannot all be true
 *     weight_total            of the frequency column; rows_weight_zero: kept rows that count nobody
 *
 * Nothing here depends on the order of the rows.  rows_in = rows_kept + rows_rejected, and the reasons add up to
 * rows_rejected: quality_check() sees to it.
 */
#ifndef INGEST_QUALITY_H
#define INGEST_QUALITY_H

#include <stdint.h>

#include "base/table.h"
#include "ingest/plan.h"
#include "ingest/source_files.h"
#include "ingest/typist.h"

struct row_counts {
    int64_t in, kept, rejected;
    int64_t by_reason[N_REASONS];
};

struct quality {
    const struct plan *plan;
    const struct source_files *files;
    struct row_counts *by_file;          /* [files->n] */
    int64_t (*by_column)[N_REASONS];     /* [plan->n_columns] rows rejected for a cell */
    struct typist_counts cells;          /* of the kept rows; empty before quality_start_cells() */
    int64_t n_overlapping, n_age_changes; /* persons: person_history.h */
};

/** Starts with nothing counted.  -1 after telling; free in either case. */
int quality_start(struct quality *quality, const struct plan *plan, const struct source_files *files);
void quality_free(struct quality *quality);

/** The columns as they will be stored are known.  -1 after telling. */
int quality_start_cells(struct quality *quality, const struct table *schema);

/** Counts the rows of a batch of file number `file`.  The cells are counted by typists: typist_merge(). */
void quality_add(struct quality *quality, size_t file, const struct batch *batch);

struct row_counts quality_total(const struct quality *quality);

/** Do the counts add up, and did n_stored rows reach the store?  -1 after telling. */
int quality_check(const struct quality *quality, int64_t n_stored);

/** "not in the codes 30, not a date 2": reasons that occurred, in the order of reason.h; caller frees. */
char *quality_reasons(const struct row_counts *counts);

/** The empty table `quality`; NULL after telling. */
struct table *quality_table(void);

/** Adds the rows of one table. */
int quality_write(const struct quality *quality, struct table *table);

#endif
