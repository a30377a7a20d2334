/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * recurrent_models.h - Cox regressions of events that recur: an outcome's (outcomes/again.h), or moves into levels of care
 * (models: recurrent, into).
 *
 * A row is a stretch of days at risk, with an event at its end or not; for moves people are at risk while they are at no level of
 * `into`.  Arranged after stats/recurrent.h, with robust errors by row of the cohort (or by the study's cluster).
 * The rows of estimates are those of models.h; of moves they have no outcome: `n` counts stretches, `n_event` events.
 */
#ifndef COMPARE_RECURRENT_MODELS_H
#define COMPARE_RECURRENT_MODELS_H

#include "compare/care_states.h"
#include "compare/comparison.h"
#include "compare/sample.h"

/** The stretches at risk of some people, as a sample: each with its person as cluster, unless the study has others. */
struct stretches {
    struct sample sample;
    int32_t *id; /* [sample.n] of the person */
    size_t n_id;
};

int stretches_alloc(struct stretches *stretches, size_t room); /* -1 after telling */
void stretches_free(struct stretches *stretches);

/** A stretch of who stands in that row of the cohort, after those of the rows before; days, cause and frequency are the caller's. */
size_t stretches_next(struct stretches *stretches, size_t row, const struct column *arm, const struct column *cluster);

/** What stands in sample.cluster becomes numbers: names of the study's clusters, or, all of whose stretches are here, people.  -1 after telling. */
int stretches_number_clusters(struct stretches *stretches, bool given, const struct reducer *reducer);

/** One model; the comparison says of what and of whom, and its people are not read.  -1 after telling; nothing for no stretch. */
int recurrent_model_add(const struct comparison *comparison, const struct study_model *model, struct stretches *stretches,
                        const struct table *records, const struct column *record, struct table *estimates);

struct recurrent_models_input {
    struct care_states_input paths;
    const struct table *records;    /* as models_add has them */
    const struct column *record, *cluster;
    int n_threads;
};

/** The models of the analysis of moves into levels of care; -1 after telling. */
int recurrent_models_add(const struct recurrent_models_input *input, struct table *estimates);

#endif
