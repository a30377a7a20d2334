/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * rubin.h - one answer from m completed data sets.
 *
 *     Q = mean of the estimates,  U = mean of their variances,  B = variance of the estimates (m - 1)
 *     T = U + (1 + 1/m) B,        lambda = (1 + 1/m) B / T
 *     df = 1 / (1 / a + 1 / b),   a = (m - 1) / lambda^2,  b = (v + 1) / (v + 3) v (1 - lambda)
 *
 * with v the degrees of freedom that the complete data would have (infinite: df = a).  Limits of Student's t.
 * Rubin 1987, Multiple imputation for nonresponse in surveys; Barnard & Rubin 1999, doi:10.1093/biomet/86.4.948.
 */
#ifndef STATS_RUBIN_H
#define STATS_RUBIN_H

#include <stddef.h>

struct rubin {
    double estimate, std_error; /* sqrt(T) */
    double df;                  /* INFINITY: normal */
    double conf_low, conf_high;
    double statistic, p_value;  /* of 0, two-sided */
    double within, between;     /* U, B */
    double missing;             /* share of the information that is missing: (r + 2 / (df + 3)) / (1 + r), r = (1 + 1/m) B / U */
};

/**
 * estimate, std_error   [m], std_error > 0; logarithms of ratios
 * complete_df           > 0, may be INFINITY
 * Returns GSL_SUCCESS; GSL_EINVAL for m < 2, a level outside (0, 1), numbers that are not as said.
 */
int rubin_pool(const double *estimate, const double *std_error, size_t m, double complete_df, double level,
               struct rubin *result);

#endif
