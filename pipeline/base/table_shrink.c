/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/table.h"
#include "base/threads.h"

static bool is_whole(enum column_type type)
{
    return type == COLUMN_INT8 || type == COLUMN_INT16 || type == COLUMN_INT32 || type == COLUMN_INT64;
}

static void find_range(const struct column *column, size_t n, int64_t *low, int64_t *high)
{
    *low = *high = 0;
    if (column->type == COLUMN_INT32) { /* what long tables are made of */
        const int32_t *values = column->values;
        int32_t least = 0, most = 0;
        for (size_t i = 0; i < n; i++) {
            const int32_t value = values[i] == INT32_MIN ? 0 : values[i];
            least = value < least ? value : least;
            most = value > most ? value : most;
        }
        *low = least;
        *high = most;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const int64_t value = column_integer(column, i);
        if (value == MISSING_INTEGER)
            continue;
        *low = value < *low ? value : *low;
        *high = value > *high ? value : *high;
    }
}

/* The smallest value of a type means missing. */
enum column_type column_type_for(int64_t low, int64_t high)
{
    if (low > INT8_MIN && high <= INT8_MAX)
        return COLUMN_INT8;
    if (low > INT16_MIN && high <= INT16_MAX)
        return COLUMN_INT16;
    return low > INT32_MIN && high <= INT32_MAX ? COLUMN_INT32 : COLUMN_INT64;
}

/* In place: a narrower value never reaches one that is still to be read. */
static void narrow_values(const struct column *column, struct column *narrow, size_t n)
{
    const int32_t *wide = column->values;

    if (column->type == COLUMN_INT32 && narrow->type == COLUMN_INT16) {
        int16_t *values = narrow->values;
        for (size_t i = 0; i < n; i++)
            values[i] = wide[i] == INT32_MIN ? INT16_MIN : (int16_t)wide[i];
    } else if (column->type == COLUMN_INT32 && narrow->type == COLUMN_INT8) {
        int8_t *values = narrow->values;
        for (size_t i = 0; i < n; i++)
            values[i] = wide[i] == INT32_MIN ? INT8_MIN : (int8_t)wide[i];
    } else
        for (size_t i = 0; i < n; i++)
            column_set_integer(narrow, i, column_integer(column, i));
}

static bool may_change(const struct column *column)
{
    return is_whole(column->type) && strcmp(column->units, "date") != 0;
}

/* To a wider type the values move to new memory. */
static int widen(struct column *column, enum column_type type, size_t n)
{
    struct column wide = *column;

    wide.type = type;
    wide.width = column_type_width(type, 0, 0);
    if ((wide.values = allocate(n, wide.width)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        column_set_integer(&wide, i, column_integer(column, i));
    free(column->values);
    *column = wide;
    return 0;
}

static int retype(struct column *column, enum column_type type, size_t n)
{
    struct column narrow = *column;
    char *smaller;

    narrow.type = type;
    narrow.width = column_type_width(type, 0, 0);
    if (narrow.width == column->width)
        return 0;
    if (narrow.width > column->width)
        return widen(column, type, n);
    narrow_values(column, &narrow, n);
    column->type = narrow.type;
    column->width = narrow.width;
    if ((smaller = reallocate(column->values, n, narrow.width)) == NULL)
        return -1;
    column->values = smaller;
    return 0;
}

struct retyping {
    struct table *table;
    const enum column_type *types; /* NULL: as narrow as the values allow, */
    const size_t *kept;            /* [n_kept] but for these columns */
    size_t n_kept;
};

static enum column_type narrowest(const struct column *column, size_t n)
{
    int64_t low, high;

    if (!may_change(column))
        return column->type;
    find_range(column, n, &low, &high);
    const enum column_type type = column_type_for(low, high);
    return column_type_width(type, 0, 0) < column->width ? type : column->type;
}

static int retype_column(void *context, size_t k)
{
    const struct retyping *retyping = context;
    struct column *const column = &retyping->table->columns[k];
    const size_t n = retyping->table->n_rows;

    for (size_t i = 0; i < retyping->n_kept; i++)
        if (retyping->kept[i] == k)
            return 0;
    if (!may_change(column))
        return 0;
    return retype(column, retyping->types == NULL ? narrowest(column, n) : retyping->types[k], n);
}

static int retype_all(struct retyping *retyping, int n_threads)
{
    struct table *const table = retyping->table;

    if (threads_run(table->n_columns, n_threads, retype_column, retyping) != 0)
        return -1;
    table->capacity = table->n_rows; /* of the changed columns; the others have room for more */
    return 0;
}

int table_shrink(struct table *table, int n_threads)
{
    return table_shrink_but(table, NULL, 0, n_threads);
}

int table_shrink_but(struct table *table, const size_t *kept, size_t n_kept, int n_threads)
{
    return retype_all(&(struct retyping){.table = table, .kept = kept, .n_kept = n_kept}, n_threads);
}

int table_retype(struct table *table, const enum column_type *types, int n_threads)
{
    return retype_all(&(struct retyping){.table = table, .types = types}, n_threads);
}
