/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * verdicts.h - margins declared in the study, answered.
 *
 * One row a margin, population, pair and adjustment, in table `verdicts`; and in table `estimates` the two tests behind it:
 * `noninferiority_test` and `equivalence_test` (two one-sided tests at 5 %, with the 90 % interval).
 */
#ifndef COMPARE_VERDICTS_H
#define COMPARE_VERDICTS_H

#include "compare/comparison.h"
#include "compare/contrast.h"

/** Level of the interval that belongs to two one-sided tests at 5 %. */
#define EQUIVALENCE_LEVEL 0.90

/** The verdict on a number whose assumption has failed, or that rests on too little. */
#define VERDICT_GATED "inconclusive (gate)"

/** What a verdict is given on. */
struct verdict_numbers {
    const char *adjustment, *estimand; /* estimand NULL: none */
    struct number at_95, at_90; /* at CONF_LEVEL and EQUIVALENCE_LEVEL */
    const char *doubt;          /* why there can be no verdict but VERDICT_GATED; NULL: none */
};

/** Does the margin speak of this outcome in this population? */
bool verdicts_asks(const struct comparison *comparison, const struct study_margin *margin);

/** The rows of one answer.  -1 after telling. */
int verdicts_answer(const struct comparison *comparison, const struct study_margin *margin, struct arm_pair pair,
                    const struct verdict_numbers *numbers, struct table *verdicts, struct table *estimates);

/** The unadjusted margins of the comparison's analysis that ask for its outcome and population; -1 after telling. */
int verdicts_decide(const struct comparison *comparison, struct table *verdicts, struct table *estimates);

#endif
