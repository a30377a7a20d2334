/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cell_buffer.h - the cells of one record while they are read: one growing block of text.
 */
#ifndef INGEST_CELL_BUFFER_H
#define INGEST_CELL_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "ingest/csv_record.h"

struct cell_buffer {
    char *text;               /* [capacity] the cells, each followed by a NUL */
    size_t length, capacity;
    size_t *starts;           /* [fields_capacity] of each cell in text, which may move while it grows */
    struct csv_field *fields; /* [fields_capacity] */
    size_t fields_capacity;
    size_t n;                 /* cells added; those beyond CSV_COLUMNS_MAX are counted, not kept */
};

int cell_buffer_start(struct cell_buffer *buffer); /* -1 after telling; free in either case */
void cell_buffer_free(struct cell_buffer *buffer);

void cell_buffer_clear(struct cell_buffer *buffer);

/** Adds a cell, from ISO 8859-1 if latin1, as UTF-8.  -1 after telling. */
int cell_buffer_add(struct cell_buffer *buffer, const unsigned char *bytes, size_t length, bool latin1, bool quoted);

/** Lets the fields point at their texts; returns how many there are: min(n, CSV_COLUMNS_MAX). */
size_t cell_buffer_finish(struct cell_buffer *buffer);

#endif
