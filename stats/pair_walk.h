/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pair_walk.h - pairs of a row with an event and one that lives on after it, by which of the two has the higher prediction.
 *
 * Rows stand on an axis of times (those of each stratum, one stratum after the other): a row lives through the events at
 * positions from .. until - 1 of its stratum, and has its own at `until`.  They are met by ascending predictions, over two
 * trees by position that hold those met before: O(n log n), and for few distinct times the trees stay in the first cache.
 * Weights are whole numbers, so the order of the rows cannot change a bit.
 *
 * Rows that lie elsewhere, all with lower predictions than those here or all with higher ones, are told by counts.
 */
#ifndef STATS_PAIR_WALK_H
#define STATS_PAIR_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/radix_order.h"

/** Rows on their way: of each the key of its prediction, twice `until` and 1 more for an event. */
struct walked_rows {
    size_t n;
    struct radix_item *items; /* [n] row: its place in what follows */
    uint32_t *from;           /* [n] NULL: everybody is there from the first position of the stratum */
    int64_t *weight;          /* [n] NULL: 1 */
};

static inline uint32_t walked_until(const struct radix_item *item)
{
    return item->with / 2;
}

static inline bool walked_event(const struct radix_item *item)
{
    return item->with % 2 != 0;
}

static inline int64_t walked_weight(const struct walked_rows *rows, const struct radix_item *item)
{
    return rows->weight != NULL ? rows->weight[item->row] : 1;
}

/** By position: weights of those with the event at it; of those who begin to live on, less of those who cease to. */
struct partners {
    int64_t past, living;
};

/** What rows are at the positions of the axis [n_axis].  first [n_axis]: where the stratum of a position begins. */
void pair_walk_count(const struct walked_rows *rows, const uint32_t *first, size_t n_axis, struct partners *count);

/** Pairs that a row is part of, on either side: concordant, discordant, and with equal predictions. */
union row_pairs {
    struct {
        double good, bad, tied;
    };
    struct partners lower; /* during the walk */
};

struct pair_walk {
    size_t n_axis;
    const uint32_t *first;        /* [n_axis] */
    const struct partners *all;   /* [n_axis] everybody, wherever */
    const struct partners *below; /* [n_axis] those elsewhere with lower predictions; NULL: nobody */
    double down;                  /* a weight of 1 as it is counted */
};

/** rows->items in ascending order of their keys; pairs [n] in theirs.  GSL_ENOMEM. */
int pair_walk_run(const struct pair_walk *walk, const struct walked_rows *rows, union row_pairs *pairs);

#endif
