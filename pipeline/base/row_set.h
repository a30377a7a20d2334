/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * row_set.h - some rows of a table, a bit each, and where each of them stands among them.
 *
 *     struct row_set set = {0};
 *     if (row_set_add(&set, table_column(cohort, "record"), cohort->n_rows) == 0 && row_set_close(&set) == 0)
 *         ... row r is the row_set_place(&set, r)-th of set.n ...
 *
 * A tenth of a byte a row of the table up to the last one of the set.
 */
#ifndef BASE_ROW_SET_H
#define BASE_ROW_SET_H

#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

struct row_set { /* start with {0} */
    size_t n;
    size_t n_words;
    uint64_t *bits;
    uint32_t *before; /* [n_words + 1] rows before those of each word */
};
void row_set_free(struct row_set *set);

/** Adds the rows that a column of whole numbers names, none missing; n of them, each as often as it likes.  -1 after telling. */
int row_set_add(struct row_set *set, const struct column *rows, size_t n);

/** When all are added.  -1 after telling. */
int row_set_close(struct row_set *set);

/** Of a closed set: its rows, ascending, n of them; the caller frees.  NULL after telling. */
size_t *row_set_list(const struct row_set *set);

/** Of a closed set: how many of its rows come before this one. */
static inline size_t row_set_place(const struct row_set *set, size_t row)
{
    return set->before[row / 64] + (size_t)__builtin_popcountll(set->bits[row / 64] & ((UINT64_C(1) << row % 64) - 1));
}

#endif
