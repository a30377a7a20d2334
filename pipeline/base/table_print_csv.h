/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * table_print_csv.h - the csv form of table_print(), chunks of rows side by side.
 *
 * A table of a million people has tens of millions of cells, so that the text of a number is the cost: whole numbers
 * are written by hand, and the texts of reals are kept, because shares and scores repeat.
 */
#ifndef BASE_TABLE_PRINT_CSV_H
#define BASE_TABLE_PRINT_CSV_H

#include "base/print_buffer.h"
#include "base/table.h"

/** The same bytes for any number of threads.  -1 after telling. */
int table_print_csv(struct print_buffer *out, const struct table *table, int n_threads);

#endif
