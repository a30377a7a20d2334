/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_poisson.h - risk ratios by modified Poisson regression (`modified_poisson`): one ratio for everybody.
 *
 *     log P(event by the day | arm, x) = b_0 + b_arm arm + x'b,       ratio = exp(b_arm)
 *
 * fitted as a Poisson regression of 0 and 1, whose variance is wrong and is not used: with A the information,
 *
 *     phi_i = w_i (y_i - mu_i) (A^-1 (1, x_i, arm_i))_arm,             var b_arm = sum phi_i^2, within clusters first times G / (G - 1)
 *
 * that is HC0.  Who is lost before the day gives way to who is seen, by inverse probability of being seen (stats/ipcw.h), and
 * phi has what estimating that adds.  Fitted risks may pass 1: the ratio stands, single risks are not shown.  The ratio is
 * taken to be the same for everybody; `regression` does not need that and gives differences as well.
 *
 * Zou 2004, doi:10.1093/aje/kwh090; clusters: Yelland, Salter & Ryan 2011, doi:10.1093/aje/kwr183.
 */
#ifndef COMPARE_ADJUSTED_POISSON_H
#define COMPARE_ADJUSTED_POISSON_H

#include "compare/adjusting.h"

/** Rows of every risk ratio that is wanted.  a->models must stand.  -1 after telling. */
int adjusted_poisson_add(struct adjusting *a);

/** The regression by itself: columns of the terms and, last, of the arm. */
struct adjusted_poisson {
    struct adjusting *a;
    struct term_columns columns;
    uint16_t *arm;   /* [n] */
    double *phi;     /* [n] of the last ratio: its linear part */
    double *carried; /* [n] workspace */
};

int adjusted_poisson_make(struct adjusting *a, struct adjusted_poisson *poisson); /* -1 after telling; clear in any case */
void adjusted_poisson_clear(struct adjusted_poisson *poisson);

/** The ratio at a horizon, with its error and flags.  -1 after telling. */
int adjusted_poisson_solve(struct adjusted_poisson *poisson, struct horizon horizon, struct number *number);

/** The ratio alone when people count otherwise (standardising_refit); NAN where there is none.  -1 after telling. */
int adjusted_poisson_refit(const struct adjusted_poisson *poisson, struct standardising *models, struct horizon horizon, double *ratio);

#endif
