/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pair_losses.h - `censoring`: the chance of being seen, by covariates, in each arm of a pair (stats/loss_weights.h).
 *
 * The last day on which anybody of an arm is seen, or the end of `follow_up`, ends observation for all: who is there then was
 * not lost.
 */
#ifndef COMPARE_PAIR_LOSSES_H
#define COMPARE_PAIR_LOSSES_H

#include "compare/adjusted_gates.h"
#include "compare/pair_rows.h"
#include "compare/term_columns.h"
#include "stats/loss_weights.h"

struct pair_losses {
    struct term_columns columns[2];  /* by treated */
    struct loss_weights *arm[2];
    char reason[160];                /* why nothing can be said; "" */
};

/** Fits both arms.  -1 after telling; free in any case. */
int pair_losses_make(const struct pair_rows *rows, const struct study_adjustment *how, struct pair_losses *losses);
void pair_losses_free(struct pair_losses *losses);

/** Too few losses for the terms: flags, with a warning. */
void pair_losses_judge(const struct pair_rows *rows, const struct study_adjustment *how, const struct pair_losses *losses,
                       struct adjusted_gates *gates);

#endif
