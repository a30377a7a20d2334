/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "episodes/fates.h"
#include "episodes/link.h"

/* Codes and numbers are equal in every order of the rows, so their bytes order the records by content. */
static int compare_records(const void *a, const void *b, void *context)
{
    const struct table *all = context;
    const size_t x = (size_t)*(const int32_t *)a, y = (size_t)*(const int32_t *)b;

    for (size_t i = 0; i < all->n_columns; i++) {
        const struct column *column = &all->columns[i];
        const int order = memcmp((const char *)column->values + x * column->width,
                                 (const char *)column->values + y * column->width, column->width);
        if (order != 0)
            return order;
    }
    return (x > y) - (x < y);
}

int link_settle_duplicates(struct table *stays, const struct table *all)
{
    int32_t *record = table_column(stays, "record")->values;
    const struct column *fate = table_column(stays, "fate");

    /* A stay and its duplicates lie side by side. */
    for (size_t at = 0, next; at < stays->n_rows; at = next) {
        for (next = at + 1; next < stays->n_rows && column_code(fate, next) == FATE_DUPLICATE;)
            next++;
        if (next - at > 1)
            qsort_r(record + at, next - at, sizeof *record, compare_records, (void *)all);
    }
    return 0;
}
