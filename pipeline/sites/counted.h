/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * counted.h - an analysis without what cannot be told from counts.
 *
 * Left out, each by its name, with a warning: models, measures of paths through levels of care, adjustments that need the rows
 * of persons, subgroups by columns that are no strata of the cohort, strategies, and subgroups within adjustments by strata,
 * whose cells know no other columns.
 */
#ifndef SITES_COUNTED_H
#define SITES_COUNTED_H

#include "study/study.h"

/** *counted borrows from `asked`, but for its measures and subgroups.  -1 after telling; free in any case. */
int counted_make(const struct study *study, const struct study_analysis *asked, struct study_analysis *counted);
void counted_free(struct study_analysis *counted);

#endif
