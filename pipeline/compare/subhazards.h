/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * subhazards.h - subdistribution hazard ratios of an arm against its reference, by Fine and Gray's regression.
 *
 * The people of the two arms alone; how the incidence of the outcome's event differs while the competing events take
 * people away.  Errors are robust, within clusters where the study names them.
 */
#ifndef COMPARE_SUBHAZARDS_H
#define COMPARE_SUBHAZARDS_H

#include "compare/contrast.h"

/** subhazard_ratio or log_subhazard_ratio. */
void subhazard_of_pair(const struct comparison *comparison, enum measure measure, struct arm_pair pair, double level,
                       struct number *number);

#endif
