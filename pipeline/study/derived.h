/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * derived.h - the columns that linking computes for each index stay, beside those of the source.
 *
 * They exist when the study reads linked stays (study_is_linked).  Conditions, covariates and outcomes name them like
 * columns of the source; a source that has a column of such a name is refused, so a name means one thing.  Days count
 * from time zero unless the column is a day of the calendar.
 *
 *   known at admission
 *     level                 level of care of the index stay
 *     admission_day         its first day
 *     entered_from          level of the stay before it in the same episode; "direct" when it begins the episode
 *     prior_episodes        episodes of the person that began before the index stay's
 *     prior_stays           stays of the person that began before it (earlier ones of its episode included)
 *     days_since_treatment  from the end of all earlier episodes to the index stay's episode; missing: there is none
 *     index_number          1 for the person's first index stay, 2, ...
 *   known at discharge
 *     discharge_day         last day of the index stay (the study's last day when it is open)
 *     stay_days             counted days of the index stay
 *     stay_open             1: it had not ended when the study ended
 *     planned_share         stay_days / planned days; needs `planned_days`
 *     reached_plan          1: stay_days >= planned days; missing when the stay is open and has not reached them
 *   known later
 *     end_days              from time zero to the end of the index stay
 *     episode_days          from time zero to the end of the episode
 *     episode_open          1: the episode was censored at the study's end
 *     episode_stays         stays of the episode
 *     episode_path          "detox>residential>iop"
 *     last_level            last level of the episode's path
 *     stepdown_days         from the end of the index stay to the first later day in a less intensive level, if no
 *                           day in an equally or more intensive one comes between; missing: there is no such day
 *     days_to_stepdown      from time zero to that day
 *     days_to_LEVEL         from time zero to the first day of a later stay at each level of the map
 *     stepdown_7, _14, _30  1: within so many days; 0: not; missing: the study ended before it could be seen
 *     step_up               1: the episode moves to a more intensive level after the index stay began
 *     new_episode_days      from time zero to the next episode; missing: none was seen
 *     observed_days         from time zero to the end of observation
 *     days_LEVEL            days of the episode at each level of the map
 *     hours_LEVEL           hours of the episode's stays at it; needs `weekly_hours`
 *     sessions_LEVEL        sessions of the episode's stays at it; needs `weekly_sessions`
 *
 * The columns of `clients` beside linked stays (joined.h) are added to them and computed with them; derived_find() tells of
 * those above alone.
 */
#ifndef STUDY_DERIVED_H
#define STUDY_DERIVED_H

#include "base/table.h"
#include "study/study.h"

enum derived_known { DERIVED_AT_ADMISSION, DERIVED_AT_DISCHARGE, DERIVED_LATER };

/** Adds the derived columns that a table of columns does not have.  -1 after telling. */
int derived_add_columns(const struct study *study, struct table *columns);

/** Is this the name of a column that is derived in this study?  Tells when it is known. */
bool derived_find(const struct study *study, const char *column, enum derived_known *known);

/** Does the study's map lead to this level? */
bool derived_has_level(const struct study *study, enum level level);

#endif
