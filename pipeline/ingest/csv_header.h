/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_header.h - the names of a CSV file's columns, as they stand in its first record.
 */
#ifndef INGEST_CSV_HEADER_H
#define INGEST_CSV_HEADER_H

#include <stddef.h>

#include "ingest/csv_record.h"

struct csv_header {
    size_t line;    /* physical line where it starts */
    size_t n_names;
    char **names;   /* [n_names] valid UTF-8 without control characters; may be empty */
};

/**
 * Copies a record as a header.  NULL after telling every fault: too long, more than CSV_COLUMNS_MAX names, NUL
 * bytes, invalid UTF-8, control characters, two columns of the same name (empty names may repeat).
 */
struct csv_header *csv_header_take(const char *path, const struct csv_record *record);
void csv_header_free(struct csv_header *header); /* NULL is fine */

/** The name of the delimiter, other than this one, that a header of one column seems to hold, or NULL. */
const char *csv_header_delimiter_hint(const struct csv_header *header, char delimiter);

#endif
