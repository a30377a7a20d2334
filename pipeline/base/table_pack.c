/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table_pack.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

static void pack_column(struct pack *pack, const struct column *column, size_t n_rows)
{
    pack_put_text(pack, column->name);
    pack_put_text(pack, column->label);
    pack_put_text(pack, column->units);
    pack_put_number(pack, (uint64_t)column->type);
    pack_put_number(pack, column->width);
    pack_put_number(pack, column->n_labels);
    for (size_t i = 0; i < column->n_labels; i++)
        pack_put_text(pack, column->labels[i]);
    pack_put(pack, column->values, n_rows * column->width);
}

void table_pack(struct pack *pack, const struct table *table)
{
    pack_put_text(pack, table->name);
    pack_put_text(pack, table->label);
    pack_put_number(pack, table->n_rows);
    pack_put_number(pack, table->n_columns);
    for (size_t j = 0; j < table->n_columns; j++)
        pack_column(pack, &table->columns[j], table->n_rows);
}

static struct column *add_category(struct unpack *from, struct table *table, const char *name, const char *label,
                                   const char *units, size_t n_labels)
{
    const char **const labels = allocate(n_labels, sizeof *labels);
    struct column *column = NULL;
    for (size_t i = 0; labels != NULL && i < n_labels; i++)
        labels[i] = unpack_text(from);
    if (labels != NULL && !from->broken)
        column = table_add_category(table, name, labels, n_labels, label);
    free(labels);
    if (column == NULL)
        return NULL;
    free(column->units);
    column->units = copy_text(units);
    return column->units != NULL ? column : NULL;
}

static int unpack_column(struct unpack *from, struct table *table)
{
    const char *const name = unpack_text(from), *const label = unpack_text(from), *const units = unpack_text(from);
    const enum column_type type = (enum column_type)unpack_number(from);
    const size_t width = (size_t)unpack_number(from), n_labels = (size_t)unpack_number(from);
    struct column *column = NULL;
    if (!from->broken)
        column = type == COLUMN_CATEGORY ? add_category(from, table, name, label, units, n_labels)
                                         : table_add_column(table, name, type, width, label, units);
    if (column == NULL || column->width != width)
        return -1;
    const void *const values = unpack_take(from, table->n_rows * width);
    if (values == NULL)
        return -1;
    if (table->n_rows > 0)
        memcpy(column->values, values, table->n_rows * width);
    return 0;
}

struct table *table_unpack(struct unpack *from)
{
    const char *const name = unpack_text(from), *const label = unpack_text(from);
    const size_t n_rows = (size_t)unpack_number(from), n_columns = (size_t)unpack_number(from);
    struct table *const table = from->broken ? NULL : table_alloc(name, label);
    int status = table == NULL ? -1 : table_resize(table, n_rows);
    for (size_t j = 0; status == 0 && j < n_columns; j++)
        status = unpack_column(from, table);
    if (status == 0)
        return table;
    if (from->broken)
        fail("internal error: a table came broken from another rank");
    table_free(table);
    return NULL;
}
