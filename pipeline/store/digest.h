/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * digest.h - SHA-256 of tables and of a file's content.
 *
 *     values    of a column, chunk by chunk: value_digest.h
 *     table     "table", name, label, n_rows, n_columns, then for each column in order its name, label,
 *               units, type, width, n_labels, labels and the hexadecimal digest of its values
 *     content   "content", then name and hexadecimal digest of every table in byte order of the names,
 *               but those named "provenance" or "provenance/...": what made the numbers may differ where
 *               the numbers agree
 *
 * A text enters as its length (uint64, little-endian) and its bytes, a number as uint64, so that no two
 * contents enter as the same bytes.
 */
#ifndef STORE_DIGEST_H
#define STORE_DIGEST_H

#include "base/sha256.h"
#include "base/table.h"

struct named_digest {
    char *name; /* of a table */
    char hex[SHA256_HEX_SIZE];
};

/** The digest of rows 0 .. n - 1 of a column.  -1 after telling. */
int digest_values(const struct column *column, size_t n, char hex[static SHA256_HEX_SIZE]);

/**
 * The digest of a table of n_rows rows whose values are digested already: value_digests[j] belongs to
 * column j.  The table's own rows are not looked at.
 */
int digest_table(const struct table *schema, size_t n_rows, const char (*value_digests)[SHA256_HEX_SIZE],
                 char hex[static SHA256_HEX_SIZE]);

/** The digest of all tables; sorts them. */
int digest_content(struct named_digest *tables, size_t n, char hex[static SHA256_HEX_SIZE]);

#endif
