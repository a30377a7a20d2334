/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * store.h - tables in HDF5 files (DESIGN: a group a table, a dataset a column).
 *
 * Group: attributes `n_rows`, `label`, `sha256`.  Dataset: int8/16/32/64, float64, an HDF5 enum for a
 * category, fixed-length UTF-8 for text; attributes `label`, `units`, `missing`.  Chunks of
 * STORE_CHUNK_ROWS rows, deflate (level 1, by libdeflate) and fletcher32: any HDF5 reader opens it
 * without a plugin.  Latest format pinned to V110; no times are tracked, so equal content is equal bytes.
 *
 * The root attribute `content_sha256` covers every table except `provenance`: names, labels, types and
 * values of all columns, tables in the order of their names.
 *
 * Writing happens in a child that is forked by store_writer_open, so call that BEFORE the first OpenMP
 * region of the process; a crash of the library then is an error of ours.  The file is written beside
 * its name, reread, compared and renamed (base/output.h).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sha256.h"
#include "base/table.h"

enum { STORE_CHUNK_ROWS = 65536 };

struct store_writer;
struct store;

/** Starts a file.  n_threads compress chunks.  NULL after telling. */
struct store_writer *store_writer_open(const char *path, int n_threads);

/**
 * A table in pieces: begin with a schema (its rows are not written), append any number of times,
 * end.  Memory does not grow with the rows: at most one chunk a column is held.
 * The labels of a category column may still grow until the end: store_writer_end takes the final
 * schema (NULL: as begun) and its codes must stay what they were.
 */
int store_writer_begin(struct store_writer *writer, const struct table *schema);
int store_writer_append(struct store_writer *writer, const struct table *rows);
int store_writer_end(struct store_writer *writer, const struct table *final_schema);

/** A whole table at once. */
int store_writer_table(struct store_writer *writer, const struct table *table);

/** Closes, rereads, compares, renames, frees.  -1 after telling; the old file is then untouched. */
int store_writer_commit(struct store_writer *writer);
void store_writer_abandon(struct store_writer *writer); /* NULL is fine */

/** Opens a file of ours for reading; checks that it is one.  NULL after telling. */
struct store *store_open(const char *path);
void store_close(struct store *store); /* NULL is fine */

size_t store_n_tables(const struct store *store);
const char *store_table_name(const struct store *store, size_t i); /* in byte order of names, nested as "a/b" */
bool store_has(const struct store *store, const char *name);
const char *store_content_sha256(const struct store *store);

/** Reads a whole table; columns NULL: all, else a NULL-terminated list of names.  NULL after telling. */
struct table *store_read(struct store *store, const char *name, const char *const *columns);

/** Reads one table of one file: open, read, close. */
struct table *store_read_table(const char *path, const char *name);

/** SHA-256 of one table as it enters content_sha256. */
int store_table_sha256(const struct table *table, char hex[static SHA256_HEX_SIZE]);

#endif
