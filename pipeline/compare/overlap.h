/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * overlap.h - do the arms meet in any stratum?
 *
 * Where a column of `cohort.strata` (trial, site, year) has no level with people of both arms, the arms differ in it by
 * construction: whatever is compared is compared between strata, and no adjustment can tell the two apart.  Every
 * contrast of such a pair is withheld, with its verdicts, under "setting is nested in trial: no overlap"; numbers of
 * single arms stay.  The first word is the column that forms the arms when one column alone does, else "arm".
 */
#ifndef COMPARE_OVERLAP_H
#define COMPARE_OVERLAP_H

#include "base/table.h"
#include "stats/reducer.h"
#include "study/study.h"

/**
 * cohort: table of cohort.h5; records: the columns of the strata, by row of the source; reducer: where these rows are those of
 * one of several places, else NULL.  Warns once for each column and
 * pair, and takes what may not be shown out of both tables.  -1 after telling.  O(n), whole numbers O(n log n).
 */
int overlap_withhold(const struct study *study, const struct table *cohort, const struct table *records,
                     const struct reducer *reducer, struct table *estimates, struct table *verdicts);

#endif
