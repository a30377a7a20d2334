/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * path.h - the way through the levels of care of one episode.
 *
 * A stay occupies the calendar days from its start (stay.h).  On a day on which several stays are there, the person is
 * at the most intensive of their levels, so each day of an episode counts once.  Runs of days at one level are the
 * steps; steps at equal levels in a row (a gap or another stay between them does not matter) are one element of the
 * path: detox>residential>iop.
 *
 * A move leads from one element to the next.  Its gap is the days from the end of the level that was left to the start
 * of the stay that brought the next one, 0 when they overlap.  A move to a less intensive level is a step-down, to a
 * more intensive one a step-up.
 */
#ifndef EPISODES_PATH_H
#define EPISODES_PATH_H

#include <stddef.h>

#include "episodes/stay.h"

struct path_move {
    uint8_t from, to; /* levels */
    int32_t gap;
};

/** Filled by path_walk; the arrays are the caller's, with room for 2 n of n stays. */
struct path {
    size_t n;                    /* elements */
    uint8_t *levels;             /* [n] */
    struct path_move *moves;     /* [n - 1] */
    int32_t days[N_STAY_LEVELS]; /* days at each level */
};

/**
 * Walks the n >= 1 stays of an episode, in order of start; duplicates (fate) are passed over.  inclusive: by level,
 * [N_STAY_LEVELS].  O(n), no allocation.
 */
void path_walk(const struct stay *stays, size_t n, const bool *inclusive, struct path *path);

/** Gap of the first step-down of a path; -1: it has none. */
int32_t path_stepdown(const struct path *path);
bool path_steps_up(const uint8_t *levels, size_t n); /* of the elements of a path */

#endif
