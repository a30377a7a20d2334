/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * rejects.h - rows that are set aside: all of them in rejects.csv, the first few on stderr.
 *
 * rejects.csv has the columns file,line,byte,column,reason: the physical line where the record starts, its byte
 * offset, the column as the codebook names it (empty: the row as a whole) and the reason (reason.h).  It never holds
 * a value.  Messages show the value, escaped, unless the column or the value may name a person (reject.h):
 *
 *     warning: clients.csv:17:4 (age): a whole number from 0 to 120 was expected; value 'x'
 */
#ifndef INGEST_REJECTS_H
#define INGEST_REJECTS_H

#include <stddef.h>

#include "ingest/plan.h"
#include "ingest/reject.h"
#include "ingest/source_files.h"

struct rejects;

/** Starts OUT/work/rejects.csv.  NULL after telling. */
struct rejects *rejects_open(const char *path);

/** The messages of a table are counted anew. */
void rejects_start_table(struct rejects *rejects);

/**
 * Writes a row that was not kept, and tells it when it is one of the first REJECTS_TOLD of its reason.  Its slab
 * begins behind n_lines_before lines of the file.  -1 after telling; also when the row holds an identifier (reject.h).
 */
int rejects_add(struct rejects *rejects, const struct plan *plan, const struct source_file *file,
                size_t n_lines_before, const struct reject *reject);

int rejects_commit(struct rejects *rejects);   /* frees; -1 after telling */
void rejects_abandon(struct rejects *rejects); /* NULL is fine */

#endif
