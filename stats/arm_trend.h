/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * arm_trend.h - does the ratio of the hazards of two arms change with time?  The test of cox_zph.h of the arm as the only column, from
 * sums by time (arm_ratio.h) in the place of rows.
 *
 *     u = sum_k g_k (D_1k - D_k E_k)      V = I_gg - I_g^2 / I      I_.. = sum_k {1, g_k, g_k^2} D_k E_k (1 - E_k)
 *
 * with g_k = 1 - S(t_k -), Kaplan-Meier of the rows of both arms without their weights, centred at its mean over the events; u^2 / V is
 * chi-square.  Weights that sum to the effective number of people let the test see no more than there are.
 *
 * Grambsch & Therneau 1994, doi:10.1093/biomet/81.3.515.
 */
#ifndef STATS_ARM_TREND_H
#define STATS_ARM_TREND_H

#include <stddef.h>
#include <stdint.h>

#include "stats/arm_ratio.h"
#include "stats/distribution.h"

/* Rows of both arms at risk at one time, and with the event at it. */
struct arm_rows {
    int64_t risk, event;
};

/**
 * arm_trend_test
 *
 * moment     [n] the sums that the ratio was found from
 * rows       [n]
 * scale      what weights are multiplied by, > 0
 * test       output; df = 0 where there is nothing to test
 *
 * O(n), allocates nothing.
 */
void arm_trend_test(const struct arm_moment *moment, const struct arm_rows *rows, size_t n, const struct arm_ratio *ratio, double scale,
                    struct chi_square_test *test);

#endif
