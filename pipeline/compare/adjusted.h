/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted.h - what an analysis asks for under `adjust`: for each pair of arms and each adjustment the adjusted numbers,
 * beside the unadjusted ones, with balance, overlap of the scores, effective sizes and curves.
 *
 *     estimates   `adjustment` its name, `estimand` ate, att, atc or ato.  Numbers of single arms belong to a pair; where
 *                 there are several pairs `reference` names the other arm
 *     balance     after adjusting (adjusted_balance.h);  overlap: people by score and arm;  curves: of both arms
 *
 * Numbers are kept with the comparison, so that verdicts read the same.
 */
#ifndef COMPARE_ADJUSTED_H
#define COMPARE_ADJUSTED_H

#include "compare/comparison.h"
#include "compare/contrast.h"
#include "compare/slices.h"
#include "compare/wanted.h"

/** Where rows go; NULL: these are not wanted. */
struct adjusted_tables {
    struct table *estimates; /* never NULL */
    struct table *balance, *overlap, *curves, *calibration;
    struct table *risk_tables; /* of strata of the score; NULL: no effects by stratum */
    bool once; /* no limits by resampling: what is asked for is one number, as of a completed data set */
};

/**
 * Computes all of them.  What is not identified is withheld with its reason; -1 after telling what stops the run.
 * Of a part of the people (c->stratum) a pair with fewer than two people in an arm has no rows.
 */
int adjusted_add(struct comparison *c, const struct wanted_list *wanted, const struct people *people,
                 const struct adjusted_tables *tables);

/** The margins of the analysis, answered by the adjusted numbers.  -1 after telling. */
int adjusted_verdicts(const struct comparison *c, struct table *verdicts, struct table *estimates);

/** The number of a pair under an adjustment of the analysis; false when it was not computed. */
bool adjusted_find(const struct comparison *c, size_t adjustment, enum measure measure, struct arm_pair pair,
                   struct horizon horizon, double level, struct number *number);

/** Keeps a number for adjusted_find().  -1 after telling. */
int adjusted_keep(struct comparison *c, size_t adjustment, enum measure measure, struct arm_pair pair, struct horizon horizon,
                  const struct number *number);

const char *adjustment_estimand_name(enum adjust_estimand estimand); /* "ate", "att", "atc", "ato" */

void adjusted_free(struct comparison *c); /* what was kept */

#endif
