/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fit_table.h - the columns that a formula uses, read from TABLE.
 *
 *     data.csv, data.csv.gz   comma-separated with a header.  A column is numeric when all its values are, else
 *                             categorical with levels in byte order.  Empty cells, NA and . are missing
 *     results.h5:/estimates   a table of one of our own HDF5 files; texts become categories
 *
 * Numbers are decimal; NaN is missing and Inf is kept, for the model to refuse by row.
 */
#ifndef FIT_FIT_TABLE_H
#define FIT_FIT_TABLE_H

#include <stddef.h>

#include "base/table.h"

struct fit_table {
    char *path;        /* as given */
    struct table *data; /* COLUMN_FLOAT64 or COLUMN_CATEGORY from a csv; from HDF5 also integers */
    size_t *line;      /* [data->n_rows] physical line of each row; NULL for HDF5 */
    size_t *cell;      /* [data->n_columns] place of the column in its file, from 1; NULL for HDF5 */
};

/** Reads the named columns; names do not repeat.  NULL after telling. */
struct fit_table *fit_table_read(const char *path, const char *const *names, size_t n_names);
void fit_table_free(struct fit_table *table); /* NULL is fine */

/** Tells "error: FILE:LINE:COLUMN (name): ..." about one value; returns -1. */
int fit_table_fail(const struct fit_table *table, size_t row, const struct column *column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** -1 after telling, with the first value that is none, when a column is not numeric. */
int fit_table_want_numeric(const struct fit_table *table, const struct column *column);

#endif
