/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * two_by_two.h - two arms, one yes-or-no outcome: ratios and the chi-square test.
 *
 *                 event             no event
 *     arm         a = arm_event     b = arm_n - arm_event
 *     reference   c = reference_event  d = reference_n - reference_event
 *
 * A ratio that does not exist is an error that names the empty cell; nothing is ever added to a cell in silence.
 */
#ifndef STATS_TWO_BY_TWO_H
#define STATS_TWO_BY_TWO_H

#include <stddef.h>
#include <stdint.h>

#include "stats/distribution.h"

struct two_by_two {
    int64_t arm_event, arm_n;             /* 0 <= arm_event <= arm_n */
    int64_t reference_event, reference_n; /* arm_n + reference_n <= 2^53 */
};

enum two_by_two_cell { /* why a ratio does not exist; the first that applies */
    TWO_BY_TWO_FULL,
    TWO_BY_TWO_NO_ARM,             /* nobody in the arm */
    TWO_BY_TWO_NO_REFERENCE,       /* nobody in the reference */
    TWO_BY_TWO_ARM_NO_EVENT,       /* a = 0 */
    TWO_BY_TWO_REFERENCE_NO_EVENT, /* c = 0 */
    TWO_BY_TWO_ARM_ALL_EVENT,      /* b = 0 */
    TWO_BY_TWO_REFERENCE_ALL_EVENT, /* d = 0 */
    TWO_BY_TWO_NEVER_TOGETHER      /* strata only: the cells of a product are never both filled in one stratum */
};

struct ratio_estimate {
    double estimate;            /* the ratio */
    double log_estimate;
    double std_error;           /* of the logarithm */
    double conf_low, conf_high; /* of the ratio: exp(log_estimate -+ z std_error) */
    double statistic;           /* log_estimate / std_error */
    double p_value;             /* two-sided, of ratio = 1 */
    enum two_by_two_cell empty; /* TWO_BY_TWO_FULL on success */
};

/** ratio_estimate_set - fills an estimate from a ratio > 0 and the standard error > 0 of its logarithm; GSL_SUCCESS. */
int ratio_estimate_set(struct ratio_estimate *result, double ratio, double std_error, double level);

/** ratio_estimate_missing - all numbers NAN, and why; GSL_EDOM. */
int ratio_estimate_missing(struct ratio_estimate *result, enum two_by_two_cell empty);

/** two_by_two_check - GSL_EINVAL for a negative count, more events than persons, or a total above 2^53. */
int two_by_two_check(const struct two_by_two *table);

/**
 * two_by_two_risk_ratio - (a / n1) / (c / n0); log standard error sqrt(1/a - 1/n1 + 1/c - 1/n0).
 *
 * Needs events in both arms; where both arms have events only, the standard error would be 0: refused, with
 * `empty` = TWO_BY_TWO_ARM_ALL_EVENT.
 *
 * Returns GSL_SUCCESS; GSL_EDOM when the ratio does not exist, with result->empty set and all numbers NAN;
 * GSL_EINVAL for bad counts or level.  Katz et al. 1978, doi:10.2307/2530610.
 */
int two_by_two_risk_ratio(const struct two_by_two *table, double level, struct ratio_estimate *result);

/**
 * two_by_two_odds_ratio - a d / (b c); log standard error sqrt(1/a + 1/b + 1/c + 1/d).
 *
 * Needs all four cells.  Returns as two_by_two_risk_ratio.  Woolf 1955, doi:10.1111/j.1469-1809.1955.tb01348.x.
 */
int two_by_two_odds_ratio(const struct two_by_two *table, double level, struct ratio_estimate *result);

/**
 * two_by_two_chi_square - Pearson's test that the risk is the same in every arm, without continuity correction.
 *
 *     X^2 = sum_i (x_i N - n_i E)^2 / (n_i E (N - E)),   E = sum x_i, N = sum n_i, df = arms - 1
 *
 * n_event, n  [n_arm] events and persons; arms with n = 0 are left out of the sum and of df
 * n_arm       >= 1
 *
 * Numerators are exact integers.  Returns GSL_SUCCESS; GSL_EDOM when fewer than two arms have persons, or nobody or
 * everybody had the event (test is NAN, df 0); GSL_EINVAL for bad counts.  O(n_arm).  Pearson 1900.
 */
int two_by_two_chi_square(const int64_t *n_event, const int64_t *n, size_t n_arm, struct chi_square_test *test);

#endif
