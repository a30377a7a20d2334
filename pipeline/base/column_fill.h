/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * column_fill.h - what table.c and table_row.c do to whole columns.
 */
#ifndef BASE_COLUMN_FILL_H
#define BASE_COLUMN_FILL_H

#include "base/table.h"

/** Makes the rows from .. to - 1 missing; the column has room for them. */
void column_fill_missing(struct column *column, size_t from, size_t to);

/** Gives a text column of this table at least `width` bytes a row.  -1 after telling, nothing changed. */
int column_widen_text(const struct table *table, struct column *column, size_t width);

/** Gives a category column codes that hold n_labels labels.  -1 after telling, nothing changed. */
int column_widen_codes(const struct table *table, struct column *column, size_t n_labels);

#endif
