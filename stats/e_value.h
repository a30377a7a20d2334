/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * e_value.h - how strong an unmeasured confounder would have to be to explain a result away.
 *
 *     E = R + sqrt(R (R - 1)),     R the risk ratio, or 1 / R when it is below 1
 *
 * the smallest risk ratio that a confounder must have with both the arm and the outcome, given what was adjusted for.  For
 * the limit of the interval that is nearer to 1 the same, or 1 when the interval holds 1.  Other measures come first to the
 * scale of a risk ratio, as VanderWeele & Ding propose:
 *
 *     E_RISK_RATIO    R                              (also hazard and odds ratios of rare outcomes, below 15 % at the end)
 *     E_HAZARD_RATIO  (1 - 0.5^sqrt(H)) / (1 - 0.5^sqrt(1 / H))       common outcome
 *     E_ODDS_RATIO    sqrt(O)                                         common outcome
 *
 * Ding & VanderWeele 2016, doi:10.1097/EDE.0000000000000457; VanderWeele & Ding 2017, doi:10.7326/M16-2607.
 */
#ifndef STATS_E_VALUE_H
#define STATS_E_VALUE_H

enum e_value_scale { E_RISK_RATIO, E_HAZARD_RATIO, E_ODDS_RATIO };

struct e_value {
    double estimate; /* of the estimate, >= 1 */
    double limit;    /* of the limit nearer to 1, >= 1 */
};

/**
 * ratio, conf_low, conf_high   conf_low <= ratio <= conf_high, 0 < ratio < infinity; limits may be 0 or infinite
 * Returns GSL_SUCCESS; GSL_EDOM for numbers that are not as said (result NAN).
 */
int e_value(double ratio, double conf_low, double conf_high, enum e_value_scale scale, struct e_value *result);

#endif
