/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * sink.h - kept rows on their way into records.h5, one chunk in memory at a time.
 */
#ifndef INGEST_SINK_H
#define INGEST_SINK_H

#include <stdint.h>

#include "ingest/survey.h"
#include "ingest/typing.h"
#include "store/store.h"

struct sink {
    struct store_writer *writer;
    const struct survey *survey;
    struct table *chunk;     /* STORE_CHUNK_ROWS rows of the table as it is stored */
    size_t n;                /* rows of the chunk that are filled */
    int64_t n_stored;        /* rows given to sink_add */
};

/** Begins the table in the store; takes over schema.  -1 after telling; free in either case. */
int sink_start(struct sink *sink, struct store_writer *writer, const struct survey *survey, struct table *schema);
void sink_free(struct sink *sink);

int sink_add(struct sink *sink, const struct typed_cell *cells);
int sink_end(struct sink *sink); /* stores what is left and ends the table */

#endif
