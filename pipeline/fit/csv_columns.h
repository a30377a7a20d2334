/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_columns.h - some columns of a CSV file whose types nobody declared.
 */
#ifndef FIT_CSV_COLUMNS_H
#define FIT_CSV_COLUMNS_H

#include "fit/fit_table.h"

/** Fills data, line and cell of a table whose path is set.  -1 after telling. */
int csv_columns_read(struct fit_table *table, const char *const *names, size_t n_names);

/** Is a text a decimal number, or NaN, Inf, -Inf in any case?  0 and the number, or -1. */
int csv_number(const char *text, size_t length, double *value);

#endif
