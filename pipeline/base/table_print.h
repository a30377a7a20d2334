/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * table_print.h - a table on standard output, for people or for programs.
 *
 *     text   aligned under the names of the columns, numbers with a few digits at the decimal point;
 *            columns without any value are left out.  Bytes that could steer a terminal are shown as \xHH
 *     csv    RFC 4180 with "\n" ends of lines; all columns; reals read back as the same double
 *     json   one array with an object a row; all columns
 *
 * A missing value is "-" (text columns: blank), an empty cell, or null.  A column with the units "date" is
 * printed as YYYY-MM-DD.  NaN and infinities are missing.
 */
#ifndef BASE_TABLE_PRINT_H
#define BASE_TABLE_PRINT_H

#include "base/table.h"

enum table_format { TABLE_TEXT, TABLE_CSV, TABLE_JSON };

/** 0 and the format of "text", "csv" or "json"; -1 for another name, untold. */
int table_format_from_name(const char *name, enum table_format *format);

/** Writes to an open file.  -1 after telling. */
int table_print(int file, const struct table *table, enum table_format format);

/** The same on several threads, where the form allows it; the same bytes for any number of them. */
int table_print_on(int file, const struct table *table, enum table_format format, int n_threads);

#endif
