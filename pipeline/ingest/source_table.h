/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * source_table.h - one table of a study on its way from files to rows.
 */
#ifndef INGEST_SOURCE_TABLE_H
#define INGEST_SOURCE_TABLE_H

#include "ingest/plan.h"
#include "ingest/quality.h"
#include "ingest/rejects.h"
#include "ingest/source_files.h"
#include "store/store.h"
#include "study/study.h"

struct source_table {
    const struct study_table *declared;
    struct plan *plan;
    struct source_files files;
    struct quality quality;
};

/** Finds the files and makes the plan.  -1 after telling; free in either case. */
int source_table_open(struct source_table *table, const struct study *study, const struct study_table *declared);
void source_table_close(struct source_table *table);

/** source_files_spool() by the table's codebook. */
int source_table_spool(struct source_table *table, const char *folder);

/** Reads the header of every file and tells what does not fit the codebook. */
int source_table_check_headers(const struct source_table *table);

/**
 * Reads all rows: good ones go to the store as a table named by the role, the others to rejects, all are counted in
 * table->quality.  Files are read twice where labels, widths, or rows that contradict each other must be known before
 * the first row is stored.  What does not fit into memory waits in `folder`.
 * -1 after telling.
 */
int source_table_read(struct source_table *table, struct store_writer *writer, struct rejects *rejects,
                      const char *folder, int n_threads);

#endif
