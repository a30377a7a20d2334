/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * model_rules.h - when numbers of a model may leave.
 *
 * A coefficient of a level with few people is close to being their mean, and a model that adjusts for such a level rests on
 * them: `threshold` people are needed in every level of every covariate (of the level alone, for a coefficient of one), and,
 * as for every estimate, `threshold` people, events and people without in every arm (exposure.h).
 */
#ifndef REPORT_MODEL_RULES_H
#define REPORT_MODEL_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "report/release_rules.h"

/** Which rows of `baseline` (NULL: none) are of a level with too few people, arms together; caller frees.  -1 after telling. */
int model_levels_find(const struct release_policy *policy, const struct table *baseline, bool **is_small);

/** Does a row of `estimates` come from a model with a level of too few people? */
bool model_is_thin(const struct release_source *source, const struct table *exact, size_t row);

#endif
