/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/person_meeting.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "base/table_exchange.h"

struct person_meeting {
    struct table *table; /* keys that met here, then their values */
    struct person_keys keys;
    const struct column *value;
    struct person_index *index;
};

void person_meeting_free(struct person_meeting *meeting)
{
    if (meeting == NULL)
        return;
    person_index_free(meeting->index);
    table_free(meeting->table);
    free(meeting);
}

/* A table of keys alone, in the order of the keys. */
static struct table *copy_keys(const struct person_keys *keys, size_t n)
{
    struct table *const table = table_alloc("keys", "");
    int status = table == NULL ? -1 : table_resize(table, n);

    for (size_t k = 0; status == 0 && k < keys->n; k++)
        status = table_copy_column(table, keys->columns[k], n) == NULL ? -1 : 0;
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

static struct person_keys keys_of(const struct table *table, size_t n)
{
    struct person_keys keys = {.n = n};

    for (size_t k = 0; k < n; k++)
        keys.columns[k] = &table->columns[k];
    return keys;
}

/* A row goes where its key meets others; those that `goes` leaves out, and those without a key, nowhere. */
static int way_of_keys(const struct person_keys *keys, size_t n, bool (*goes)(const void *context, size_t row), const void *context,
                       struct row_way *way)
{
    uint32_t *const rank = allocate(n + 1, sizeof *rank);
    int status = rank == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < n; i++)
        rank[i] = goes(context, i) && !person_key_is_missing(keys, i) ? (uint32_t)person_key_part(keys, i, ranks_n()) : RANK_NONE;
    if (status == 0)
        status = row_way_make(rank, n, way);
    free(rank);
    return status;
}

/* ---- what is known ---------------------------------------------------------------------------------------------------- */

static bool has_value(const void *context, size_t row)
{
    const int64_t *const value = context;

    return value[row] >= 0;
}

static struct table *bring(const struct person_keys *keys, const int64_t *value, size_t n)
{
    struct table *const mine = copy_keys(keys, n), *came = NULL;
    struct column *const values = mine == NULL ? NULL : table_add_column(mine, "value at the meeting", COLUMN_INT64, 0, "", "");
    struct row_way way = {0};

    for (size_t i = 0; values != NULL && i < n; i++)
        column_set_integer(values, i, value[i]);
    if (values != NULL && way_of_keys(keys, n, has_value, value, &way) == 0)
        came = table_exchange(mine, &way, NULL);
    row_way_free(&way);
    table_free(mine);
    return came;
}

struct person_meeting *person_meeting_make(const struct person_keys *keys, const int64_t *value, size_t n)
{
    struct person_meeting *const meeting = allocate(1, sizeof *meeting);

    if (meeting == NULL)
        return NULL;
    *meeting = (struct person_meeting){.table = bring(keys, value, n)};
    if (meeting->table != NULL) {
        meeting->keys = keys_of(meeting->table, keys->n);
        meeting->value = &meeting->table->columns[keys->n];
        meeting->index = person_index_make(&meeting->keys, NULL, meeting->table->n_rows);
    }
    if (meeting->index != NULL)
        return meeting;
    person_meeting_free(meeting);
    return NULL;
}

/* ---- what is asked ---------------------------------------------------------------------------------------------------- */

static bool is_asked(const void *context, size_t row)
{
    const uint8_t *const asks = context;

    return asks == NULL || asks[row] != 0;
}

static int64_t value_of(const struct person_meeting *meeting, size_t entry)
{
    if (entry == PERSON_UNKNOWN || entry == PERSON_MISSING)
        return MEETING_NOWHERE;
    const int64_t value = column_integer(meeting->value, entry);
    while ((entry = person_index_next(meeting->index, entry)) != PERSON_UNKNOWN)
        if (column_integer(meeting->value, entry) != value)
            return MEETING_SEVERAL;
    return value;
}

/* The answers go back the way the keys came.  first: of the keys, by the rank that asks; becomes that of bytes. */
static int answer(const struct person_meeting *meeting, const struct table *asked, size_t *first, struct ranks_bytes *answers)
{
    const struct person_keys keys = keys_of(asked, meeting->keys.n);
    size_t *const entries = allocate(asked->n_rows + 1, sizeof *entries);
    int64_t *const found = allocate(asked->n_rows + 1, sizeof *found);
    int status = entries == NULL || found == NULL ? -1 : 0;

    if (status == 0)
        person_index_find(meeting->index, &keys, 0, asked->n_rows, entries);
    for (size_t i = 0; status == 0 && i < asked->n_rows; i++)
        found[i] = value_of(meeting, entries[i]);
    for (size_t r = 0; r <= ranks_n(); r++)
        first[r] *= sizeof *found;
    if (status == 0)
        status = ranks_exchange((const unsigned char *)found, first, answers);
    free(found);
    free(entries);
    return status;
}

int person_meeting_ask(const struct person_meeting *meeting, const struct person_keys *keys, const uint8_t *asks, size_t n,
                       int64_t *found)
{
    struct table *const mine = copy_keys(keys, n), *asked = NULL;
    size_t *const first = allocate(ranks_n() + 1, sizeof *first);
    struct row_way way = {0};
    struct ranks_bytes answers = {0};
    int status = mine == NULL || first == NULL || way_of_keys(keys, n, is_asked, asks, &way) != 0 ||
                         (asked = table_exchange(mine, &way, first)) == NULL || answer(meeting, asked, first, &answers) != 0
                     ? -1
                     : 0;

    for (size_t i = 0; status == 0 && i < n; i++)
        if (is_asked(asks, i))
            found[i] = MEETING_NOWHERE;
    for (size_t i = 0; status == 0 && i < way.first[ranks_n()]; i++)
        found[way.rows[i]] = ((const int64_t *)(const void *)answers.bytes)[i];
    ranks_bytes_free(&answers);
    row_way_free(&way);
    free(first);
    table_free(asked);
    table_free(mine);
    return status;
}
