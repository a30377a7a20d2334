/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * augmented.h - outcomes of everybody in an arm when who is seen depends on covariates: what doubly robust numbers with
 * `censoring` average the residuals of (AIPCW).
 *
 *     g_i = seen_i y_i / G_i(v_i) + sum_{s: could be lost at s} m_i(s) dM_i(s) / G_i(s + 1)
 *
 * with dM_i(s) = 1{lost at s} - (1 - G_i(s + 1) / G_i(s)), and m_i(s) what is to be expected of person i, free of events at s: a
 * regression on the terms, weighted by the chance of being seen from there on, among those at risk at AUGMENTED_PARTS places
 * (the start, and quantiles of the losses); between two of them the earlier one's.  E g = E y when the losses are modelled rightly,
 * and when m is.  seen + sum dM / G = 1 for everybody, so the propensity's weights need no weights of being seen beside them.
 *
 * What estimating G does to a sum of g is given; m counts as given, which is exact in large samples when G is right.
 *
 * Robins & Rotnitzky 1992; Tsiatis 2006, Semiparametric Theory and Missing Data, chapter 10; Ozenne et al. 2020,
 * doi:10.1002/bimj.201800298.
 */
#ifndef COMPARE_AUGMENTED_H
#define COMPARE_AUGMENTED_H

#include "compare/standardised_part.h"
#include "stats/exact_sum.h"

enum { AUGMENTED_PARTS = 4 };

struct augmented {
    const struct standardising *s;
    uint8_t treated;
    size_t from[AUGMENTED_PARTS + 1]; /* places at which parts begin; from[n_parts]: the end */
    size_t n_parts;
    double *mean;   /* [n_parts * n of the pair] m */
    double *g;      /* [n of the pair] 0 outside of the arm */
};

/** After standardising_look of the arm.  -1 after telling; free in any case. */
int augmented_make(const struct standardising *s, const struct standardise_rows *like, uint8_t treated, struct augmented *a);
void augmented_free(struct augmented *a);

/** Adds what a weight of g [n of the pair] does by the chances of being seen: loss_influence's by_row (of the arm), by_level sums. */
int augmented_add(const struct augmented *a, const double *weight, double *by_row, struct exact_sum *by_level);

#endif
