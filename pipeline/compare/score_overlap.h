/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * score_overlap.h - table `overlap`: how many people of each arm have a score in each of 20 equal ranges.
 *
 * The score is the chance of being in the arm, given the covariates; who was predicted perfectly stands at 0 or 1.  Counts
 * are of people before trimming, so that a reader sees whom an adjustment leaves out.
 */
#ifndef COMPARE_SCORE_OVERLAP_H
#define COMPARE_SCORE_OVERLAP_H

#include "compare/pair_weights.h"

int score_overlap_add(const struct pair_weights *weights, struct table *overlap); /* -1 after telling */

#endif
