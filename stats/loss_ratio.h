/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * loss_ratio.h - the ratio of the hazards, or of the subdistribution hazards, of two arms where being lost depends on covariates.
 *
 * Each arm has weights a_i / G_i(k) of its own (loss_weights.h): who is still seen stands for those like him who were lost, so that the
 * sums by place are those of people whom nobody lost,
 *
 *     D_k = sum of those with the event at k
 *     S_k = sum of those at risk at k                                                    LOSS_HAZARD: other events end it
 *         + sum of those with another event before, each at the weight of that day      LOSS_SUBHAZARD: Fine and Gray's risk set
 *
 * and the ratio is that of arm_ratio.h.  Without losses it is the weighted Cox regression of the arm (Breslow ties), or
 * weighted_subhazard.h.  It is the coefficient that the regression would have without losses; Fine and Gray's own weights
 * G(t) / G(X) of those gone differ from it, where hazards are not proportional, by the weight of late events.
 *
 * Only events up to the last place at which both arms are seen count: behind it nobody stands for those of one arm who had no event.
 *
 * A number has derivatives by the weights a (slope) and what estimating G of its arm adds (phi), as in loss_weights.h.
 *
 * Robins & Finkelstein 2000, doi:10.1111/j.0006-341X.2000.00779.x; Fine & Gray 1999, doi:10.1080/01621459.1999.10474144.
 */
#ifndef STATS_LOSS_RATIO_H
#define STATS_LOSS_RATIO_H

#include "stats/arm_ratio.h"
#include "stats/loss_weights.h"

enum loss_ratio_kind { LOSS_HAZARD, LOSS_SUBHAZARD };

/**
 * loss_ratio_solve - of cause 1, arm 1 against arm 0.
 *
 * arm        [2] weights of the rows of each, on one axis of times
 * a          [2][n of the arm] >= 0
 * n_cause    causes of events
 * slope      [2][n of the arm] output
 * phi        [2][n of the arm] added to
 *
 * As arm_ratio_find(); GSL_EBADLEN for two axes; errors of loss_sums().  O(n * n_time).
 */
int loss_ratio_solve(const struct loss_weights *const arm[2], const double *const a[2], size_t n_cause, enum loss_ratio_kind kind,
                     struct arm_ratio *ratio, double *const slope[2], double *const phi[2]);

#endif
