/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * release_curves.h - the table `curves` under a threshold: the coarsened curves (coarse_curves.h) as rows.
 *
 * A row is a step: `time` its last day, the estimate there to three decimals, `n_risk` the people at risk when it began,
 * `n_event` its events, and no count of the censored.  A curve begins with a row where nothing has happened yet; an arm that
 * does not fill one step has no curve.  Where the people of an arm are hidden to protect others, its curve shows neither
 * counts nor limits, which would tell how many they are.
 */
#ifndef REPORT_RELEASE_CURVES_H
#define REPORT_RELEASE_CURVES_H

#include "report/release_rules.h"

/** Table `curves` for a threshold above 0.  NULL after telling. */
struct release_table *release_curves(const struct release_source *source);

#endif
