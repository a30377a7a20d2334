/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * table_file.h - a table printed into a file (table_print.h), by way of output.h.
 */
#ifndef BASE_TABLE_FILE_H
#define BASE_TABLE_FILE_H

#include "base/table_print.h"

/** The format that the end of a name means: .csv, .json or .txt; -1 for another end, untold. */
int table_format_from_path(const char *path, enum table_format *format);

/** -1 after telling; an old file of the name is then untouched. */
int table_file_write(const char *path, const struct table *table, enum table_format format, int n_threads);

#endif
