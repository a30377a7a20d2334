/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_record.h - one record of a CSV text: its cells and its place.
 */
#ifndef INGEST_CSV_RECORD_H
#define INGEST_CSV_RECORD_H

#include <stdbool.h>
#include <stddef.h>

enum { CSV_COLUMNS_MAX = 4096 };

struct csv_field {
    const char *text;  /* [length] and a NUL; may hold NULs inside */
    size_t length;     /* bytes */
    bool quoted;
};

struct csv_record {
    size_t line;       /* physical line of its first byte, from 1 */
    size_t byte;       /* offset of its first byte, from 0; of the unpacked text in a .gz */
    size_t n_fields;   /* cells that stand in the file */
    size_t n_stored;   /* min(n_fields, CSV_COLUMNS_MAX): how many fields[] there are; too_long: perhaps fewer */
    const struct csv_field *fields;
    bool too_long;
};

#endif
