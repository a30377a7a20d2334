/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * mark_cells.h - words that are put into tables of results after their rows are made.
 */
#ifndef COMPARE_MARK_CELLS_H
#define COMPARE_MARK_CELLS_H

#include "base/table.h"

/** Adds words behind what stands there, with "; " between.  -1 after telling. */
int cell_append(struct table *table, const char *column, size_t row, const char *words);

/** Puts words in the place of what stands there.  -1 after telling. */
int cell_set(struct table *table, const char *column, size_t row, const char *words);

#endif
