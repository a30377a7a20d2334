/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * table_stream.h - one table on its way to what writes the file.
 *
 * A table of at most STORE_CHUNK_ROWS rows is sent when it ends, as one chunk a column in the order of
 * columns.  Of a larger one, chunks of all columns but categories whose labels may grow are sent as they fill, and
 * those of such categories when the labels are known (spool.h).  What is sent depends on the rows and on nothing else:
 * neither on the pieces they came in nor on the number of threads.
 */
#ifndef STORE_TABLE_STREAM_H
#define STORE_TABLE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"
#include "store/digest.h"
#include "store/held.h"
#include "store/message.h"
#include "store/spool.h"

struct table_stream {
    const char *path; /* of the file, for messages; borrowed */
    struct table_stream_way {
        int (*send)(void *context, const struct message *message); /* hands a message on; -1 in silence */
        void *context;
    } to;             /* what writes */
    int n_threads;
    struct message message;
    struct table *schema; /* as begun, no rows */
    struct held held;
    struct spool *spool; /* NULL: not needed so far */
    bool labels_grow;
    size_t n_waiting;     /* columns of categories whose labels may grow */
    size_t n_flushed; /* chunks that have left `held` */
    size_t n_short;   /* rows that the last chunk lacks; only of one that was made elsewhere */
    struct {          /* the chunk of each column that is sent while the next is packed */
        uint64_t first, n_rows;
        bool any;
    } leaving;
};

/** What went wrong: TABLE_STREAM_LOST is for the caller to tell (worker_lost), TABLE_STREAM_TOLD was told. */
enum table_stream_status { TABLE_STREAM_DONE, TABLE_STREAM_TOLD, TABLE_STREAM_LOST };

/** Starts a table like `schema`, whose labels may grow or not.  table_stream_free is needed in any case. */
enum table_stream_status table_stream_begin(struct table_stream *stream, const struct table *schema, bool labels_grow);
enum table_stream_status table_stream_append(struct table_stream *stream, const struct table *rows);

/** A chunk that another process has packed (ranked_rows.h). */
struct made_chunk {
    size_t n_rows; /* STORE_CHUNK_ROWS, but of the last chunk of a table */
    struct made_column {
        const void *packed; /* [n_packed] */
        size_t n_packed;
        char hex[SHA256_HEX_SIZE]; /* digest of its values */
    } *columns;                    /* [columns of the schema] */
};

/** Behind the rows so far, of which there are whole chunks and at least one, of a table whose labels do not grow. */
enum table_stream_status table_stream_add_made(struct table_stream *stream, const struct made_chunk *chunk);

/** Sends what is left; labels are those of final_schema unless it is NULL.  hex: digest of the table. */
enum table_stream_status table_stream_end(struct table_stream *stream, const struct table *final_schema,
                                          char hex[static SHA256_HEX_SIZE]);

/** Frees what belongs to the table; keeps path, to, n_threads. */
void table_stream_free(struct table_stream *stream);

#endif
