/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pair_strata.h - strata of the propensity score.
 *
 * Limits are quantiles of the score among those that the estimand is about: everybody (ate), the arm (att) or its
 * reference (atc).  Equal scores share a stratum.  The share of the arm in a stratum takes the place of the score: a
 * logistic model with one column a stratum, so that weights, and the variance that comes from estimating them, are those of
 * any other model.  Limits count as fixed.
 */
#ifndef COMPARE_PAIR_STRATA_H
#define COMPARE_PAIR_STRATA_H

#include "compare/pair_weights.h"

/**
 * Divides who is used by quantiles of the score.
 *
 * n_strata   2 .. 100; equal scores share a stratum, so there may be fewer: *n
 * code       output [rows] 0 .. *n - 1; 0 for who is left out (weight 0)
 * limit      output [n_strata] largest linear predictor of each stratum but the last
 *
 * -1 after telling.  O(rows log rows).
 */
int pair_strata_divide(const struct pair_weights *w, size_t n_strata, uint16_t *code, double *limit, size_t *n);

/** Makes w->strata; returns its linear predictor, NULL after telling or when a stratum lacks an arm (then withheld). */
const double *pair_stratify(struct pair_weights *w);

#endif
