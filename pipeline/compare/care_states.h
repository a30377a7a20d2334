/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * care_states.h - measures of the paths through levels of care, by arm: of no outcome.
 *
 *     state_occupation        probability of being at a level (`term`; `out` of care) on a day
 *     expected_days           days expected at a level up to tau; the levels of an arm add up to tau
 *     mean_cumulative_count   expected number of moves into a level by a day
 *
 * Aalen-Johansen and Nelson-Aalen with robust errors by row of the cohort, limits on the log scale (stats/multistate.h,
 * stats/mcf.h).  `n` is the people of the arm who are observed; `n_event` is how many are at the level on the day
 * (state_occupation), were ever there by tau (expected_days), or how many moves there were (mean_cumulative_count).
 */
#ifndef COMPARE_CARE_STATES_H
#define COMPARE_CARE_STATES_H

#include "base/table.h"
#include "stats/reducer.h"
#include "study/study.h"

struct care_states_input {
    const struct study *study;
    const struct study_analysis *analysis;
    const struct study_rule *population;
    const struct table *paths;          /* outcomes/care_paths.h */
    const struct column *arm, *member;  /* of table cohort */
    const struct reducer *reducer;      /* people and paths are those of this rank (analyses.h); NULL: of all */
};

/** Rows of the measures that the analysis asks for; -1 after telling. */
int care_states_add(const struct care_states_input *input, struct table *estimates);

#endif
