/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "store/store.h"

/* Which rows go to whom. */
struct way {
    size_t n_ranks;
    size_t *first;             /* [n_ranks + 1] rows that each rank reads; whole chunks, but for the end */
    uint32_t *to;              /* [n] places of the rows asked for, by the rank that reads them */
    size_t n;
    size_t *first_to;          /* [n_ranks + 1] of `to` */
    struct ranks_bytes asked;  /* rows, as uint32_t from the first one of this rank, by the rank that asks */
};

static void way_free(struct way *way)
{
    free(way->first);
    free(way->to);
    free(way->first_to);
    ranks_bytes_free(&way->asked);
}

static size_t owner_of(const struct way *way, size_t row)
{
    size_t low = 0, high = way->n_ranks;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (way->first[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Places by owner, in their order; and what is asked of each. */
static int ask(const size_t *rows, size_t n, struct way *way)
{
    uint32_t *const wanted = allocate(n + 1, sizeof *wanted);
    size_t *const next = allocate(way->n_ranks + 1, sizeof *next), *const bytes = allocate(way->n_ranks + 1, sizeof *bytes);
    int status = wanted == NULL || next == NULL || bytes == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < n; i++)
        way->first_to[owner_of(way, rows[i]) + 1]++;
    for (size_t r = 0; status == 0 && r < way->n_ranks; r++) {
        next[r] = way->first_to[r];
        way->first_to[r + 1] += way->first_to[r];
        bytes[r + 1] = way->first_to[r + 1] * sizeof *wanted;
    }
    for (size_t i = 0; status == 0 && i < n; i++) {
        const size_t owner = owner_of(way, rows[i]), at = next[owner]++;
        way->to[at] = (uint32_t)i;
        wanted[at] = (uint32_t)(rows[i] - way->first[owner]);
    }
    if (status == 0)
        status = ranks_exchange((const unsigned char *)wanted, bytes, &way->asked);
    free(bytes);
    free(next);
    free(wanted);
    return status;
}

static int find_way(const size_t *rows, size_t n, size_t n_rows, struct way *way)
{
    const size_t n_ranks = ranks_n(), n_chunks = (n_rows + STORE_CHUNK_ROWS - 1) / STORE_CHUNK_ROWS;

    *way = (struct way){.n_ranks = n_ranks, .n = n, .first = allocate(n_ranks + 1, sizeof *way->first),
                        .to = allocate(n + 1, sizeof *way->to), .first_to = allocate(n_ranks + 1, sizeof *way->first_to)};
    if (way->first == NULL || way->to == NULL || way->first_to == NULL)
        return -1;
    for (size_t r = 0; r <= n_ranks; r++) {
        const size_t row = n_chunks * r / n_ranks * STORE_CHUNK_ROWS;
        way->first[r] = row < n_rows ? row : n_rows;
    }
    for (size_t i = 0; i < n; i++)
        if (rows[i] >= n_rows)
            return fail("internal error: row %zu of %zu was asked for", rows[i], n_rows);
    return ask(rows, n, way);
}

#define COPY_VALUES(type)                                                                                              \
    for (size_t k = 0; k < n; k++)                                                                                     \
    ((type *)to)[to_place != NULL ? to_place[k] : k] = ((const type *)from)[from_place != NULL ? from_place[k] : k]

/* Values of one width from places to places; NULL: in their order. */
static void copy_values(size_t width, size_t n, const void *from, const uint32_t *from_place, void *to, const uint32_t *to_place)
{
    switch (width) {
    case 1: COPY_VALUES(uint8_t); return;
    case 2: COPY_VALUES(uint16_t); return;
    case 4: COPY_VALUES(uint32_t); return;
    case 8: COPY_VALUES(uint64_t); return;
    default:
        for (size_t k = 0; k < n; k++)
            memcpy((char *)to + (to_place != NULL ? to_place[k] : k) * width,
                   (const char *)from + (from_place != NULL ? from_place[k] : k) * width, width);
    }
}

/* A column of this rank's run becomes that of the rows asked for. */
static int move_column(const struct way *way, const struct column *from, struct column *to)
{
    const size_t width = from->width, n_asked = way->asked.first[way->n_ranks] / sizeof(uint32_t);
    unsigned char *const packed = allocate(n_asked + 1, width);
    size_t *const first = allocate(way->n_ranks + 1, sizeof *first);
    struct ranks_bytes came = {0};
    int status = packed == NULL || first == NULL ? -1 : 0;

    if (status == 0)
        copy_values(width, n_asked, from->values, (const uint32_t *)(const void *)way->asked.bytes, packed, NULL);
    for (size_t r = 0; status == 0 && r <= way->n_ranks; r++)
        first[r] = way->asked.first[r] / sizeof(uint32_t) * width;
    if (status == 0)
        status = ranks_exchange(packed, first, &came);
    free(packed);
    if (status == 0)
        copy_values(width, way->n, came.bytes, NULL, to->values, way->to);
    ranks_bytes_free(&came);
    free(first);
    return status;
}

static int read_column(struct store *store, const char *name, const struct way *way, struct column *column)
{
    const char *const one[] = {column->name, NULL};
    struct table *const run = store_read_range(store, name, one, way->first[ranks_rank()], way->first[ranks_rank() + 1]);
    const int status = run == NULL ? -1 : move_column(way, &run->columns[0], column);

    table_free(run);
    return status;
}

struct table *store_read_scattered(struct store *store, const char *name, const char *const *columns, const size_t *rows,
                                   size_t n)
{
    struct way way = {0};
    size_t n_rows;
    struct table *const table = store_read_range(store, name, columns, 0, 0);
    int status = table == NULL || store_n_rows(store, name, &n_rows) != 0 || find_way(rows, n, n_rows, &way) != 0 ||
                         table_resize(table, n) != 0
                     ? -1
                     : 0;

    for (size_t k = 0; status == 0 && k < table->n_columns; k++)
        status = read_column(store, name, &way, &table->columns[k]);
    way_free(&way);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}
