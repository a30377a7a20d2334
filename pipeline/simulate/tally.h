/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * tally.h - how many had which event on which day, by arm, weighted; and the numbers that follow from it.
 *
 * Nobody is censored before day FOLLOW_UP, so every number is a sum over days:
 *
 *     risk(t)  = sum_{d <= t} event(d) / total
 *     rmst(t)  = sum_{d < t} (1 - sum_{c <= d} any(c) / total)
 */
#ifndef SIMULATE_TALLY_H
#define SIMULATE_TALLY_H

#include "simulate/recorded.h"

struct tally {
    double total[N_ARMS];
    double event[N_ARMS][FOLLOW_UP + 1]; /* cause 1 */
    double any[N_ARMS][FOLLOW_UP + 1];   /* cause 1 or 2 */
};

void tally_add(struct tally *tally, enum arm arm, struct event event, double weight);

/** into += sign * from. */
void tally_merge(struct tally *into, const struct tally *from, double sign);

double tally_risk(const struct tally *tally, enum arm arm, int day);
double tally_rmst(const struct tally *tally, enum arm arm, int day);

/**
 * Log hazard ratio of ARM_IOP against ARM_INPATIENT: the root of the partial-likelihood score with Efron's ties, in the
 * limit of many persons, where the sum over the tied is an integral.  Deaths leave the risk set.  NAN without events in
 * one of the arms.
 */
double tally_log_hazard_ratio(const struct tally *tally);

#endif
