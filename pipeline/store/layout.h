/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * layout.h - finds and reads tables in an open HDF5 file, and refuses what we do not write.
 *
 * Taken are: hard links; groups with `n_rows`, `label`, `sha256`; one-dimensional datasets of n_rows rows
 * in chunks, with no other filters than deflate and fletcher32, of the types of hdf5_column.h, with
 * `label` and `units`; names by name_rules.h.  Everything else is refused before any value is read.  A
 * dataset that claims more values than its stored bytes can hold is refused before memory is asked for.
 */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include <hdf5.h>
#include <stddef.h>

#include "base/sha256.h"
#include "base/table.h"
#include "store/digest.h"

/** Most tables a file may have. */
enum { LAYOUT_TABLES_MAX = 10000 };

struct layout_table {
    const char *path;     /* of the file, for messages; borrowed */
    hid_t group;
    struct table *schema; /* all columns in order, no rows */
    size_t n_rows;
    char sha256[SHA256_HEX_SIZE];
};

/** Names and recorded digests of all tables of a file, in byte order of names.  -1 after telling. */
int layout_list(hid_t file, const char *path, struct named_digest **tables, size_t *n);
void layout_list_free(struct named_digest *tables, size_t n);

/** Opens one table.  -1 after telling; then nothing is to be closed. */
int layout_open(struct layout_table *table, hid_t file, const char *path, const char *name);
void layout_close(struct layout_table *table);

/** The dataset of column j; caller closes.  Negative after telling. */
hid_t layout_dataset(const struct layout_table *table, size_t j);

/** Reads rows first .. first + n - 1 of the dataset of column j; refuses a code without a label.  -1 after telling. */
int layout_read(const struct layout_table *table, size_t j, hid_t dataset, size_t first, size_t n, void *values);

#endif
