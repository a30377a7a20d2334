/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * care_paths.h - in which level of care each person of the cohort is, day by day from time zero on.
 *
 * Table `care_paths`, one row a stretch of days in one state, person by person, days ascending:
 *
 *     row     of table cohort
 *     from    first day of the stretch, from time zero; 0 for the first
 *     to      the day after its last; stretches of a person follow each other without a gap
 *     state   a level, `unknown` (treatment at a level the source does not tell), or `out` of care
 *     next    the state that follows; missing where observation ends
 *
 * A stay occupies stay_days() days from its start (episodes/stay.h).  Where stays overlap the more intensive level
 * counts.  Stays before time zero do not; what lies after the last day on which the person is observed (`follow_up`) does
 * neither.  Whoever is observed for no day has no row.
 */
#ifndef OUTCOMES_CARE_PATHS_H
#define OUTCOMES_CARE_PATHS_H

#include "base/table.h"
#include "cohort/history.h"
#include "study/study.h"

enum { CARE_OUT = N_STAY_LEVELS, N_CARE_STATES };

/** Names of the states, the levels first. */
extern const char *const care_state_names[N_CARE_STATES];

/** NULL after telling.  records: with the columns of derived_source_columns(). */
struct table *care_paths_compute(const struct study *study, const struct history *history, const struct table *records,
                                 const struct table *cohort);

#endif
