/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text_table.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"

int text_table_column(struct text_table *table, const char *header, bool numeric)
{
    if (table->n_columns == TEXT_COLUMNS_MAX)
        return fail("a table of a page has more than %d columns", TEXT_COLUMNS_MAX);
    table->headers[table->n_columns] = header;
    table->numeric[table->n_columns++] = numeric;
    return 0;
}

int text_table_notes(struct text_table *table, const char *header)
{
    table->has_notes = true;
    return text_table_column(table, header, false);
}

static int grow(struct text_table *table)
{
    size_t capacity = table->capacity == 0 ? 16 : 2 * table->capacity;
    const char **cells = reallocate(table->cells, capacity * table->n_columns, sizeof *cells);
    bool *heading;

    if (cells == NULL)
        return -1;
    table->cells = cells;
    heading = reallocate(table->heading, capacity, sizeof *heading);
    if (heading == NULL)
        return -1;
    table->heading = heading;
    table->capacity = capacity;
    return 0;
}

const char **text_table_row(struct text_table *table)
{
    const char **row;

    if (table->n_rows == table->capacity && grow(table) != 0)
        return NULL;
    row = table->cells + table->n_rows * table->n_columns;
    for (size_t j = 0; j < table->n_columns; j++)
        row[j] = "";
    table->heading[table->n_rows++] = false;
    return row;
}

int text_table_heading(struct text_table *table, const char *text)
{
    const char **row = text_table_row(table);

    if (row == NULL)
        return -1;
    row[0] = text;
    table->heading[table->n_rows - 1] = true;
    return 0;
}

void text_table_free(struct text_table *table)
{
    free(table->cells);
    free(table->heading);
    table->cells = NULL;
    table->heading = NULL;
    table->n_rows = table->capacity = 0;
}
