/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * propensity.h - weights that make two arms alike in what a logistic model of the arm knows.
 *
 * eta is the linear predictor of being treated, e = 1 / (1 + exp(-eta)):
 *
 *     estimand          treated    control        who is spoken of
 *     PROPENSITY_ATE    1 / e      1 / (1 - e)    everybody
 *     PROPENSITY_ATT    1          e / (1 - e)    people like the treated
 *     PROPENSITY_ATC    (1 - e)/e  1              people like the controls
 *     PROPENSITY_ATO    1 - e      e              people who might well have got either: no weight above 1, exact balance
 *                                                 of the means of the model's columns
 *
 * Weights of an arm may be multiplied by any number: estimators here divide by their sum, so "stabilised" weights give the
 * same curves.  What a weight gains by eta is kept beside it, for the part of a variance that comes from estimating the
 * model (influence.h).
 *
 * Trimming leaves rows out whose e is outside [low, high] (or outside the scores that both arms have: common support);
 * truncation holds weights at a quantile of their arm.  Both are taken as fixed limits.
 *
 * Rosenbaum & Rubin 1983, doi:10.1093/biomet/70.1.41; Li, Morgan & Zaslavsky 2018, doi:10.1080/01621459.2016.1260466; Crump et
 * al. 2009 (trimming), doi:10.1093/biomet/asn055; effective sample size: Kish 1965.
 */
#ifndef STATS_PROPENSITY_H
#define STATS_PROPENSITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

enum propensity_estimand { PROPENSITY_ATE, PROPENSITY_ATT, PROPENSITY_ATC, PROPENSITY_ATO };

struct propensity_limits {
    double low, high;    /* trimming: e within; 0 and 1: none */
    bool common_support; /* leave out who lies beyond the least or the largest e of the other arm */
    double truncate;     /* upper quantile of the weights of an arm's people at which larger ones are held, in (0.5, 1); 1: none */
};

struct propensity_rows {
    size_t n;
    const uint8_t *treated;  /* [n] 0 or 1 */
    const double *eta;       /* [n] may be infinite: a row that was predicted perfectly, left out */
    const double *frequency; /* [n] >= 0; NULL: 1.  The weights are multiplied by it */
};

struct propensity_summary {
    size_t n_trimmed, n_perfect, n_truncated; /* rows */
    double effective[2];                      /* (sum w)^2 / sum w^2 of control and treated, with frequencies */
    double largest_share;                     /* of one row in the weight of its arm */
    double least[2], most[2];                 /* e of each arm among the rows used */
};

/**
 * weight     output [n]; 0 where left out
 * slope      output [n]: d weight / d eta; 0 where left out or truncated
 *
 * Returns GSL_SUCCESS; GSL_EINVAL for limits that are not as said or a `treated` that is not 0 or 1; GSL_EDOM when an arm
 * has nobody left (no overlap); GSL_ENOMEM.  O(n log n) with truncation, else O(n).
 */
int propensity_weights(const struct propensity_rows *rows, enum propensity_estimand estimand,
                       const struct propensity_limits *limits, double *weight, double *slope,
                       struct propensity_summary *summary);

/**
 * The same of rows that lie in several places (reducer.h): the summary and the limits are those of all of them; with truncation
 * frequencies are whole numbers.
 */
int propensity_weights_all(const struct propensity_rows *rows, enum propensity_estimand estimand,
                           const struct propensity_limits *limits, const struct reducer *reducer, double *weight, double *slope,
                           struct propensity_summary *summary);

/** propensity_estimand_name - "ate", "att", "atc", "ato". */
const char *propensity_estimand_name(enum propensity_estimand estimand);

#endif
