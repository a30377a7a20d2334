/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * weighted_subhazard.h - the ratio of the subdistribution hazards of two arms whose rows carry weights.
 *
 * Fine and Gray's regression (finegray.h) with the arm as its only column, of a sample in which row i stands w_i times: weights enter
 * the score, the risk sets and the censoring curve G, so that a weight of 2 is two copies.
 *
 *     0 = sum_k D_1k - D_k E_k,        E_k = S_1k e^b / T_k,  T_k = S_0k + S_1k e^b,  k the times of events
 *     S_ak = sum w_i over arm a of those still followed + G(t_k-) sum w_i / G(X_i-) of those with another event before
 *
 * tied events at one risk set (Breslow), G after the events of its time, at time 0 after its own step, as crr() has it.
 *
 * slope[i] = d b / d w_i, everything that a weight moves counted: event, risk sets and G.  With c_1k = e^b (1 - E_k) / T_k and
 * c_0k = -E_k / T_k, and for other events O_ak = sum w / G(X-) over X <= t_k, L_ak = sum_{l > k} D_l c_al G(t_l-),
 *
 *     slope_i I = [event] (z_i - E(X_i)) - sum_{t_k <= X_i} D_k c_k - [other event] L(X_i) / G(X_i-)
 *                 - sum_{t_k <= X_i} Q_k C_k / (Y_k (Y_k - C_k)) + [censored] Q(X_i) / (Y - C),       Q_k = sum_a O_ak L_ak
 *
 * Y those at risk of being censored, C those who are, I = sum D_k E_k (1 - E_k).  With weights of 1 sum slope^2 is crr's variance but
 * for its Y^2 in the place of Y (Y - C), which is what the derivative of a Kaplan-Meier curve has.
 * Two passes over the rows and one over the times: O(n + times).  Sums over rows are whole numbers (fixed_sum.h): no order.
 *
 * Fine & Gray 1999, doi:10.1080/01621459.1999.10474144.
 */
#ifndef STATS_WEIGHTED_SUBHAZARD_H
#define STATS_WEIGHTED_SUBHAZARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/arm_ratio.h"
#include "stats/reducer.h"

struct subhazard_rows {
    size_t n;
    const uint32_t *place;   /* [n] of the time, 0 .. n_time - 1 */
    const int32_t *cause;    /* [n] 0 censored, 1 the event, others */
    const uint8_t *treated;  /* [n] 0 or 1 */
    const double *weight;    /* [n] >= 0, finite; 0 leaves a row out */
    size_t n_time;           /* places, in ascending order of time */
    bool from_zero;          /* the first place is time 0 */
    const struct reducer *reducer; /* the rows are those of one of several places (reducer.h); NULL: all */
};

/**
 * slope      [n] output; 0 where the weight is
 *
 * As arm_ratio_find(); GSL_EINVAL for a weight that is not as said; GSL_ENOMEM.
 */
int subhazard_solve(const struct subhazard_rows *rows, struct arm_ratio *result, double *slope);

#endif
