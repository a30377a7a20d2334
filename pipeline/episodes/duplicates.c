/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "episodes/fates.h"
#include "episodes/link.h"

/* A stay and its duplicates lie side by side; the end of those that begin at `at`. */
static size_t group_end(const int8_t *fate, size_t n, size_t at)
{
    size_t end = at + 1;

    while (end < n && fate[end] == FATE_DUPLICATE)
        end++;
    return end;
}

static int compare_rows(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

size_t *link_duplicates(const struct table *stays, size_t *n)
{
    const int32_t *record = table_column(stays, "record")->values;
    const int8_t *fate = table_column(stays, "fate")->values;
    size_t *rows, wanted = 0;

    *n = 0;
    for (size_t at = 0, end; at < stays->n_rows; at = end) {
        end = group_end(fate, stays->n_rows, at);
        wanted += end - at > 1 ? end - at : 0;
    }
    if ((rows = allocate(wanted, sizeof *rows)) == NULL)
        return NULL;
    for (size_t at = 0, end; at < stays->n_rows; at = end) {
        end = group_end(fate, stays->n_rows, at);
        for (size_t i = at; i < end && end - at > 1; i++)
            rows[(*n)++] = (size_t)record[i];
    }
    if (*n > 0)
        qsort(rows, *n, sizeof *rows, compare_rows);
    return rows;
}

struct content {
    const struct column *const *columns; /* [n_columns] */
    size_t n_columns;
    const size_t *rows;                  /* [n] */
    size_t n;
};

static size_t place_of(const struct content *content, int32_t record)
{
    const size_t row = (size_t)record;
    const size_t *found = bsearch(&row, content->rows, content->n, sizeof row, compare_rows);

    return (size_t)(found - content->rows);
}

/* Codes and numbers are equal in every order of the rows, so their bytes order the records by content. */
static int compare_records(const void *a, const void *b, void *context)
{
    const struct content *content = context;
    const int32_t first = *(const int32_t *)a, second = *(const int32_t *)b;
    const size_t x = place_of(content, first), y = place_of(content, second);

    for (size_t i = 0; i < content->n_columns; i++) {
        const struct column *column = content->columns[i];
        const int order = memcmp((const char *)column->values + x * column->width,
                                 (const char *)column->values + y * column->width, column->width);
        if (order != 0)
            return order;
    }
    return (first > second) - (first < second);
}

void link_settle_duplicates(struct table *stays, const struct column *const *columns, size_t n_columns,
                            const size_t *rows, size_t n)
{
    int32_t *record = table_column(stays, "record")->values;
    const int8_t *fate = table_column(stays, "fate")->values;
    struct content content = {columns, n_columns, rows, n};

    for (size_t at = 0, end; at < stays->n_rows; at = end) {
        end = group_end(fate, stays->n_rows, at);
        if (end - at > 1)
            qsort_r(record + at, end - at, sizeof *record, compare_records, &content);
    }
}
