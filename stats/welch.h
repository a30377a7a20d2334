/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * welch.h - a mean with its limits, and the difference of two means by Welch's test.
 *
 *     mean of one group      se^2 = v / n,  df = n - 1
 *     difference of a and b  se^2 = v_a / n_a + v_b / n_b
 *                            df = se^4 / ( (v_a / n_a)^2 / (n_a - 1) + (v_b / n_b)^2 / (n_b - 1) )
 *
 * Groups are summarised by moments_solve (balance.h); variances need not be equal.  Welch 1947,
 * doi:10.1093/biomet/34.1-2.28.
 */
#ifndef STATS_WELCH_H
#define STATS_WELCH_H

#include <stdint.h>

struct group_moments {
    int64_t n;       /* people */
    double mean;
    double variance; /* with n - 1 in its denominator */
};

struct mean_estimate {
    double estimate, std_error, df;
    double statistic, p_value; /* t test of 0, two-sided; NAN where the error is 0 */
    double conf_low, conf_high; /* likewise: values that are all alike do not make a mean certain */
};

/** level: of the two-sided interval.  GSL_SUCCESS; GSL_EDOM for n < 2, as a single value has no error. */
int mean_solve(const struct group_moments *group, double level, struct mean_estimate *estimate);

/** The difference a - b.  GSL_SUCCESS; GSL_EDOM when a group has fewer than two. */
int mean_difference_solve(const struct group_moments *a, const struct group_moments *b, double level,
                          struct mean_estimate *estimate);

#endif
