/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * mantel_haenszel.h - one measure from many strata of two-by-two tables.
 *
 * In a stratum: a, b arm with and without event, c, d the same of the reference, n1 = a + b, n0 = c + d, N = n1 + n0.
 *
 *     odds ratio        sum a d / N    / sum b c / N          variance of the log: Robins, Breslow & Greenland 1986
 *     risk ratio        sum a n0 / N   / sum c n1 / N         variance of the log: Greenland & Robins 1985
 *     risk difference   sum (a n0 - c n1) / N  /  sum n1 n0 / N       variance: enum mh_variance
 *
 * strata     [n_strata] counts; strata where an arm has nobody carry no information and are left out
 * level      two-sided, in (0, 1)
 *
 * Sums over strata are exact sums of rounded terms: the order of the strata does not matter.
 *
 * Return GSL_SUCCESS; GSL_EDOM when the estimate does not exist (no stratum with both arms; for ratios an empty sum,
 * and then result->empty says which), all numbers NAN; GSL_EINVAL for bad counts or level.  O(n_strata), allocate
 * nothing.
 *
 * Mantel & Haenszel 1959, doi:10.1093/jnci/22.4.719; Robins, Breslow & Greenland 1986, doi:10.2307/2531052;
 * Greenland & Robins 1985, doi:10.2307/2530643; Sato 1989, doi:10.2307/2531793.
 */
#ifndef STATS_MANTEL_HAENSZEL_H
#define STATS_MANTEL_HAENSZEL_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/risk_difference.h"
#include "stats/two_by_two.h"

int mh_odds_ratio(const struct two_by_two *strata, size_t n_strata, double level, struct ratio_estimate *result);
int mh_risk_ratio(const struct two_by_two *strata, size_t n_strata, double level, struct ratio_estimate *result);

enum mh_variance {
    MH_SATO,            /* consistent for many small strata and for few large ones; the default of R's metafor */
    MH_GREENLAND_ROBINS /* few large strata: sum (a b n0^2 / n1 + c d n1^2 / n0) / N^2 over (sum n1 n0 / N)^2 */
};

/** mh_risk_difference - Wald limits, cut to [-1, 1]. */
int mh_risk_difference(const struct two_by_two *strata, size_t n_strata, enum mh_variance variance, double level,
                       struct risk_difference *result);

/**
 * mh_test - Cochran-Mantel-Haenszel: is there no association in any stratum?
 *
 *     X^2 = (|sum (a - E a)| - h)^2 / sum n1 n0 (a + c) (b + d) / (N^2 (N - 1)),    df 1
 *
 * continuity  h = 1/2 if true and the sum is at least 1/2, else 0, as R's mantelhaen.test
 *
 * Strata with N < 2 are left out.  GSL_EDOM when the variance is 0 (test NAN, df 0).
 */
int mh_test(const struct two_by_two *strata, size_t n_strata, bool continuity, struct chi_square_test *test);

/**
 * mh_homogeneity_test - Breslow-Day with Tarone's correction: is the odds ratio the same in every stratum?
 *
 * The expected count in each stratum under the common Mantel-Haenszel odds ratio solves a quadratic; df = strata used
 * - 1, where strata in which a margin is 0 are not used.  GSL_EDOM with fewer than 2 strata or without a common odds
 * ratio.
 * Breslow & Day 1980; Tarone 1985, doi:10.1093/biomet/72.1.91.
 */
int mh_homogeneity_test(const struct two_by_two *strata, size_t n_strata, struct chi_square_test *test);

#endif
