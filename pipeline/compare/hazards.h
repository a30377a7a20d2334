/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * hazards.h - hazard ratios of an arm against its reference by Cox's regression, and the test that they are constant.
 *
 * The people of the two arms alone, Efron ties.  With competing causes it is the cause-specific hazard of the outcome's
 * event: competing events end the time at risk.  With clusters the errors are robust.
 */
#ifndef COMPARE_HAZARDS_H
#define COMPARE_HAZARDS_H

#include "compare/contrast.h"
#include "compare/tests.h"

/** hazard_ratio or log_hazard_ratio. */
void hazard_of_pair(const struct comparison *comparison, enum measure measure, struct arm_pair pair, double level,
                    struct number *number);

/** Is the hazard ratio the same at all times?  By the Kaplan-Meier transform.  -1 after telling. */
int test_proportional(const struct comparison *comparison, const size_t *arms, size_t n, struct arm_test *test);

#endif
