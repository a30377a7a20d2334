/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/clusters.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct context {
    const struct column *column;
    const size_t *rows;
};

static int compare_values(const struct column *column, size_t a, size_t b)
{
    const bool no_a = column_is_missing(column, a), no_b = column_is_missing(column, b);

    if (no_a || no_b)
        return (int)no_a - (int)no_b;
    if (column->type == COLUMN_TEXT)
        return memcmp((const char *)column->values + a * column->width, (const char *)column->values + b * column->width,
                      column->width);
    const int64_t x = column_integer(column, a), y = column_integer(column, b);
    return (x > y) - (x < y);
}

static int compare(const void *a, const void *b, void *context)
{
    const struct context *c = context;
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    const int order = compare_values(c->column, c->rows[x], c->rows[y]);

    return order != 0 ? order : (x > y) - (x < y);
}

int clusters_number(const struct column *column, const size_t *rows, size_t n, int32_t *number)
{
    struct context context = {column, rows};
    size_t *order = allocate(n, sizeof *order);
    int32_t next = -1;

    if (order == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    if (n > 1)
        qsort_r(order, n, sizeof *order, compare, &context);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || column_is_missing(column, rows[order[i]]) ||
            compare_values(column, rows[order[i - 1]], rows[order[i]]) != 0)
            next++;
        number[order[i]] = next;
    }
    free(order);
    return 0;
}
