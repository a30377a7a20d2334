/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * rate_ratio.h - the ratio of two rates, exactly: given both counts together, the first is binomial.
 *
 *     a ~ Poisson(lambda_1 T_1), b ~ Poisson(lambda_0 T_0):    a | a + b ~ Binomial(a + b, rho T_1 / (rho T_1 + T_0))
 *
 * so Clopper and Pearson's limits of that share are limits of rho = lambda_1 / lambda_0: those of poisson.test() of R.  The p-value of rho = 1
 * adds all outcomes that are at most as likely as the one seen (within a factor of 1 + 1e-7, as R has it).
 *
 * With a = 0 the ratio is 0 and its lower limit 0; with b = 0 the ratio and its upper limit do not exist (NAN).
 *
 * Przyborowski & Wilenski 1940, doi:10.1093/biomet/31.3-4.313; Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404.
 */
#ifndef STATS_RATE_RATIO_H
#define STATS_RATE_RATIO_H

#include <stdint.h>

struct rate_ratio {
    double estimate, conf_low, conf_high, p_value;
};

/**
 * event >= 0 counts, together at most 2^53; time > 0; level in (0, 1).  GSL_SUCCESS; GSL_EDOM with no event at all; GSL_EINVAL
 * for values that are not as said.  O(sqrt(a + b)).
 */
int rate_ratio_exact(int64_t event, double time, int64_t reference_event, double reference_time, double level, struct rate_ratio *ratio);

#endif
