/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * moves.h - moves between levels of care, counted, with the median of their gaps: table `flow`.
 *
 * Table `flow`: arm from to n median_gap
 *     arm         "" of all episodes; the name of an arm for its index episodes, from the index stay on
 *     from, to    levels; from "entry": the level at which an episode begins; to "end", "open": where it ends, or goes
 *                 on at the study's end
 *     n           moves.  What enters a level and what leaves it are equally many
 *     median_gap  days between the two levels, of moves; missing for entry, end and open
 */
#ifndef EPISODES_MOVES_H
#define EPISODES_MOVES_H

#include "base/table.h"
#include "episodes/path.h"

enum { MOVE_ENTRY = N_STAY_LEVELS, MOVE_END, MOVE_OPEN, N_MOVE_ENDS };

struct moves {
    int64_t count[N_MOVE_ENDS][N_MOVE_ENDS]; /* by from, to */
    size_t n, capacity;
    struct path_move *items;                 /* [n] those with a gap */
};

int moves_add(struct moves *moves, const struct path *path, bool open); /* -1 after telling */
int moves_merge(struct moves *into, const struct moves *from);
void moves_free(struct moves *moves);

struct table *flow_alloc(void);

/** Collective (base/ranks.h): the moves that all ranks have.  -1 after telling. */
int flow_add(struct table *flow, const char *arm, const struct moves *moves);

/** "detox" ... "aftercare", "unknown", "entry", "end", "open". */
const char *move_end_name(int end);

#endif
