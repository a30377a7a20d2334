/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * subgroups.h - does the effect differ between groups of people?
 *
 * Every number of the analysis by level of each column of `subgroups` (stratum "sex=F"), and, for each contrast, the test of
 * interaction: Q = sum w (y - mean)^2 over the levels, w = 1 / se^2, ratios on the log scale, chi-square with levels - 1
 * degrees of freedom.  The p-values of one contrast over all columns are adjusted after Holm; the note holds the unadjusted.
 *
 * Each adjustment of the analysis is made anew within each level - its propensity and its regressions are fitted among the people
 * of that level alone, so that the column itself says nothing there - and its numbers, with their own flags, have the same tests
 * among themselves.  Levels hold different people, so their numbers count as independent, also where a cluster has several.
 *
 * Cochran 1954, doi:10.2307/3001666; Altman & Bland 2003, doi:10.1136/bmj.326.7382.219; Holm 1979.
 */
#ifndef COMPARE_SUBGROUPS_H
#define COMPARE_SUBGROUPS_H

#include "compare/slice_rows.h"

/** Adds rows for the subgroups that the analysis names.  -1 after telling. */
int subgroups_add(const struct comparison *whole, const struct people *people, const struct wanted_list *wanted,
                  struct table *estimates, struct table *risk_tables);

/**
 * All adjustments within a part: its propensity and its regressions are fitted among its people alone; the part keeps their numbers.
 * once: without limits by resampling.  -1 after telling.
 */
int subgroups_adjust_part(struct slice *part, const struct people *people, const struct wanted_list *wanted, bool once,
                          struct table *estimates);

#endif
