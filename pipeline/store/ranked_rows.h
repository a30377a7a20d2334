/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * ranked_rows.h - the rows of a table of which each rank has some, and how they become the chunks of one file.
 *
 * The table holds the rows of rank 0, then those of rank 1, and so on.  A chunk belongs to the rank that has its first
 * row (the first chunk to rank 0); the rows at the beginning of a rank that fill up the chunk of a rank before it move
 * there.  Then each rank packs its own chunks (held.h), and rank 0 takes them in their order.  So what the file holds depends on
 * the rows alone, and each rank holds its share of them and at most a chunk more.
 */
#ifndef STORE_RANKED_ROWS_H
#define STORE_RANKED_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/table.h"
#include "store/table_stream.h"

struct ranked_rows {          /* start with {0} */
    size_t n_pieces, capacity;
    struct table **pieces;    /* [n_pieces] of STORE_CHUNK_ROWS rows, but the last one */
    size_t n_taken;           /* pieces that were taken */
    size_t n_rows;
};

void ranked_rows_free(struct ranked_rows *rows);

/** Adds rows behind the others; they are copied.  All rows have the same columns.  -1 after telling. */
int ranked_rows_add(struct ranked_rows *rows, const struct table *table);

/** ---- for the writer, collective ---- */

/** Moves rows to the rank that owns their chunk.  -1 after telling. */
int ranked_rows_settle(struct ranked_rows *rows, const struct table *schema);

/** The next piece, which the caller frees; NULL: there is none. */
struct table *ranked_rows_take(struct ranked_rows *rows);

/** Ranks but 0: packs all chunks, and sends them to rank 0. */
int ranked_rows_send(struct ranked_rows *rows, const struct table *schema, int n_threads);

/** Rank 0: how many chunks a rank sends; each of them.  -1 after telling. */
struct received_chunk {
    unsigned char *bytes; /* that hold what chunk points to */
    struct made_chunk chunk;
};
int ranked_rows_receive_count(size_t rank, uint64_t *n_chunks);
int ranked_rows_receive(size_t rank, size_t n_columns, struct received_chunk *received);
void received_chunk_free(struct received_chunk *received);

#endif
