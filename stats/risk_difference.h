/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * risk_difference.h - the risk of an arm minus the risk of its reference, with interval and margin tests.
 *
 * With p1 = a / n1, p0 = c / n0, d = p1 - p0 and z = confidence_z(level):
 *
 *     Newcombe             low  = d - sqrt((p1 - l1)^2 + (u0 - p0)^2),  l, u the Wilson limits of each arm
 *                          high = d + sqrt((u1 - p1)^2 + (p0 - l0)^2)
 *     Miettinen-Nurminen   all D with (d - D)^2 <= z^2 V(D); V(D) = N/(N-1) (q1 (1-q1)/n1 + q0 (1-q0)/n0),
 *                          (q1, q0) the likelihood's maximum under q1 - q0 = D, N = n1 + n0
 *     Wald                 d -+ z sqrt(p1 (1-p1)/n1 + p0 (1-p0)/n0), cut to [-1, 1]
 *
 * Newcombe 1998 (method 10), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I;
 * Miettinen & Nurminen 1985, doi:10.1002/sim.4780040211.
 */
#ifndef STATS_RISK_DIFFERENCE_H
#define STATS_RISK_DIFFERENCE_H

#include "stats/two_by_two.h"
#include "stats/verdict.h"

enum risk_difference_method { RISK_DIFFERENCE_NEWCOMBE, RISK_DIFFERENCE_MN, RISK_DIFFERENCE_WALD };

struct risk_difference {
    double estimate;
    double std_error; /* Wald's, whatever the interval; 0 when both risks are 0 or 1 */
    double conf_low, conf_high;
};

/**
 * risk_difference_interval - estimate and two-sided limits.
 *
 * table      counts (two_by_two.h), both arms with persons
 * level      in (0, 1)
 *
 * Returns GSL_SUCCESS; GSL_EDOM when an arm has nobody (result is NAN throughout); GSL_EINVAL for bad counts, level or
 * method.  O(1), allocates nothing.
 */
int risk_difference_interval(const struct two_by_two *table, enum risk_difference_method method, double level,
                             struct risk_difference *result);

/**
 * risk_difference_margin_tests - is the arm worse than its reference by less than the margin?
 *
 * margin     in (0, 1)
 * worse      whether a higher or a lower risk is the worse one (verdict.h)
 * method     RISK_DIFFERENCE_MN: score variance under each null, so that the test agrees with the interval of that
 *            name; any other: Wald's variance, the distance of the estimate from the margin in standard errors
 *
 * result     non-inferiority and two one-sided tests (struct margin_test, verdict.h)
 *
 * Returns GSL_SUCCESS; GSL_EDOM when an arm has nobody or the variance is 0; GSL_EINVAL for bad input.
 */
int risk_difference_margin_tests(const struct two_by_two *table, enum risk_difference_method method, double margin,
                                 enum worse_is worse, struct margin_test *result);

#endif
