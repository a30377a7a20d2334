/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * arm_ratio.h - the ratio of the hazards of two arms from what happens and what is at risk at each time.
 *
 *     0 = sum_k D_1k - D_k E_k,        E_k = S_1k e^b / T_k,  T_k = S_0k + S_1k e^b,  D_k = D_0k + D_1k
 *
 * with D events and S what is at risk, both of any weight: the partial likelihood of the arm as its only column, tied events at one
 * risk set (Breslow).  It is concave in b, and has a maximum where both arms have an event while both are at risk.
 *
 * Breslow 1974, doi:10.2307/2529620.
 */
#ifndef STATS_ARM_RATIO_H
#define STATS_ARM_RATIO_H

#include <stddef.h>

/* One time, by arm. */
struct arm_moment {
    double event[2], risk[2];
};

struct arm_ratio {
    double log_ratio, information; /* b, sum_k D_k E_k (1 - E_k) */
    int sign; /* of an infinite log ratio: only one arm has events while both are at risk; else 0 */
};

/**
 * GSL_SUCCESS; GSL_EZERODIV without events; GSL_ESING when at no event both arms were at risk; GSL_EDOM when only one arm has
 * events while both are at risk (sign says where the ratio goes); GSL_EMAXITER.  O(n) a step.
 */
int arm_ratio_find(const struct arm_moment *moment, size_t n, struct arm_ratio *ratio);

/** E of a time; 0 where nobody is at risk. */
double arm_ratio_mean(const struct arm_moment *moment, double log_ratio);

/** D_k dlog T_k / dS_ak: what a unit more at risk in each arm takes off the score. */
void arm_ratio_slopes(const struct arm_moment *moment, double log_ratio, double slope[2]);

#endif
