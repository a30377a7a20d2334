/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * join.h - the stays of one person into episodes.
 *
 * Stays are in the order of stay_compare(): start, end, then what else tells them apart.  Let M be the running maximum
 * of the ends so far in the episode; the gap of a stay is start - M.
 *
 *     start < M, end <= M         nested: joined
 *     start < M, end > M          overlaps: joined
 *     gap 0, 1                    same day, next day: joined when gap <= gap_days (or by transfer)
 *     gap <= gap_days             within the gap: joined
 *     gap <= transfer_days        joined when a stay that ends on M ended by a transfer
 *     otherwise                   begins an episode
 *
 * A stay whose start, end and every other column that linking reads equal those of the one before is its duplicate:
 * it joins its episode and counts for nothing.
 */
#ifndef EPISODES_JOIN_H
#define EPISODES_JOIN_H

#include <stddef.h>

#include "episodes/fates.h"
#include "episodes/stay.h"

struct join_rules {
    int64_t gap_days, transfer_days;
    int64_t overlap_days; /* longest overlap of two stays, neither nested in the other, that is tolerated; -1: any */
};

/** By start, end, level, open before closed, transfer before none.  Stays that differ in none of them may be duplicates. */
int stay_compare(const struct stay *a, const struct stay *b);

/**
 * Sets fate and episode (0, 1, ...) of the n stays of one person; is_duplicate(context, i) says whether stays i - 1 and
 * i, equal in stay_compare(), are equal in all else that linking reads.  Returns the number of episodes.  O(n).
 */
size_t join_stays(struct stay *stays, size_t n, const struct join_rules *rules,
                  bool (*is_duplicate)(const void *context, const struct stay *a, const struct stay *b),
                  const void *context);

/** The longest overlap of any stay with those before it, nested ones aside; 0 when there is none.  O(n). */
int64_t join_longest_overlap(const struct stay *stays, size_t n);

#endif
