/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * retention.c - days until treatment is left: {days_until, completed, completed_if}.
 *
 * The event is leaving.  What completing counts as is always declared, because planned lengths differ between
 * levels of care and the answer can turn with it:
 *
 *     left        completing is leaving: everybody has the event on the last day
 *     retained    whoever completed counts as retained as long as anybody looks
 *     competing   completing is a competing event
 *     censor      observation ends with completing
 */
#include <stdlib.h>

#include "cohort/conditions.h"
#include "outcomes/outcome.h"
#include "study/expression.h"

static int cause_when_completed(enum completed_rule completed)
{
    return completed == COMPLETED_LEFT ? 1 : completed == COMPLETED_COMPETING ? 2 : 0;
}

int retention_compute(const struct outcome_writer *writer)
{
    const struct outcome_input *input = writer->input;
    const struct study_outcome *outcome = input->outcome;
    uint8_t *completed = NULL;

    if (outcome->completed_if.text != NULL &&
        (completed = condition_compute(input->study, &outcome->completed_if, input->records, input->n_threads)) == NULL)
        return -1;
    for (size_t i = 0; i < input->n; i++) {
        const uint8_t truth = completed == NULL ? TRUTH_FALSE : completed[column_integer(input->record, i)];
        outcome_set(writer, i, truth == TRUTH_UNKNOWN ? LOSS_COMPLETED_UNDECIDED : LOSS_NONE,
                    truth == TRUTH_TRUE ? cause_when_completed(outcome->completed) : 1);
    }
    free(completed);
    return 0;
}
