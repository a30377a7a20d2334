/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * clones.h - weighted numbers of strategies: both arms of a pair are clones of the same people (emulation.h).
 *
 * Curves are weighted Kaplan-Meier and Aalen-Johansen over the rows of stats/clone_weights.h; a number's linear part is by
 * clone, has what estimating the weights adds, and clones of one person are added before they are squared: members of one
 * cluster of the rows.
 *
 * What is said of the weights: how many follow, their effective size, how alike the followers of both strategies are
 * (table `balance`), and the gates of weights (adjusted_gates.h).  Nobody like some who departed: not identified, withheld.
 */
#ifndef COMPARE_CLONES_H
#define COMPARE_CLONES_H

#include "compare/adjusted_hazard.h"
#include "compare/adjusting.h"
#include "stats/clone_weights.h"
#include "stats/weighted_curve.h"

struct clones {
    const struct pair_rows *rows;
    struct term_columns columns[2];   /* by treated */
    double *act;                      /* [n] */
    struct clone_weights *weights[2];
    struct weighted_curve *curve[2];
    double *slope;                    /* [most rows of weights] */
    char reason[REASON_SIZE + 80];    /* why it is withheld; "" */
};

/** Weights, gates, sizes and balance of a pair; *go_on: there is something to compute.  -1 after telling. */
int clones_prepare(struct adjusting *a, const struct study_strategies *strategies, bool *go_on);
void clones_free(struct clones *clones); /* NULL is fine; frees it, too */

/** As weighted_part(). */
int clones_part(const struct clones *clones, const struct part_of_arm *what, uint8_t treated, struct adjusted_part *part);

/**
 * The error of a number on each of some days (what's horizon is not read), none after the last on which somebody follows; of a small
 * comparison ranks meet for many of them as often as for one.  -1 after telling.
 */
int clones_errors(struct adjusting *a, const struct part_of_arm *what, uint8_t treated, const double *days, size_t n, double *errors);

/**
 * The ratio of the hazards of the event: a Cox model of the strategy alone on the weighted rows, with Breslow's ties, of which
 * the sums by day that the curves have are enough (stats/arm_ratio.h); competing events end the time at risk.  Its linear part has what
 * estimating the weights adds.  -1 after telling.
 */
int clones_hazard(const struct clones *clones, struct adjusted_hazard *hazard);

/** Rows of table curves, with errors on the days of the analysis and, in small cohorts, on all.  -1 after telling. */
int clones_curves_add(struct adjusting *a, struct table *curves);

#endif
