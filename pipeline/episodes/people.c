/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/people.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char *const fates[] = {[PERSON_KEPT] = "kept", [PERSON_SEVERAL_ROWS] = "person on several rows"};

struct keys {
    const struct column *const *columns;
    size_t n_columns;
};

/* One value has one byte pattern, whatever the type of the column. */
static int compare_rows(const void *a, const void *b, void *context)
{
    const struct keys *keys = context;
    int order = 0;

    for (size_t k = 0; k < keys->n_columns && order == 0; k++) {
        const struct column *column = keys->columns[k];
        const char *values = column->values;
        order = memcmp(values + *(const size_t *)a * column->width, values + *(const size_t *)b * column->width,
                       column->width);
    }
    return order;
}

/* Rows of equal keys end side by side. */
static int mark_repeated(struct keys keys, size_t n, struct column *fate)
{
    size_t *rows = allocate(n, sizeof *rows);
    size_t n_rows = 0;

    if (rows == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (!column_is_missing(keys.columns[0], i))
            rows[n_rows++] = i;
    qsort_r(rows, n_rows, sizeof *rows, compare_rows, &keys);
    for (size_t i = 0; i + 1 < n_rows; i++)
        if (compare_rows(&rows[i], &rows[i + 1], &keys) == 0) {
            column_set_code(fate, rows[i], PERSON_SEVERAL_ROWS);
            column_set_code(fate, rows[i + 1], PERSON_SEVERAL_ROWS);
        }
    free(rows);
    return 0;
}

struct table *people_stays(const struct table *records, const struct column *const *persons, size_t n_persons)
{
    struct table *stays = table_alloc("stays", "What became of each record");
    struct column *record, *fate;

    if (stays == NULL || table_add_column(stays, "record", COLUMN_INT64, 0, "Row of the source", "") == NULL ||
        table_add_category(stays, "fate", fates, 2, "What became of the record") == NULL ||
        table_resize(stays, records->n_rows) != 0)
        goto failed;
    record = table_column(stays, "record");
    fate = table_column(stays, "fate");
    for (size_t i = 0; i < records->n_rows; i++) {
        column_set_integer(record, i, (int64_t)i);
        column_set_code(fate, i, PERSON_KEPT);
    }
    if (n_persons > 0 && mark_repeated((struct keys){persons, n_persons}, records->n_rows, fate) != 0)
        goto failed;
    return stays;
failed:
    table_free(stays);
    return NULL;
}
