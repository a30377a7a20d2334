/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_subhazard.h - the ratio of subdistribution hazards of an arm against its reference.
 *
 * Of `regression`: Fine and Gray's regression that holds the terms as well, a conditional ratio, of two people with the same
 * covariates; errors are Fine and Gray's robust ones, within clusters where there are any (stats/finegray.h).
 *
 * Of weights, strata and matches: the same regression with the arm alone on the weighted people, a marginal ratio
 * (stats/weighted_subhazard.h); its linear part counts the estimation of the censoring curve, of the propensity and of the shares of the
 * arms; under `censoring`, that of the chances of being seen (adjusted_losses.h).  Not of people who are seen only from a later day on,
 * of clones, whose weights change with time, and of `doubly_robust`, which augments a number by what a regression says of it in
 * everybody: of a ratio over all days that would be a regression of every day.  Their rows say so.
 */
#ifndef COMPARE_ADJUSTED_SUBHAZARD_H
#define COMPARE_ADJUSTED_SUBHAZARD_H

#include "compare/adjusting.h"

int adjusted_subhazards_add(struct adjusting *a); /* rows of what is wanted; -1 after telling */

#endif
