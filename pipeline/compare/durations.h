/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * durations.h - survival at a day, quantiles of time, restricted means: numbers read from event-free curves.
 */
#ifndef COMPARE_DURATIONS_H
#define COMPARE_DURATIONS_H

#include "compare/contrast.h"

void duration_of_arm(const struct comparison *comparison, enum measure measure, size_t arm, struct horizon horizon,
                     struct number *number);
void duration_of_pair(const struct comparison *comparison, enum measure measure, struct arm_pair pair,
                      struct horizon horizon, double level, struct number *number);

#endif
