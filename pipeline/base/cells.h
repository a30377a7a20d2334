/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cells.h - cells of finished tables, by column name and row.
 *
 * A column that the table does not have is empty (text) or missing (number) in every row, and so is everything of a
 * NULL table: files of other versions have fewer columns.  Labels of a category are texts.
 */
#ifndef BASE_CELLS_H
#define BASE_CELLS_H

#include <stdbool.h>

#include "base/table.h"

size_t cell_rows(const struct table *table); /* 0 for NULL */

double cell_real(const struct table *table, const char *column, size_t row);     /* NaN when missing */
int64_t cell_integer(const struct table *table, const char *column, size_t row); /* MISSING_INTEGER when missing */

bool cell_is(const struct table *table, const char *column, size_t row, const char *text);
bool cell_begins(const struct table *table, const char *column, size_t row, const char *text);
bool cell_contains(const struct table *table, const char *column, size_t row, const char *text);

/** Do two rows hold the same in a text column? */
bool cells_equal(const struct table *table, const char *column, size_t row, size_t other);

/** Do two rows agree in every one of these columns (NULL-terminated), as text or as number? */
bool cells_agree(const struct table *a, size_t row_a, const struct table *b, size_t row_b, const char *const *columns);

char *cell_copy(const struct table *table, const char *column, size_t row); /* caller frees; NULL after telling */

enum { CELL_SHORT_SIZE = 96 };

/** The same without an allocation, cut to CELL_SHORT_SIZE - 1 bytes: for names, keys and numbers.  Returns out. */
const char *cell_short(const struct table *table, const char *column, size_t row, char out[static CELL_SHORT_SIZE]);

/** The first row whose text in `column` is this; n_rows when there is none. */
size_t cell_find(const struct table *table, const char *column, const char *text);

#endif
