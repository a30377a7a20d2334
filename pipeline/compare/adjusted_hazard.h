/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_hazard.h - the hazard ratio of an arm against its reference under weights: a Cox model with the arm alone.
 *
 * A marginal ratio, of the people whom the weights speak of.  People of one arm who leave on one day are one row of the model, so that
 * it has no more rows than days, unless some enter late.  Efron ties; Breslow where rows stand for several people.
 * Competing events end the time at risk.  Its linear part is the score residual through the inverse information, and what
 * estimating the propensity adds; whether hazards are proportional is tested on the same weighted rows.
 */
#ifndef COMPARE_ADJUSTED_HAZARD_H
#define COMPARE_ADJUSTED_HAZARD_H

#include "compare/adjusted_part.h"

struct adjusted_hazard {
    double log_ratio;
    double *phi;      /* [n] of the pair's rows; the caller's */
    double ph_p_value; /* of the test of proportional hazards; NaN where there is none */
    int64_t n_event;
    bool defined;
    char note[NOTE_SIZE];
};

int adjusted_hazard_solve(const struct pair_weights *weights, struct adjusted_hazard *hazard); /* -1 after telling */

/**
 * From slopes by weight in phi [n] to the linear part: the rows' own share, and what estimating the propensity and the shares of the
 * arms adds.  -1 after telling.
 */
int adjusted_hazard_linear(const struct pair_weights *weights, double *phi);

#endif
