/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * verdicts.h - margins declared in the study, answered.
 *
 * One row a margin, population and pair, in table `verdicts`; and in table `estimates` the two tests behind it:
 * `noninferiority_test` and `equivalence_test` (two one-sided tests at 5 %, with the 90 % interval).
 */
#ifndef COMPARE_VERDICTS_H
#define COMPARE_VERDICTS_H

#include "compare/comparison.h"

/** The margins of the comparison's analysis that ask for its outcome and population; -1 after telling. */
int verdicts_decide(const struct comparison *comparison, struct table *verdicts, struct table *estimates);

#endif
