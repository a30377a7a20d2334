/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * tables_csv.h - every released table as CSV (RFC 4180, UTF-8, "\n").
 *
 * A cell of text that begins with = + - @ TAB or CR gets an apostrophe in front, because spreadsheets would run it
 * as a formula; numbers stay numbers.  Reals have as many digits as are needed to read the same number back (shortest_real.h).
 */
#ifndef REPORT_TABLES_CSV_H
#define REPORT_TABLES_CSV_H

#include "report/bundle.h"

/** Writes folder/tables/NAME.csv for every table.  -1 after telling. */
int tables_csv_write(const struct bundle *bundle, const char *release_folder);

#endif
