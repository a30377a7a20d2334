/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * gates.h - assumptions that have failed, and the verdicts that rest on them.
 *
 * An estimate whose assumption has failed stays and is `flagged`, with the reason in its note; nothing is hidden.  A verdict
 * on a flagged estimate is "inconclusive (gate)", and its gate begins with the reason.  A failed test of proportional hazards
 * flags hazard ratios and nothing else: risks and restricted means do not rest on it.
 */
#ifndef COMPARE_GATES_H
#define COMPARE_GATES_H

#include "compare/arm_pairs.h"
#include "compare/estimates.h"
#include "compare/comparison.h"

/** The level at which a test of proportional hazards has failed. */
#define GATE_PH_LEVEL 0.05

/** Flags the row of a hazard ratio (or its logarithm) where hazards are not proportional; note: where its text goes. */
int gates_flag_hazards(const struct comparison *comparison, struct arm_pair pair, struct estimate *row, char *note, size_t size);

/** Verdicts on flagged estimates.  -1 after telling. */
int gates_close_verdicts(const struct table *estimates, struct table *verdicts);

#endif
