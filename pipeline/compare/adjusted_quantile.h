/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_quantile.h - the day by which a share of an arm has had an event, from its weighted curve.
 *
 *     t_p = min{ t : S(t) <= 1 - p },      S the weighted curve, free of every event
 *
 * limits are the same rule read on the log-log band of the curve, whose errors count the estimation of the propensity (Brookmeyer
 * and Crowley's limits of a weighted curve).  Where errors must be read one by one and the rows are many, the two crossings of the band are
 * found by halving.  Regressions of an outcome by a day have no quantile.
 *
 * Brookmeyer & Crowley 1982, doi:10.2307/2530286.
 */
#ifndef COMPARE_ADJUSTED_QUANTILE_H
#define COMPARE_ADJUSTED_QUANTILE_H

#include "compare/adjusting.h"

int adjusted_quantiles_add(struct adjusting *a); /* rows of every quantile that is wanted; -1 after telling */

#endif
