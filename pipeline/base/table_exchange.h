/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * table_exchange.h - rows of a table go to the ranks that want them.
 */
#ifndef BASE_TABLE_EXCHANGE_H
#define BASE_TABLE_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

/** Who gets which rows. */
struct row_way {
    size_t *rows;  /* rows[first[r] .. first[r + 1] - 1] reach rank r, in this order */
    size_t *first; /* [n ranks + 1] */
};

#define RANK_NONE UINT32_MAX

/** The rows 0 .. n - 1, in their order, to rank[row]; RANK_NONE: to nobody.  -1 after telling; free in any case. */
int row_way_make(const uint32_t *rank, size_t n, struct row_way *way);
void row_way_free(struct row_way *way);

/**
 * Collective (base/ranks.h), with tables of the same columns: the rows that all ranks sent to this one, those of rank 0 first, each
 * rank's as in its way.  first (may be NULL): [n ranks + 1] where those of each begin, and the end.  NULL after telling.
 */
struct table *table_exchange(const struct table *table, const struct row_way *way, size_t *first);

#endif
