/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * tables.h - the tables of episodes.h5, made from linked stays.
 *
 * `stays`: one row a record, ordered by person, start, end; those left out follow at the end
 *     record    row of table `episodes` of records.h5, from 0
 *     person    0, 1, ... in the order of the keys (person_words.h); missing: the record is no stay that can be placed
 *     episode   row of table `episodes`; missing: left out
 *     fate      what became of the record (fates.h)
 *     level     level of care; missing: the source does not tell, or no bounds of hours hold it
 *     start     first day ("date", or the source's day numbers)
 *     end       last day: the earlier of discharge and last contact; of an open stay the study's last day
 *     open      1: not ended when the study ended
 *
 * `episodes`: one row an episode, ordered by person, start
 *     person    as in `stays`
 *     number    1 for the person's first episode, 2, ...
 *     start, end, open   of all its stays together
 *     n_stays   stays, duplicates not counted
 *     path      row of table `paths`
 *     gap       days from the end of the episode before; missing: it is the first
 *     stepdown_days   days between the levels of its first move to a less intensive one; when it has none, to the
 *               person's next episode if that begins at a less intensive level; missing: neither
 *     reason    category, when the study names the column: of the stay that ends last
 *     days_LEVEL       days at each level of the study's map (path.h)
 *     hours_LEVEL, sessions_LEVEL   of the stays at it: a week's, times days / 7; when the source has them
 *
 * `paths`: one row a different path, ordered by the levels from detox on
 *     path      text "detox>residential>iop"
 *     first_level, last_level   missing: unknown
 *     step_up   1: it moves to a more intensive level
 *     n, n_open episodes; those open at the study's end
 * `flow`: moves.h, of all episodes
 * `fates`: fate n - every fate, those of nobody too; they add up to the records
 *
 * A source of one row a person (people.h) has `stays` with record and fate only.
 */
#ifndef EPISODES_TABLES_H
#define EPISODES_TABLES_H

#include "base/table.h"
#include "episodes/path_set.h"
#include "episodes/stay.h"
#include "study/study.h"

/** The columns of table `stays`, found once. */
struct stay_columns {
    int32_t *record, *person, *episode, *start, *end;
    int8_t *fate, *level, *open;
};
struct stay_columns stay_columns_of(const struct table *stays);

/** Everything but person and episode; record: row of the source. */
void stay_columns_fill(const struct stay_columns *columns, size_t row, const struct stay *stay, int32_t record);

/* Empty tables; NULL after telling. */
struct table *stays_alloc(const struct study *study, size_t n_rows);
struct table *episodes_alloc(const struct study *study, const struct column *reason, size_t n_rows);

struct table *paths_table(const struct path_set *paths);
struct table *fates_table(const int64_t *counts); /* [N_FATES] */

/** "days_iop": name of a column of which there is one a level. */
char *level_column_name(const char *prefix, enum level level);

enum { PATH_SHOWN = 64 }; /* elements of a path that its text names; a longer one ends in ">..." */

/** The path as a text; caller frees. */
char *path_text(const uint8_t *levels, size_t length);

#endif
