/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * units.h - the analyses of a study in units that know nothing of each other, and may be done side by side.
 *
 * Unit 0 describes the people; each of the others compares the arms in one outcome and one population of an analysis.  The
 * tables of the units one after the other are those of the study.
 *
 * Where several ranks work together (base/ranks.h), they do most units together, each with a run of the people: counts and sums of
 * all are then added up (rank_places.h).  Units that need all people at once (those adjusted by matches, and those imputed) are
 * dealt among the ranks; but one with a bootstrap is done by all of them, who share its replicates (resampled.h).
 */
#ifndef COMPARE_UNITS_H
#define COMPARE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compare/analyses.h"

#define UNIT_PATHS SIZE_MAX /* in place of an outcome: what an analysis asks of the paths through levels of care */

struct unit {
    const struct study_analysis *analysis; /* NULL: describes the people */
    size_t outcome, population;
    bool is_spread; /* can be done by parts of the people */
};

struct units {
    size_t n;
    struct unit *items; /* [n] */
};

int units_list(const struct study *study, struct units *units); /* -1 after telling; free in any case */
void units_free(struct units *units);

/** Does all that the study asks for work by parts of the people?  1 or 0; -1 after telling. */
int units_are_spread(const struct study *study);

/** Is the unit done by all ranks at once? */
bool unit_is_joint(const struct unit *unit);

/** Does one unit: its rows go behind those that are there.  -1 after telling. */
typedef int unit_work(const struct analyses_input *input, const struct unit *unit, struct analyses *analyses);

/** Starts the tables of a unit; -1 after telling, free in any case. */
typedef int unit_start(const struct analyses_input *input, struct analyses *analyses);

/**
 * Collective: all units, on all ranks together; every rank gets all rows of tables.  The people of the input are all, or, where all
 * units are spread, those of this rank.  -1 after telling.
 */
int units_run(const struct units *units, const struct analyses_input *input, unit_start *start, unit_work *work,
              struct analyses *analyses);

#endif
