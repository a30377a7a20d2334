/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * hdf5_column.h - a column as an HDF5 dataset.
 *
 *     COLUMN_INT8 .. COLUMN_INT64   H5T_STD_I8LE .. H5T_STD_I64LE
 *     COLUMN_FLOAT64                H5T_IEEE_F64LE
 *     COLUMN_CATEGORY               an enum of int8, int16 or int32 whose members are the labels, with the
 *                                   values 0, 1, ...; or plain integers (hidden_labels.h)
 *     COLUMN_TEXT                   fixed-length UTF-8, padded with NULs
 *
 * One dimension, chunks, deflate and fletcher32; attributes `label`, `units`, `missing` (a value of the column's type;
 * of a category the integer -1) and, put by told_file.c, `sha256` of its values (digest.h).
 */
#ifndef STORE_HDF5_COLUMN_H
#define STORE_HDF5_COLUMN_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"

/** A column that is being written. */
struct hdf5_column {
    const char *path; /* of the file, for messages; borrowed */
    char *name;       /* NULL: not begun */
    hid_t dataset;    /* not yet linked into a group: links are made in the order of columns */
    hid_t labels;     /* the dataset of hidden labels; H5I_INVALID_HID when there is none */
};

/**
 * How the library writes values that it packs itself.  Where several processes write one file, all of them call the same
 * functions, and those with `writes` have the values.
 */
struct hdf5_transfer {
    hid_t list; /* of H5P_DATASET_XFER, or H5P_DEFAULT; borrowed */
    bool writes;
};

/** n_rows of a dataset whose rows come in chunks until nobody knows when. */
#define HDF5_ROWS_GROW UINT64_MAX

/** Makes the dataset; chunk_rows >= 1; path serves messages.  -1 after telling. */
int hdf5_column_create(struct hdf5_column *made, hid_t file, const char *path, const struct column *column,
                       uint64_t chunk_rows, uint64_t n_rows, const struct hdf5_transfer *transfer);

/**
 * Writes rows first .. first + n - 1 of a dataset, which has them, from values of its own type; where n is 0 values may be NULL.
 * path and the column's name serve messages.  -1 after telling.
 */
int hdf5_write_rows(hid_t dataset, const struct hdf5_transfer *transfer, uint64_t first, uint64_t n, const void *values,
                    const char *path, const char *name);

/** Writes a packed chunk (chunk.h) that starts at row `first`; the dataset then has at least n_rows rows. */
int hdf5_column_write(const struct hdf5_column *made, uint64_t first, uint64_t n_rows, const void *packed,
                      size_t n_packed);

/**
 * Where values are not packed yet: the dataset has at least n_rows rows from now on; n_bytes: of a chunk of chunk_rows.  -1 after
 * telling.
 */
int hdf5_column_grow(const struct hdf5_column *made, uint64_t n_rows, size_t chunk_rows, size_t *n_bytes);

/** Links the datasets into their group and closes them.  -1 after telling. */
int hdf5_column_finish(struct hdf5_column *made, hid_t group);

/** A list for groups and the root group: links in the order they were made, no times.  Negative on failure. */
hid_t hdf5_group_list(hid_t class);

/** Link names are UTF-8.  Negative on failure. */
hid_t hdf5_link_list(void);

#endif
