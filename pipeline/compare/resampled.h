/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * resampled.h - bootstrap limits of contrasts between arms: the analysis' `bootstrap: {n: 2000}`.
 *
 * Differences and ratios of risks, survival and restricted means get rows beside their own, with the same estimate and
 * term "bootstrap percentile" and "bootstrap BCa" (behind "at least, " where days are read so).  What is resampled are
 * the cells of the risk table, people of an arm among themselves (bootstrap.h), with the study's seed.  Within subgroups and
 * strata of the score as well; a pair of which an arm has fewer than two people there has none.
 */
#ifndef COMPARE_RESAMPLED_H
#define COMPARE_RESAMPLED_H

#include "base/table.h"
#include "compare/wanted.h"

/** adjustment: whose rows they stand with, NULL: unadjusted.  -1 after telling. */
int resampled_add(const struct comparison *comparison, const struct wanted_list *wanted, const char *adjustment,
                  struct table *estimates);

/**
 * Collective (base/ranks.h): rank r of R has computed replicates r, r + R, r + 2 R, ... of n; all ranks get all of them.  -1 after
 * telling.
 */
int resampled_share(double *replicates, size_t n);

#endif
