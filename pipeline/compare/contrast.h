/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * contrast.h - one number of an arm, or of an arm against its reference, by the rules of the manual.
 *
 * Risk at day t is events / n with Wilson limits (difference: Newcombe) only when nobody in any arm is censored
 * before t and all are observed from time zero.  Otherwise it is 1 - Kaplan-Meier, or Aalen-Johansen whenever a
 * competing event is declared, and differences have the limits of their standard errors.  `method` says which.
 *
 * Survival, quantiles and restricted means speak of being free of every declared event, competing ones included.
 */
#ifndef COMPARE_CONTRAST_H
#define COMPARE_CONTRAST_H

#include "compare/arm_pairs.h"
#include "compare/comparison.h"
#include "study/measure.h"

/** Where a number is read. */
struct horizon {
    double time;   /* day, tau or quantile; NAN for a yes-or-no outcome */
    bool at_least; /* P(T >= time) instead of P(T > time) */
};

enum { NOTE_SIZE = 240 };

/** A number with its uncertainty.  NaN marks what does not exist, and then note says why. */
struct number {
    double estimate, std_error; /* std_error of ratios: of the logarithm */
    double conf_low, conf_high;
    double statistic, p_value;
    double df;                  /* of a t test; else NaN */
    double planning_error;      /* standard error if arm and reference had the reference's risk: for power; else NaN */
    int64_t n, n_event;
    bool defined;
    bool withheld;              /* not identified; then not defined either */
    bool flagged;               /* an assumption failed, as note says */
    const char *method;
    char note[NOTE_SIZE];
};

/** One arm: mean, survival, risk, cumulative_incidence (of cause), quantile_time, rmst. */
void contrast_of_arm(const struct comparison *comparison, enum measure measure, size_t arm, size_t cause,
                     struct horizon horizon, double level, struct number *number);

/** An arm against its reference: mean_difference, risk_difference, risk_ratio, odds_ratio, survival_difference, rmst_difference,
 *  rmst_ratio, hazard_ratio, log_hazard_ratio. */
void contrast_of_pair(const struct comparison *comparison, enum measure measure, struct arm_pair pair,
                      struct horizon horizon, double level, struct number *number);

/** Is risk at this horizon events / n? */
bool contrast_is_counted(const struct comparison *comparison, struct horizon horizon);

/** The measure of one arm that a contrast is made of: risk for risk_ratio. */
enum measure contrast_part(enum measure measure);

#endif
