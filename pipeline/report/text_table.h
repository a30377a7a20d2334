/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * text_table.h - a small table of finished texts: what a page shows, and what a figure says in words.
 */
#ifndef REPORT_TEXT_TABLE_H
#define REPORT_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "report/pool.h"

enum { TEXT_COLUMNS_MAX = 32 };

struct text_table {
    struct pool *pool;
    const char *caption;
    const char *name; /* of the released table it came from, to link its CSV; NULL: none */
    size_t n_columns, n_rows, capacity;
    const char *headers[TEXT_COLUMNS_MAX];
    bool numeric[TEXT_COLUMNS_MAX]; /* set to the right */
    bool has_notes;                 /* the last column holds sentences: a page sets them below, numbered, each once */
    bool *heading;                  /* [n_rows] a row that is one heading over the rows below: its first cell */
    const char **cells;             /* [n_rows * n_columns] */
};

/** One column after the other, before the first row. -1 after telling when there are too many. */
int text_table_column(struct text_table *table, const char *header, bool numeric);

/** The last column, of sentences that would crowd the rows and often repeat. -1 after telling. */
int text_table_notes(struct text_table *table, const char *header);

/** The next row, empty; returns its cells, or NULL after telling. */
const char **text_table_row(struct text_table *table);

/** A heading row. */
int text_table_heading(struct text_table *table, const char *text);

void text_table_free(struct text_table *table); /* what it allocated; the texts belong to the pool */

#endif
