/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * standardised.h - observed over expected events, with an interval.
 *
 *     ratio = O / E
 *     exact   chi-square quantiles of a Poisson count:  q(a; 2 O) / (2 E),  q(1 - a; 2 O + 2) / (2 E),  a = (1 - level) / 2
 *     Byar    O (1 - 1 / (9 O) - z / (3 sqrt O))^3 / E,  (O + 1) (1 - 1 / (9 (O + 1)) + z / (3 sqrt(O + 1)))^3 / E
 *
 * observed   >= 0
 * expected   > 0, taken as known
 * level      two-sided, in (0, 1)
 *
 * Without an event the lower limit is 0.  GSL_SUCCESS; GSL_EDOM when nothing is expected (ratio NAN throughout);
 * GSL_EINVAL for a negative or missing number or a level outside (0, 1).  O(1).
 * Breslow & Day 1987, Statistical Methods in Cancer Research II, p. 69; Garwood 1936, doi:10.1093/biomet/28.3-4.437.
 */
#ifndef STATS_STANDARDISED_H
#define STATS_STANDARDISED_H

#include <stdint.h>

enum standardised_method { STANDARDISED_EXACT, STANDARDISED_BYAR };

struct standardised {
    double ratio, conf_low, conf_high;
};

int standardised_ratio(int64_t observed, double expected, enum standardised_method method, double level,
                       struct standardised *result);

#endif
