/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * release_curves.h - curves coarsened until no step tells of a few people.
 *
 * A curve with every step is the data: the height of a step is the number of people who left on that day.  Under a
 * threshold T the steps of all causes of one arm are merged, from day 0 on, until each merged step holds
 *
 *     at least T events (all causes together), and of each cause none or at least T, and
 *     no censored people or at least T, and
 *     nobody, or at least T people, are left at risk after it.
 *
 * A merged step stands at its last day, with the estimate there to three decimals, `n_risk` the people at risk when
 * it began, `n_event` its events, and no count of the censored.  What remains after the last full step is not
 * shown: the curve ends there.  An arm that does not fill one step has no curve.
 */
#ifndef REPORT_RELEASE_CURVES_H
#define REPORT_RELEASE_CURVES_H

#include "base/table.h"
#include "report/release_table.h"

/** Table `curves` for a threshold above 0, from the exact curves.  NULL after telling. */
struct release_table *release_curves(const struct release_policy *policy, const struct table *exact);

#endif
