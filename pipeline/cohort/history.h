/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * history.h - the linked stays and episodes (episodes/tables.h) as arrays, person by person.
 *
 * All pointers lead into the tables, which must live as long; a column that was not read is NULL.  Columns of the episodes have the width that their values
 * need; those of the stays are int32 and int8.
 */
#ifndef COHORT_HISTORY_H
#define COHORT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"
#include "episodes/fates.h"
#include "episodes/stay.h"

struct history {
    const struct table *stays, *episodes, *paths;
    size_t n_stays;               /* that are part of an episode or of a person left out: they come first */
    const int32_t *record, *person, *episode, *start, *end;
    const int8_t *fate, *level, *open;
    const struct column *episode_person, *episode_number, *episode_start, *episode_end, *episode_open, *episode_gap,
        *episode_n_stays, *episode_path;
    const struct column *path_last_level; /* of table paths */
    int32_t first_day;            /* of all kept stays; the source reaches back so far */
    int64_t n_people;             /* with a kept stay */
};

struct history history_of(const struct table *stays, const struct table *episodes, const struct table *paths);

/** Collective (base/ranks.h): first_day and n_people become those of all ranks, each of which has persons of its own. */
void history_join(struct history *history);

/** End of the stays of the person whose first is `at`; at < n_stays. */
size_t history_person_end(const struct history *history, size_t at);

/** Of the person who has the most; 1 at least.  O(stays). */
size_t history_most_stays(const struct history *history);

static inline bool history_is_kept(const struct history *history, size_t stay)
{
    return fate_is_kept((enum fate)history->fate[stay]);
}

/** enum level, or LEVEL_UNKNOWN. */
static inline int history_level(const struct history *history, size_t stay)
{
    return history->level[stay] < 0 ? LEVEL_UNKNOWN : history->level[stay];
}

#endif
