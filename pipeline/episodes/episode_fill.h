/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * episode_fill.h - the stays of one episode to its row of table `episodes` (tables.h).
 */
#ifndef EPISODES_EPISODE_FILL_H
#define EPISODES_EPISODE_FILL_H

#include "base/table.h"
#include "episodes/moves.h"
#include "episodes/path.h"
#include "episodes/path_set.h"
#include "episodes/stay.h"

/** Columns found once; those that the table or the source does not have are NULL. */
struct episode_filler {
    int32_t *person, *number, *start, *end, *n_stays, *path, *gap, *stepdown;
    int8_t *open;
    struct column *reason;
    const struct column *source_reason, *weekly_hours, *weekly_sessions;
    int32_t *days[N_LEVELS];
    double *hours[N_LEVELS], *sessions[N_LEVELS];
    bool inclusive[N_STAY_LEVELS];
};

struct episode_filler episode_filler_of(const struct study *study, const struct table *records,
                                        const struct table *episodes);

/** What a row will need of a stay is fetched meanwhile. */
void episode_filler_expect(const struct episode_filler *filler, const struct stay *stay);

struct episode_fill {
    const struct episode_filler *filler;
    struct path_set *paths;
    struct moves *moves;
    struct path *path; /* room for the longest episode */
    uint8_t last_level; /* of the episode filled before */
};

/**
 * Fills the row of an episode of n stays; rows of one person are filled in order, because the first of them tells what
 * came before and a later one is the next of the one before it.  Column `path` gets the number in `paths`.  -1 after
 * telling.
 */
int episode_fill_row(struct episode_fill *fill, size_t row, size_t first_person, const struct stay *stays, size_t n);

#endif
