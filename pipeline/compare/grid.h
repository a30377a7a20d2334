/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * grid.h - one question by comparator, outcome and definition: how the answer turns with each.
 *
 * A row for every contrast of a measure that a margin speaks of (without margins: of `primary`), of all people and of every
 * population, adjustment and profile.  A contrast with a verdict carries it; one without says why there is none: `no margin`
 * was declared for it, or the outcome `describes` only, because it leaves people out by what happened later.
 */
#ifndef COMPARE_GRID_H
#define COMPARE_GRID_H

#include "base/table.h"
#include "study/study.h"

/** outcomes: the table of outcomes.h5 (label, definition, descriptive).  NULL after telling. */
struct table *grid_table(const struct study *study, const struct table *outcomes, const struct table *estimates,
                         const struct table *verdicts);

#endif
