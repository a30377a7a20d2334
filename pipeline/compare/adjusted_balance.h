/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_balance.h - how alike the two arms are under weights: standardised mean differences, variance ratios, KS.
 *
 * Denominators are those of the same people without weights, pooled, so that a difference shrinks only because the arms
 * come together.  Every covariate of the cohort has a row, also those that the model does not know; a category has one
 * for each level and, without a level, the distance of the whole.
 */
#ifndef COMPARE_ADJUSTED_BALANCE_H
#define COMPARE_ADJUSTED_BALANCE_H

#include "compare/adjusted_gates.h"
#include "compare/pair_weights.h"

/** Adds rows to table balance (NULL: to none), and what is out of balance to the gates.  -1 after telling. */
int adjusted_balance_add(const struct pair_weights *weights, struct table *balance, struct adjusted_gates *gates);

#endif
