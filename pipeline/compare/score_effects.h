/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * score_effects.h - the effect by stratum of the propensity score: does the answer turn with who would be sent where?
 *
 * The people whom an adjustment uses are divided by quantiles of its score (pair_strata.h); within each stratum arm and
 * reference are compared without weights, by the rules of unadjusted numbers.  Rows have the adjustment's name and `stratum`
 * "score of NAME=1 of 5", from the lowest score; a test of heterogeneity between the strata (Cochran's Q) stands in `stratum`
 * "score of NAME".  What is left of confounding within a stratum stays in its number: they show a pattern, and the number of
 * all people is that of the adjustment.
 *
 * Strata of the score: Rosenbaum & Rubin 1984, doi:10.1080/01621459.1984.10478078; effects by them: Kurth et al. 2006,
 * doi:10.1093/aje/kwj047.
 */
#ifndef COMPARE_SCORE_EFFECTS_H
#define COMPARE_SCORE_EFFECTS_H

#include "compare/adjusting.h"

int score_effects_add(struct adjusting *a); /* -1 after telling; nothing where the adjustment has no strata of its score */

#endif
