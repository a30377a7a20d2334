/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pair_match.h - matched sets: for each person of the arm the nearest of the reference by the logit of the score.
 *
 * The order of service is by score, then by a hash of the study's seed and of what is known of the person; people of whom
 * the same is known are exchangeable.  So the order of the source's rows decides nothing.
 */
#ifndef COMPARE_PAIR_MATCH_H
#define COMPARE_PAIR_MATCH_H

#include "compare/pair_weights.h"

/** Turns the weights of w into those of matched sets.  -1 after telling; withheld when nobody has a match. */
int pair_match(struct pair_weights *w);

/** Keys [n] that tell rows apart without their position.  -1 after telling.  O(n log n). */
int pair_order_keys(const struct pair_rows *rows, uint64_t *keys);

#endif
