/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table_exchange.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pack.h"
#include "base/ranks.h"
#include "base/table_pack.h"

int row_way_make(const uint32_t *rank, size_t n, struct row_way *way)
{
    const size_t n_ranks = ranks_n();
    size_t *const next = allocate(n_ranks + 1, sizeof *next);

    *way = (struct row_way){allocate(n + 1, sizeof *way->rows), allocate(n_ranks + 1, sizeof *way->first)};
    if (next == NULL || way->rows == NULL || way->first == NULL) {
        free(next);
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        if (rank[i] != RANK_NONE)
            way->first[rank[i] + 1]++;
    for (size_t r = 0; r < n_ranks; r++) {
        next[r] = way->first[r];
        way->first[r + 1] += way->first[r];
    }
    for (size_t i = 0; i < n; i++)
        if (rank[i] != RANK_NONE)
            way->rows[next[rank[i]]++] = i;
    free(next);
    return 0;
}

void row_way_free(struct row_way *way)
{
    free(way->rows);
    free(way->first);
    *way = (struct row_way){0};
}

static int pack_parts(const struct table *table, const struct row_way *way, struct pack *pack, size_t *ends)
{
    for (size_t r = 0; r < ranks_n(); r++) {
        struct table *const part = table_take_rows(table, way->rows + way->first[r], way->first[r + 1] - way->first[r]);
        if (part == NULL)
            return -1;
        table_pack(pack, part);
        table_free(part);
        if (pack->broken)
            return -1;
        ends[r + 1] = pack->n;
    }
    return 0;
}

static struct table *put_together(const struct ranks_bytes *from, size_t *first)
{
    struct table *all = NULL;
    int status = 0;

    for (size_t r = 0; status == 0 && r < ranks_n(); r++) {
        struct unpack one = {.bytes = from->bytes + from->first[r], .left = from->first[r + 1] - from->first[r]};
        struct table *const part = table_unpack(&one);
        status = part == NULL ? -1 : 0;
        if (status == 0 && first != NULL)
            first[r + 1] = first[r] + part->n_rows;
        if (status == 0 && all != NULL)
            status = table_append(all, part);
        if (all == NULL)
            all = part;
        else
            table_free(part);
    }
    if (status == 0)
        return all;
    table_free(all);
    return NULL;
}

struct table *table_exchange(const struct table *table, const struct row_way *way, size_t *first)
{
    size_t *const ends = allocate(ranks_n() + 1, sizeof *ends);
    struct ranks_bytes from = {0};
    struct pack pack = {0};
    const int status =
        ends == NULL || pack_parts(table, way, &pack, ends) != 0 ? -1 : ranks_exchange(pack.bytes, ends, &from);

    pack_free(&pack);
    free(ends);
    if (first != NULL)
        first[0] = 0;
    struct table *const came = status == 0 ? put_together(&from, first) : NULL;
    ranks_bytes_free(&from);
    return came;
}
