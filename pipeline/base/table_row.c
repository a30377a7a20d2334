/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/column_fill.h"
#include "base/fail.h"
#include "base/table.h"

#include <string.h>

struct row_builder table_new_row(struct table *table)
{
    struct row_builder row = {.table = table, .row = table->n_rows};
    row.error = table_resize(table, table->n_rows + 1);
    return row;
}

/* NULL after an earlier error, or after telling about a name that does not exist. */
static struct column *find(struct row_builder *row, const char *name)
{
    if (row->error != 0)
        return NULL;
    struct column *const column = table_column(row->table, name);
    if (column == NULL)
        row->error = fail("table '%s' has no column '%s'", row->table->name, name);
    return column;
}

static void check(struct row_builder *row, const struct column *column, int status)
{
    if (status != 0)
        row->error = fail("table '%s': a value of column '%s' does not fit its type %s", row->table->name,
                          column->name, column_type_name(column->type));
}

void row_text(struct row_builder *row, const char *name, const char *text)
{
    struct column *const column = find(row, name);
    if (column == NULL)
        return;
    const size_t length = text != NULL ? strlen(text) : 0;
    if (column->type == COLUMN_TEXT && column_widen_text(row->table, column, length) != 0)
        row->error = -1;
    else
        check(row, column, column_set_text(column, row->row, length > 0 ? text : "", length));
}

void row_integer(struct row_builder *row, const char *name, int64_t value)
{
    struct column *const column = find(row, name);
    if (column != NULL)
        check(row, column, column_set_integer(column, row->row, value));
}

void row_real(struct row_builder *row, const char *name, double value)
{
    struct column *const column = find(row, name);
    if (column != NULL)
        check(row, column, column_set_real(column, row->row, value));
}

int row_end(struct row_builder *row)
{
    /* Half a row must not stay behind. */
    if (row->error != 0 && row->table->n_rows == row->row + 1)
        row->table->n_rows = row->row;
    return row->error;
}
