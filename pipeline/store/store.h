/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * store.h - tables in HDF5 files: a group a table, a dataset a column.
 *
 * Group: attributes `n_rows`, `label`, `sha256`; columns in the order of their creation.  Dataset: int8,
 * int16, int32, int64, float64, an HDF5 enum for a category (with very many labels plain integers and a
 * dataset of labels: hidden_labels.h), fixed-length UTF-8 padded with NULs for text; attributes `label`,
 * `units`, `missing`, `sha256` of the values.  Chunks of STORE_CHUNK_ROWS rows (a smaller table is one chunk), deflate level 1 and
 * fletcher32: any HDF5 reader opens it without a plugin.  The format is pinned to V110, all of whose
 * metadata carries checksums.  No times are tracked: equal tables, written in the same order, are equal
 * bytes, whatever the number of threads, the folder, or the pieces in which rows were given (but with
 * labels that may grow the chunks lie in another order).
 *
 * The root attribute `content_sha256` covers every table except `provenance` (and `provenance/...`): names,
 * labels, units, types and values of all columns, tables in byte order of their names (digest.h).
 *
 * Writing happens in a child process (worker.h) that is forked by store_writer_open, so call that BEFORE
 * the first OpenMP region of the process, and from a thread that lives as long as the writer; a crash of
 * the library then is an error of ours.  The file is written beside its name, closed, reread from the
 * disk and compared by the child, and renamed by the parent (base/output.h).
 *
 * Names and texts that are taken: name_rules.h.  A table name may be nested ("curves/iop"), but a group is
 * either a table or holds tables.  Missing reals are stored as one NaN; other values as they are.
 *
 * Errors are told once.  After a failed call a writer fails in silence, until it is committed (-1) or
 * abandoned.
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

/** Starts a file; its folder must exist.  n_threads digest and compress columns.  NULL after telling. */
struct store_writer *store_writer_open(const char *path, int n_threads);

/**
 * As store_writer_open, where several processes work together: they write the tables of store_writer_ranked at once, through
 * parallel HDF5 (collective.h), into a folder that all of them share.  The content is the same, the bytes of the file need not be.  A process alone
 * writes as ever.  NULL after telling: also in a build without parallel HDF5.
 */
struct store_writer *store_writer_open_collective(const char *path, int n_threads);

/**
 * A table in pieces: begin with a schema (its rows are not written), append any number of times,
 * end.  One table at a time.  Memory does not grow with the rows: at most one chunk a column is held;
 * the codes of categories of a table of several chunks wait in a nameless file beside the output (spool.h).
 *
 * Rows must have the columns of the schema in name, order and type; text may be narrower.  The labels of a
 * category column may grow until the end, and those of any rows with them, but codes must stay what they
 * were: of two lists of labels the shorter is the beginning of the longer.  store_writer_end takes the
 * final labels from final_schema (NULL: as begun), and nothing else.
 */
int store_writer_begin(struct store_writer *writer, const struct table *schema);

/** As store_writer_begin, where the labels are already final: then nothing waits.  The content is the same. */
int store_writer_begin_final(struct store_writer *writer, const struct table *schema);

int store_writer_append(struct store_writer *writer, const struct table *rows);
int store_writer_end(struct store_writer *writer, const struct table *final_schema);

/** A whole table at once. */
int store_writer_table(struct store_writer *writer, const struct table *table);

/**
 * Where several processes work together (base/ranks.h), all of them open, fill and commit one writer, in the same
 * order; the file is that of rank 0, and so are the tables but for those of this call.  Its table holds the rows of all
 * ranks in the order of ranks; `rows`, those of this one, are gone afterwards.  Each rank digests and packs its own rows.  The
 * file is the same, byte by byte, as that of one process with all the rows.  labels as with store_writer_begin_final.
 */
struct ranked_rows;
int store_writer_ranked(struct store_writer *writer, const struct table *schema, struct ranked_rows *rows);

/** Closes, rereads, compares, renames, frees in any case.  -1 after telling; the old file is then untouched. */
int store_writer_commit(struct store_writer *writer);
void store_writer_abandon(struct store_writer *writer); /* ends the child, removes what it wrote; NULL is fine */

/**
 * Opens a file of ours for reading; checks that it is one, and that the digests recorded with its tables
 * agree with content_sha256.  Anything we do not write (other types, filters, links, names) is refused
 * with its place.  NULL after telling.
 */
struct store *store_open(const char *path);
void store_close(struct store *store); /* NULL is fine */

size_t store_n_tables(const struct store *store);
const char *store_table_name(const struct store *store, size_t i); /* in byte order of names, nested as "a/b" */
bool store_has(const struct store *store, const char *name);
const char *store_content_sha256(const struct store *store);

/**
 * Reads all rows of a table, on all processors when it is large; columns NULL: all, else a NULL-terminated list of names, in that order.  The
 * checksums of all chunks that are read are checked, and of a whole table its sha256.  NULL after telling.
 */
struct table *store_read(struct store *store, const char *name, const char *const *columns);

/**
 * As store_read, but only the rows rows[0 .. n - 1], which ascend; memory is that of these rows and a chunk a thread.
 * Chunks without any of them are not read, the checksums of the others are checked.
 */
struct table *store_read_rows(struct store *store, const char *name, const char *const *columns, const size_t *rows,
                              size_t n);

/**
 * As store_read, but only the rows first .. end - 1, as far as there are; chunks without any of them are not read.
 */
struct table *store_read_range(struct store *store, const char *name, const char *const *columns, size_t first, size_t end);

/**
 * Collective (base/ranks.h): the rows rows[0 .. n - 1] in this order, in which a row may stand often; each rank may ask for
 * others.  Each reads a run of the chunks, some columns at a time, and sends what others have asked for: memory is that of the rows
 * asked for and of 32 MB of the run, or one column of it.  NULL after telling.
 */
struct table *store_read_scattered(struct store *store, const char *name, const char *const *columns, const size_t *rows,
                                   size_t n);

/** How many rows a table has.  -1 after telling. */
int store_n_rows(struct store *store, const char *name, size_t *n);

/** The columns of a table, without rows.  NULL after telling. */
struct table *store_read_schema(struct store *store, const char *name);

/** Reads one table of one file: open, read, close. */
struct table *store_read_table(const char *path, const char *name);

/** SHA-256 of one table as it enters content_sha256. */
int store_table_sha256(const struct table *table, char hex[static SHA256_HEX_SIZE]);

#endif
