/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * concordance.h - does the one with the higher prediction have the event first?
 *
 *     C = (concordant + tied / 2) / (concordant + discordant + tied)
 *
 * over pairs of a row with an event at t and another one at risk at t that lives on (somebody censored at t does), both
 * of one stratum: concordant when the first has the higher prediction.  Two events at one time are no pair.
 *
 *     se^2 = sum over clusters (sum of influences)^2,
 *     influence of i = w_i { (c_i - d_i) - D (c_i + d_i + t_i) } / (2 pairs),   D = 2 C - 1
 *
 * c_i, d_i, t_i: pairs that row i is part of, on either side.  A frequency is copies of a row.
 *
 * Pairs are counted as in pair_walk.h, O(n log n), with weights as whole numbers: the order of the rows cannot change a bit.
 *
 * Harrell et al. 1982, doi:10.1001/jama.1982.03320430047030; errors: Therneau & Atkinson, Concordance, vignette of the R package
 * survival.
 */
#ifndef STATS_CONCORDANCE_H
#define STATS_CONCORDANCE_H

#include <stddef.h>
#include <stdint.h>

#include "stats/clusters.h"
#include "stats/cox_data.h"

struct concordance {
    double concordant, discordant, tied; /* weighted pairs */
    double estimate, std_err;            /* NAN without a pair */
};

/**
 * rows       entry, time, event, stratum, frequency, weight; the rest is not read
 * prediction [n] higher means earlier
 * clusters   of the rows, or NULL: each is one
 *
 * Rows may lie in several places (cox_rows.reducer): concordance_places.h; what they add to clusters of one place goes back there, 16
 * bytes a row.
 *
 * GSL_EINVAL for a prediction that is not finite, GSL_ENOMEM.
 */
int concordance_solve(const struct cox_rows *rows, const double *prediction, const struct clusters *clusters,
                      struct concordance *result);

#endif
