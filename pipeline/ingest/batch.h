/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * batch.h - what one slab became: its kept rows as columns, its rejected rows, its lines.
 *
 * Batches are filled side by side (typist.h) and taken in the order of their slabs.
 */
#ifndef INGEST_BATCH_H
#define INGEST_BATCH_H

#include "base/table.h"
#include "ingest/csv_fault.h"
#include "ingest/reject.h"
#include "ingest/unique_rows.h"

struct batch {                  /* start with {0}; its memory is used again */
    struct table *rows;         /* kept rows, in the types they are stored in */
    size_t n_records, n_lines;
    struct reject_list rejects;
    size_t n_unique, unique_capacity;
    struct unique_row *unique;  /* [n_unique] kept rows as unique_rows.h wants them; lines counted from the slab's first */
    struct csv_fault fault;     /* after the rows above; of kind CSV_FAULT_NONE: none */
};

int batch_add_unique(struct batch *batch, const struct unique_row *row); /* -1 after telling */

/** Makes it empty, with room for n rows like those of schema.  -1 after telling. */
int batch_start(struct batch *batch, const struct table *schema, size_t n);
void batch_free(struct batch *batch);

#endif
