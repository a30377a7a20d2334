/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_gates.h - what an adjusted number rests on, and what is said when it fails.
 *
 * A number is withheld only when it is not identified: no overlap, nesting, an empty arm.  What is doubtful is flagged: the
 * estimate stays, its status says so and its note says why; a verdict on it becomes "inconclusive (gate)" (gates.h).
 *
 *     residual imbalance       |SMD| above GATE_SMD in a covariate of the propensity
 *     effective sample size    of an arm below GATE_SIZE people, or below GATE_SHARE of its people
 *     weights that explode     one row above GATE_LARGEST of the weight of its arm
 *     events per variable      fewer than GATE_EVENTS a column of a model; a warning as well
 *     proportional hazards     p of the test on the weighted rows below GATE_PH; hazard ratios alone
 *
 * SMD above 0.1: Austin 2009, doi:10.1002/sim.3697; ten events a variable: Peduzzi et al. 1996,
 * doi:10.1016/S0895-4356(96)00236-3.  The other limits are ours.
 */
#ifndef COMPARE_ADJUSTED_GATES_H
#define COMPARE_ADJUSTED_GATES_H

#include "compare/contrast.h"

#define GATE_PH 0.05
#define GATE_SMD 0.1
#define GATE_SIZE 30
#define GATE_SHARE 0.2
#define GATE_LARGEST 0.1
#define GATE_EVENTS 10

/** What has failed; the texts of several are joined. */
struct adjusted_gates {
    bool flagged; /* something has */
    char note[NOTE_SIZE];
};

void adjusted_gates_add(struct adjusted_gates *gates, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Of weights: effective sizes and largest share of a row. */
void adjusted_gates_size(struct adjusted_gates *gates, const char *arm, double effective, double people);
void adjusted_gates_largest(struct adjusted_gates *gates, double share);
void adjusted_gates_balance(struct adjusted_gates *gates, const char *worst, double smd);

/** Of a model with p columns, events the rarer of two outcomes.  True when there are too few. */
bool adjusted_gates_events(struct adjusted_gates *gates, const char *model, double events, size_t p);
void adjusted_gates_proportional(struct adjusted_gates *gates, double p_value);

/** Marks a number that exists. */
void adjusted_gates_mark(const struct adjusted_gates *gates, struct number *number);

/** Takes a number away that is not identified. */
void adjusted_gates_withhold(struct number *number, const char *why);

#endif
