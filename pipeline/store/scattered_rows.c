/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "base/threads.h"
#include "store/store.h"

/* Of a run of rows so much is read at once. */
enum { LOAD_BYTES = 32 << 20 };

/* Which rows go to whom; alone, where the rows are. */
struct way {
    size_t n_ranks;
    const size_t *rows;        /* [n] as they were asked for */
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

    *way = (struct way){.n_ranks = n_ranks, .rows = rows, .n = n, .first = allocate(n_ranks + 1, sizeof *way->first),
                        .first_to = allocate(n_ranks + 1, sizeof *way->first_to)};
    if (way->first == NULL || way->first_to == NULL)
        return -1;
    for (size_t r = 0; r <= n_ranks; r++) {
        const size_t row = n_chunks * r / n_ranks * STORE_CHUNK_ROWS;
        way->first[r] = row < n_rows ? row : n_rows;
    }
    for (size_t i = 0; i < n; i++)
        if (rows[i] >= n_rows)
            return fail("internal error: row %zu of %zu was asked for", rows[i], n_rows);
    if (n_ranks == 1)
        return 0;
    way->to = allocate(n + 1, sizeof *way->to);
    return way->to == NULL ? -1 : ask(rows, n, way);
}

/* Values of one width from places to places; NULL: in their order.  Columns travel one behind the other: no place is aligned. */
static inline void copy_wide(size_t width, size_t n, const char *from, const uint32_t *from_place, char *to, const uint32_t *to_place)
{
    for (size_t k = 0; k < n; k++)
        memcpy(to + (to_place != NULL ? to_place[k] : k) * width, from + (from_place != NULL ? from_place[k] : k) * width, width);
}

static inline void pick_wide(size_t width, size_t n, const char *from, const size_t *rows, char *to)
{
    for (size_t k = 0; k < n; k++)
        memcpy(to + k * width, from + rows[k] * width, width);
}

/* The usual widths by themselves, each a move. */
static void copy_values(size_t width, size_t n, const void *from, const uint32_t *from_place, void *to, const uint32_t *to_place)
{
    switch (width) {
    case 1: copy_wide(1, n, from, from_place, to, to_place); return;
    case 2: copy_wide(2, n, from, from_place, to, to_place); return;
    case 4: copy_wide(4, n, from, from_place, to, to_place); return;
    case 8: copy_wide(8, n, from, from_place, to, to_place); return;
    default: copy_wide(width, n, from, from_place, to, to_place);
    }
}

/* Columns that travel together. */
struct load {
    const struct way *way;
    struct column *columns; /* [n] of the rows asked for */
    size_t n, width;        /* bytes of a row */
};

/* What others have asked for, rank by rank, and within each column by column. */
static void pack(const struct load *load, const struct table *run, unsigned char *packed)
{
    const struct way *const way = load->way;
    const uint32_t *const asked = (const uint32_t *)(const void *)way->asked.bytes;

    for (size_t r = 0; r < way->n_ranks; r++) {
        const size_t first = way->asked.first[r] / sizeof *asked, n = way->asked.first[r + 1] / sizeof *asked - first;
        for (size_t k = 0; k < load->n; packed += n * load->columns[k++].width)
            copy_values(load->columns[k].width, n, run->columns[k].values, asked + first, packed, NULL);
    }
}

static void unpack(const struct load *load, const unsigned char *came)
{
    const struct way *const way = load->way;

    for (size_t r = 0; r < way->n_ranks; r++) {
        const size_t first = way->first_to[r], n = way->first_to[r + 1] - first;
        for (size_t k = 0; k < load->n; came += n * load->columns[k++].width)
            copy_values(load->columns[k].width, n, came, NULL, load->columns[k].values, way->to + first);
    }
}

static int carry(const struct load *load, const struct table *run)
{
    const struct way *const way = load->way;
    unsigned char *const packed = allocate(way->asked.first[way->n_ranks] / sizeof(uint32_t) + 1, load->width);
    size_t *const first = allocate(way->n_ranks + 1, sizeof *first);
    struct ranks_bytes came = {0};
    int status = packed == NULL || first == NULL ? -1 : 0;

    if (status == 0)
        pack(load, run, packed);
    for (size_t r = 0; status == 0 && r <= way->n_ranks; r++)
        first[r] = way->asked.first[r] / sizeof(uint32_t) * load->width;
    if (status == 0)
        status = ranks_exchange(packed, first, &came);
    free(packed);
    if (status == 0)
        unpack(load, came.bytes);
    ranks_bytes_free(&came);
    free(first);
    return status;
}

/* Nobody else is asked. */
struct picking {
    const struct load *load;
    const struct table *run;
};

static int pick_column(void *context, size_t k)
{
    const struct picking *const picking = context;
    const struct way *const way = picking->load->way;
    const size_t width = picking->load->columns[k].width;
    const char *const from = picking->run->columns[k].values;
    char *const to = picking->load->columns[k].values;

    switch (width) {
    case 1: pick_wide(1, way->n, from, way->rows, to); break;
    case 2: pick_wide(2, way->n, from, way->rows, to); break;
    case 4: pick_wide(4, way->n, from, way->rows, to); break;
    case 8: pick_wide(8, way->n, from, way->rows, to); break;
    default: pick_wide(width, way->n, from, way->rows, to);
    }
    return 0;
}

static int pick(const struct load *load, const struct table *run)
{
    return threads_run(load->n, load->way->n > STORE_CHUNK_ROWS ? threads_available() : 1, pick_column,
                       &(struct picking){load, run});
}

static int read_load(struct store *store, const char *name, const struct load *load)
{
    const char **const names = allocate(load->n + 1, sizeof *names);
    const size_t *const first = &load->way->first[ranks_rank()];
    struct table *run = NULL;

    for (size_t k = 0; names != NULL && k < load->n; k++)
        names[k] = load->columns[k].name;
    if (names != NULL)
        run = store_read_range(store, name, names, first[0], first[1]);
    free(names);
    const int status = run == NULL ? -1 : load->way->n_ranks == 1 ? pick(load, run) : carry(load, run);
    table_free(run);
    return status;
}

/* As many columns from the k-th on as make no more than LOAD_BYTES of a run of rows, but one: alike at all ranks. */
static struct load next_load(const struct way *way, struct table *table, size_t k, size_t n_rows)
{
    struct load load = {.way = way, .columns = &table->columns[k]};
    const size_t n_run = n_rows / way->n_ranks + 1;

    while (k + load.n < table->n_columns &&
           (load.n == 0 || (load.width + load.columns[load.n].width) * n_run <= LOAD_BYTES))
        load.width += load.columns[load.n++].width;
    return load;
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

    for (size_t k = 0; status == 0 && k < table->n_columns;) {
        const struct load load = next_load(&way, table, k, n_rows);
        status = read_load(store, name, &load);
        k += load.n;
    }
    way_free(&way);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}
