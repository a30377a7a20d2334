/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "episodes/duplicates.h"
#include "episodes/fates.h"
#include "store/store.h"

/* A stay and its duplicates, which lie side by side: rows at .. end - 1. */
struct same {
    size_t at, end;
};

/* The next of them behind *same; false: there is none. */
static bool next_same(const int8_t *fate, size_t n, struct same *same)
{
    const int8_t *const duplicate = n > same->end ? memchr(fate + same->end, FATE_DUPLICATE, n - same->end) : NULL;

    if (duplicate == NULL)
        return false;
    same->end = (size_t)(duplicate - fate);
    same->at = same->end - 1;
    while (same->end < n && fate[same->end] == FATE_DUPLICATE)
        same->end++;
    return true;
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
    for (struct same same = {0}; next_same(fate, stays->n_rows, &same);)
        wanted += same.end - same.at;
    if ((rows = allocate(wanted, sizeof *rows)) == NULL)
        return NULL;
    for (struct same same = {0}; next_same(fate, stays->n_rows, &same);)
        for (size_t i = same.at; i < same.end; i++)
            rows[(*n)++] = (size_t)record[i];
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

    for (struct same same = {0}; next_same(fate, stays->n_rows, &same);)
        qsort_r(record + same.at, same.end - same.at, sizeof *record, compare_records, &content);
}

/* ---- group by group ---------------------------------------------------------------------------------------------------- */

void duplicates_free(struct duplicates *duplicates)
{
    table_free(duplicates->read);
    free(duplicates->number);
    *duplicates = (struct duplicates){0};
}

/* Which of the group's records these are. */
static int find_local(const int32_t *number, size_t n_records, const size_t *wanted, size_t n, size_t *local)
{
    size_t found = 0;

    for (size_t i = 0; number != NULL && i < n_records; i++) {
        const size_t row = (size_t)number[i];
        const size_t *const at = bsearch(&row, wanted, n, sizeof row, compare_rows);
        if (at != NULL) {
            local[at - wanted] = i;
            found++;
        }
    }
    for (size_t k = 0; number == NULL && k < n; k++)
        local[found++] = wanted[k];
    return found == n ? 0 : -1;
}

static int append(struct duplicates *duplicates, struct table *read, const size_t *number, size_t n)
{
    size_t *const numbers = reallocate(duplicates->number, duplicates->n + n, sizeof *numbers);
    int status = numbers == NULL ? -1 : 0;

    if (status == 0) {
        duplicates->number = numbers;
        memcpy(numbers + duplicates->n, number, n * sizeof *number);
        duplicates->n += n;
    }
    if (status == 0 && duplicates->read == NULL) {
        duplicates->read = read;
        return 0;
    }
    if (status == 0)
        status = table_append(duplicates->read, read);
    table_free(read);
    return status;
}

int duplicates_note(struct duplicates *duplicates, const struct table *records, const int32_t *number,
                    const struct table *stays)
{
    size_t n, *const wanted = link_duplicates(stays, &n), *const local = wanted == NULL ? NULL : allocate(n, sizeof *local);
    struct table *const read = local == NULL || find_local(number, records->n_rows, wanted, n, local) != 0
                                   ? NULL
                                   : table_take_rows(records, local, n);
    const int status = read == NULL ? -1 : append(duplicates, read, wanted, n);

    free(local);
    free(wanted);
    return status;
}

static char **other_columns(const struct table *schema, const struct table *read)
{
    char **names = allocate(1, sizeof *names); /* an empty list */

    for (size_t i = 0; names != NULL && i < schema->n_columns; i++)
        if (table_column(read, schema->columns[i].name) == NULL && names_add(&names, schema->columns[i].name) != 0) {
            names_free(names);
            return NULL;
        }
    return names;
}

static struct table *read_others(struct store *store, const struct table *schema, const struct table *read,
                                 const size_t *rows, size_t n)
{
    char **names = other_columns(schema, read);
    struct table *others = names == NULL ? NULL : store_read_rows(store, schema->name, (const char *const *)names, rows, n);

    names_free(names);
    return others;
}

static int settle(struct link_groups *all, const struct table *schema, const struct table *read, const struct table *others,
                  const size_t *rows, size_t n)
{
    const struct column **columns = allocate(schema->n_columns, sizeof *columns);

    if (columns == NULL)
        return -1;
    for (size_t i = 0; i < schema->n_columns; i++) {
        const char *name = schema->columns[i].name;
        const struct column *column = table_column(read, name);
        columns[i] = column != NULL ? column : table_column(others, name);
    }
    for (size_t g = 0; g < all->n; g++)
        link_settle_duplicates(all->groups[g].stays, columns, schema->n_columns, rows, n);
    free(columns);
    return 0;
}

static int compare_numbers(const void *a, const void *b, void *context)
{
    const size_t *const number = context;

    return compare_rows(&number[*(const size_t *)a], &number[*(const size_t *)b]);
}

/* The rows in the order of the source. */
static struct table *sort(const struct duplicates *duplicates, size_t *rows)
{
    size_t *const order = allocate(duplicates->n, sizeof *order);

    for (size_t k = 0; order != NULL && k < duplicates->n; k++)
        order[k] = k;
    if (order != NULL && duplicates->n > 1)
        qsort_r(order, duplicates->n, sizeof *order, compare_numbers, duplicates->number);
    for (size_t k = 0; order != NULL && k < duplicates->n; k++)
        rows[k] = duplicates->number[order[k]];
    struct table *const read = order == NULL ? NULL : table_take_rows(duplicates->read, order, duplicates->n);
    free(order);
    return read;
}

int duplicates_settle(const struct duplicates *duplicates, const char *path, const char *table, struct link_groups *all)
{
    const size_t n = duplicates->n;
    size_t *const rows = n == 0 ? NULL : allocate(n, sizeof *rows);
    struct store *const store = rows == NULL ? NULL : store_open(path);
    struct table *schema = store == NULL ? NULL : store_read_schema(store, table), *read = NULL, *others = NULL;
    int status = n == 0 ? 0 : -1;

    if (schema != NULL && (read = sort(duplicates, rows)) != NULL &&
        (others = read_others(store, schema, read, rows, n)) != NULL)
        status = settle(all, schema, read, others, rows, n);
    store_close(store);
    table_free(others);
    table_free(read);
    table_free(schema);
    free(rows);
    return status;
}
