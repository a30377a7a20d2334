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

/** Makes w->strata; returns its linear predictor, NULL after telling or when a stratum lacks an arm (then withheld). */
const double *pair_stratify(struct pair_weights *w);

#endif
