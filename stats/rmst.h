/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * rmst.h - restricted mean survival time: the area under the Kaplan-Meier curve up to tau.
 *
 *     mu(tau)  = int_0^tau S(u) du
 *     var      = sum_{t_k <= tau, r_k > d_k} A_k^2 d_k / (r_k (r_k - d_k)),     A_k = int_{t_k}^tau S(u) du
 *
 * in the unit of the curve's times; the step from 0 to the first time counts with S = 1.  An event at tau itself
 * does not change mu.  Beyond the last time of a curve that has not come down to 0 the area is not estimable: tau
 * is refused there, and rmst_max_tau names the largest one.
 *
 * Variance: Greenwood form, Klein & Moeschberger 2003, Survival Analysis, section 4.5; Royston & Parmar 2013,
 * doi:10.1186/1471-2288-13-152.  Equal to print(survfit, rmean = tau) of R's package survival.
 */
#ifndef STATS_RMST_H
#define STATS_RMST_H

#include "stats/km.h"

struct rmst {
    double tau;
    double estimate;
    double std_err;
    int64_t n_event; /* up to and including tau */
};

enum rmst_measure {
    RMST_DIFFERENCE, /* a - b */
    RMST_RATIO       /* a / b */
};

/* Two independent arms compared. */
struct rmst_contrast {
    double estimate;
    double std_err; /* of the difference; of the logarithm of the ratio */
    double conf_low;
    double conf_high;
    double statistic; /* normal: difference / std_err, log ratio / std_err; NaN when std_err is 0 */
    double p_value;   /* two-sided; NaN when std_err is 0 */
};

/* Largest tau that rmst_solve takes: the last time, or INFINITY when S reaches 0.  0 for an empty curve. */
double rmst_max_tau(const struct km_curve *curve);

/**
 * rmst_solve - restricted mean of one curve.
 * tau   > 0, finite, at most rmst_max_tau
 * Returns GSL_SUCCESS; GSL_EDOM for another tau; GSL_EINVAL for an empty curve.  O(n), allocates nothing.
 */
int rmst_solve(const struct km_curve *curve, double tau, struct rmst *rmst);

/**
 * rmst_compare - difference or ratio of two independent restricted means at the same tau.
 *
 *     difference   se^2 = se_a^2 + se_b^2;                 limits estimate -+ z se
 *     ratio        se^2 = (se_a / a)^2 + (se_b / b)^2;     limits estimate exp(-+ z se)      (delta method on the
 *     log)
 *
 * level   two-sided, 0 < level < 1
 * Returns GSL_SUCCESS; GSL_EINVAL for different tau or an unknown measure; GSL_EDOM for another level, or for the
 * ratio when a restricted mean is 0.
 */
int rmst_compare(const struct rmst *a, const struct rmst *b, enum rmst_measure measure, double level,
                 struct rmst_contrast *contrast);

#endif
