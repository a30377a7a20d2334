/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * site_outcomes.h - what happened to the people of a site, as a threshold lets it be seen (site_people.h): kinds of end, days, values.
 */
#ifndef SITES_SITE_OUTCOMES_H
#define SITES_SITE_OUTCOMES_H

#include "base/table.h"
#include "sites/coarsen.h"
#include "sites/site_groups.h"
#include "study/study.h"

/**
 * Changes columns cause, time and value of an outcome's table, whose rows are those of `weight` and groups->of; adds EXACT_TIME where
 * there is a time.  -1 after telling: also where somebody comes under observation late.
 */
int site_outcome_hide(const struct study_outcome *outcome, const struct site_groups *groups, const struct column *weight,
                      struct table *table, int64_t threshold, struct coarsening *lost);

#endif
