/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * risks.h - risks at a day and what is made of two of them.  See contrast.h for the rule.
 */
#ifndef COMPARE_RISKS_H
#define COMPARE_RISKS_H

#include "compare/contrast.h"

void risk_of_arm(const struct comparison *comparison, size_t arm, size_t cause, struct horizon horizon, double level,
                 struct number *number);
void risk_of_pair(const struct comparison *comparison, enum measure measure, struct arm_pair pair,
                  struct horizon horizon, double level, struct number *number);

#endif
