/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * held.h - the rows of a table that wait for their chunk to be full.
 *
 * Rows are kept as canonical bytes (canonical.h), column by column, at most STORE_CHUNK_ROWS of them; room
 * grows with the rows, so that a small table costs little.  Different columns may be digested and packed
 * on different threads.
 */
#ifndef STORE_HELD_H
#define STORE_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"
#include "store/value_digest.h"

struct held_column {
    size_t width;          /* bytes of a waiting value; a code whose labels may grow waits as int32 */
    unsigned char *values; /* [capacity * width] */
    struct value_digest digest; /* of all values so far */
    int32_t largest_code;  /* of a category, of all rows so far; -1: none */
    unsigned char *packed; /* the chunk made last; NULL: none */
    size_t n_packed;
    unsigned char *leaving; /* the chunk before it, on its way out; NULL: none */
    size_t n_leaving;
};

struct held {
    size_t n_columns, n_rows, capacity;
    struct held_column *columns;
};

/** Starts without rows, after a schema; labels_grow: its labels may.  -1 after telling; held_free is needed in any case. */
int held_start(struct held *held, const struct table *schema, bool labels_grow);
void held_free(struct held *held);

/** Adds rows first .. first + n - 1, which are known to fit the schema.  -1 after telling. */
int held_add(struct held *held, const struct table *rows, size_t first, size_t n);

/**
 * Adds the first n waiting values to the digest of their column and packs them as a chunk of chunk_rows >= n rows;
 * the rows that are missing are zeros that no reader sees.  stored_width is the waiting width, or that of the codes
 * of a category in the file.  -1 after telling.
 */
int held_digest_and_pack(struct held_column *column, size_t n, size_t stored_width, size_t chunk_rows);

/** The same for n rows that never waited: rows first .. first + n - 1 of the column `from`, a chunk of n rows. */
int held_digest_and_pack_rows(struct held_column *column, const struct column *from, size_t first, size_t n);

#endif
