/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/person_rows.h"

int person_rows_read(struct store *store, const char *table, size_t row, int64_t *person)
{
    static const char *const person_column[] = {"person", NULL};
    struct table *const rows = store_read_range(store, table, person_column, row, row + 1);

    if (rows == NULL)
        return -1;
    *person = column_integer(&rows->columns[0], 0);
    if (*person == MISSING_INTEGER)
        *person = INT64_MAX;
    table_free(rows);
    return 0;
}

int person_rows_find(struct store *store, const char *table, int64_t wanted, size_t *row)
{
    size_t low = 0, high;
    int64_t person;

    if (store_n_rows(store, table, &high) != 0)
        return -1;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (person_rows_read(store, table, middle, &person) != 0)
            return -1;
        if (person < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    *row = low;
    return 0;
}
