/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table.h"
#include "base/column_fill.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>

enum { MANY = 1 << 16 }; /* rows, of which moving some costs more than a thread */

struct table *table_alloc(const char *name, const char *label)
{
    struct table *const table = allocate(1, sizeof *table);
    if (table == NULL)
        return NULL;
    table->name = copy_text(name);
    table->label = copy_text(label != NULL ? label : "");
    if (table->name == NULL || table->label == NULL) {
        table_free(table);
        return NULL;
    }
    return table;
}

static void column_free(struct column *column)
{
    for (size_t i = 0; i < column->n_labels; i++)
        free(column->labels[i]);
    free(column->labels);
    free(column->values);
    free(column->units);
    free(column->label);
    free(column->name);
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->n_columns; i++)
        column_free(&table->columns[i]);
    free(table->columns);
    free(table->label);
    free(table->name);
    free(table);
}

static int copy_labels(struct column *column, const char *const *labels, size_t n_labels)
{
    if ((column->labels = allocate(n_labels, sizeof *column->labels)) == NULL)
        return -1;
    for (size_t i = 0; i < n_labels; i++) {
        if ((column->labels[i] = copy_text(labels[i])) == NULL)
            return -1;
        column->n_labels = i + 1;
    }
    return 0;
}

/* `wanted` holds type, width and borrowed name, label, units and labels. */
static struct column *add_column(struct table *table, const struct column *wanted)
{
    if (table_column(table, wanted->name) != NULL) {
        fail("table '%s' has two columns '%s'", table->name, wanted->name);
        return NULL;
    }
    struct column *const columns = reallocate(table->columns, table->n_columns + 1, sizeof *columns);
    if (columns == NULL)
        return NULL;
    table->columns = columns;
    struct column *const column = &columns[table->n_columns];
    *column = (struct column){.type = wanted->type, .width = wanted->width};
    const size_t room = table->capacity > 0 ? table->capacity : 1;
    if ((column->name = copy_text(wanted->name)) == NULL ||
        (column->label = copy_text(wanted->label != NULL ? wanted->label : "")) == NULL ||
        (column->units = copy_text(wanted->units != NULL ? wanted->units : "")) == NULL ||
        copy_labels(column, (const char *const *)wanted->labels, wanted->n_labels) != 0 ||
        (column->values = allocate(room, column->width)) == NULL) {
        column_free(column);
        return NULL;
    }
    column_fill_missing(column, 0, table->n_rows);
    table->n_columns++;
    return column;
}

struct column *table_add_column(struct table *table, const char *name, enum column_type type, size_t width,
                                const char *label, const char *units)
{
    const struct column wanted = {.name = (char *)name,
                                  .label = (char *)label,
                                  .units = (char *)units,
                                  .type = type,
                                  .width = column_type_width(type, width, 0)};
    return add_column(table, &wanted);
}

struct column *table_add_category(struct table *table, const char *name, const char *const *labels, size_t n_labels,
                                  const char *label)
{
    const struct column wanted = {.name = (char *)name,
                                  .label = (char *)label,
                                  .type = COLUMN_CATEGORY,
                                  .width = column_type_width(COLUMN_CATEGORY, 0, n_labels),
                                  .n_labels = n_labels,
                                  .labels = (char **)labels};
    return add_column(table, &wanted);
}

struct column *table_copy_column(struct table *table, const struct column *column, size_t n_rows)
{
    struct column *const added = add_column(table, column);
    if (added != NULL && n_rows == table->n_rows && n_rows > 0)
        memcpy(added->values, column->values, n_rows * column->width);
    return added;
}

int table_reserve(struct table *table, size_t n_rows)
{
    if (n_rows <= table->capacity)
        return 0;
    /* Half as much again, so that rows added one by one cost O(1) each; the first request is taken as it is. */
    size_t room = n_rows;
    if (table->capacity > 0 && table->capacity < SIZE_MAX / 2 && room < table->capacity + table->capacity / 2 + 8)
        room = table->capacity + table->capacity / 2 + 8;
    for (size_t i = 0; i < table->n_columns; i++) {
        struct column *const column = &table->columns[i];
        void *const values = reallocate(column->values, room, column->width);
        if (values == NULL)
            return -1; /* columns that grew already have more room than `capacity` says, which does no harm */
        column->values = values;
    }
    table->capacity = room;
    return 0;
}

struct growing {
    struct table *table;
    size_t n_rows;
};

static int fill_column(void *context, size_t k)
{
    const struct growing *const growing = context;
    column_fill_missing(&growing->table->columns[k], growing->table->n_rows, growing->n_rows);
    return 0;
}

int table_resize(struct table *table, size_t n_rows)
{
    if (table_reserve(table, n_rows) != 0)
        return -1;
    if (n_rows > table->n_rows)
        threads_run(table->n_columns, n_rows - table->n_rows > MANY ? threads_available() : 1, fill_column,
                    &(struct growing){table, n_rows});
    table->n_rows = n_rows;
    return 0;
}

/* Pages ask millions of times: most names differ in their first sign, and need no call to tell them apart. */
size_t table_column_index(const struct table *table, const char *name)
{
    size_t i = 0;
    while (i < table->n_columns && (table->columns[i].name[0] != name[0] || strcmp(table->columns[i].name, name) != 0))
        i++;
    return i;
}

struct column *table_column(const struct table *table, const char *name)
{
    const size_t i = table_column_index(table, name);
    return i < table->n_columns ? &table->columns[i] : NULL;
}

static void take_values(struct column *to, const struct column *from, const size_t *rows, size_t n)
{
    const size_t width = from->width;
    const char *const source = from->values;
    char *const target = to->values;
    /* A constant width makes each copy one load and one store. */
    switch (width) {
    case 1:
        for (size_t i = 0; i < n; i++)
            target[i] = source[rows[i]];
        break;
    case 4:
        for (size_t i = 0; i < n; i++)
            memcpy(target + 4 * i, source + 4 * rows[i], 4);
        break;
    case 8:
        for (size_t i = 0; i < n; i++)
            memcpy(target + 8 * i, source + 8 * rows[i], 8);
        break;
    default:
        for (size_t i = 0; i < n; i++)
            memcpy(target + width * i, source + width * rows[i], width);
    }
}

struct taking {
    const struct table *from;
    struct table *taken;
    const size_t *rows;
    size_t n;
};

static int take_column(void *context, size_t k)
{
    const struct taking *const taking = context;
    take_values(&taking->taken->columns[k], &taking->from->columns[k], taking->rows, taking->n);
    return 0;
}

struct table *table_take_rows(const struct table *table, const size_t *rows, size_t n)
{
    struct table *const taken = table_alloc(table->name, table->label);
    if (taken == NULL)
        return NULL;
    taken->capacity = n; /* columns are allocated with room for n rows */
    for (size_t i = 0; i < table->n_columns; i++)
        if (add_column(taken, &table->columns[i]) == NULL) {
            table_free(taken);
            return NULL;
        }
    struct taking taking = {table, taken, rows, n};
    threads_run(table->n_columns, n > MANY ? threads_available() : 1, take_column, &taking);
    taken->n_rows = n;
    return taken;
}

static int check_same_column(const struct table *into, const struct column *a, const struct column *b)
{
    if (strcmp(a->name, b->name) != 0)
        return fail("table '%s': column '%s' stands where '%s' was expected", into->name, b->name, a->name);
    if (a->type != b->type)
        return fail("table '%s': column '%s' is %s, but %s was expected", into->name, a->name,
                    column_type_name(b->type), column_type_name(a->type));
    bool same = a->n_labels == b->n_labels;
    for (size_t i = 0; same && i < a->n_labels; i++)
        same = strcmp(a->labels[i], b->labels[i]) == 0;
    return same ? 0 : fail("table '%s': column '%s' has other labels than before", into->name, a->name);
}

static void append_values(struct column *to, size_t n_before, const struct column *from, size_t n)
{
    char *const target = (char *)to->values + n_before * to->width;
    if (n == 0)
        return;
    if (to->width == from->width) {
        memcpy(target, from->values, n * from->width);
        return;
    }
    memset(target, 0, n * to->width);
    for (size_t i = 0; i < n; i++)
        memcpy(target + i * to->width, (const char *)from->values + i * from->width, from->width);
}

int table_append(struct table *into, const struct table *from)
{
    const size_t n_before = into->n_rows, n = from->n_rows;
    if (into->n_columns != from->n_columns)
        return fail("table '%s' has %zu columns, but %zu were expected", from->name, from->n_columns, into->n_columns);
    for (size_t i = 0; i < into->n_columns; i++)
        if (check_same_column(into, &into->columns[i], &from->columns[i]) != 0)
            return -1;
    if (n > SIZE_MAX - n_before)
        return fail("table '%s' would have too many rows", into->name);
    for (size_t i = 0; i < into->n_columns; i++)
        if (into->columns[i].type == COLUMN_TEXT &&
            column_widen_text(into, &into->columns[i], from->columns[i].width) != 0)
            return -1;
    if (table_reserve(into, n_before + n) != 0)
        return -1;
    for (size_t i = 0; i < into->n_columns; i++)
        append_values(&into->columns[i], n_before, &from->columns[i], n);
    into->n_rows = n_before + n;
    return 0;
}
