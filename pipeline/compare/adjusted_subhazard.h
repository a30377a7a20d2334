/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_subhazard.h - the ratio of subdistribution hazards of an arm against its reference in Fine and Gray's regression that holds
 * the terms as well: what `regression` says of `subhazard_ratio`.
 *
 * A conditional ratio, of two people with the same covariates.  Errors are Fine and Gray's robust ones, within clusters where there are any
 * (stats/finegray.h).  Weighted designs have none: a weighted subdistribution hazard whose errors count the estimation of the weights and
 * of the censoring at once is not offered, and their rows say so.
 */
#ifndef COMPARE_ADJUSTED_SUBHAZARD_H
#define COMPARE_ADJUSTED_SUBHAZARD_H

#include "compare/adjusting.h"

int adjusted_subhazards_add(struct adjusting *a); /* rows of what is wanted; -1 after telling */

#endif
