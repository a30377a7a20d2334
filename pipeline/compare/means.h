/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * means.h - means of an outcome that is a value, by arm, and their differences.
 *
 * Limits of a mean are those of t with n - 1 degrees of freedom, of a difference Welch's (stats/welch.h).
 */
#ifndef COMPARE_MEANS_H
#define COMPARE_MEANS_H

#include "compare/contrast.h"

void mean_of_arm(const struct comparison *comparison, size_t arm, double level, struct number *number);
void mean_of_pair(const struct comparison *comparison, struct arm_pair pair, double level, struct number *number);

#endif
