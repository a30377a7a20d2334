/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * recurrent_models.h - Cox regressions of events that recur: moves into levels of care (models: recurrent, into).
 *
 * People are at risk while they are at no level of `into`; a row is a stretch of such days, with an event where it ends with
 * a move into one.  Arranged after stats/recurrent.h, with robust errors by row of the cohort (or by the study's cluster).
 * The rows of estimates are those of models.h, of no outcome: `n` counts stretches, `n_event` moves.
 */
#ifndef COMPARE_RECURRENT_MODELS_H
#define COMPARE_RECURRENT_MODELS_H

#include "compare/care_states.h"

struct recurrent_models_input {
    struct care_states_input paths;
    const struct table *records;    /* as models_add has them */
    const struct column *record, *cluster;
    int n_threads;
};

/** The models of the analysis that recur; -1 after telling. */
int recurrent_models_add(const struct recurrent_models_input *input, struct table *estimates);

#endif
