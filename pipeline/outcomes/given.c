/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * given.c - an outcome that the source has computed already: {time, event, entry, competing}.
 *
 * Without a time it is a yes or no.  A person with two kinds of event at once is not guessed about.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "cohort/conditions.h"
#include "outcomes/outcome.h"
#include "study/expression.h"

/* Adds one kind of event to what is known of every record: state is 0 or a cause; loss says what went wrong. */
static int add_cause(const struct outcome_input *input, const struct study_text *condition, int cause, int8_t *state,
                     uint8_t *loss)
{
    uint8_t *truth = condition_compute(input->study, condition, input->records, input->n_threads);

    if (truth == NULL)
        return -1;
    for (size_t i = 0; i < input->records->n_rows; i++) {
        if (truth[i] == TRUTH_UNKNOWN && loss[i] == LOSS_NONE)
            loss[i] = LOSS_EVENT_UNDECIDED;
        else if (truth[i] == TRUTH_TRUE && state[i] != 0)
            loss[i] = LOSS_TWO_EVENTS;
        else if (truth[i] == TRUTH_TRUE)
            state[i] = (int8_t)cause;
    }
    free(truth);
    return 0;
}

int given_compute(const struct outcome_writer *writer)
{
    const struct outcome_input *input = writer->input;
    const struct study_outcome *outcome = input->outcome;
    int8_t *state = allocate(input->records->n_rows, sizeof *state);
    uint8_t *loss = allocate(input->records->n_rows, sizeof *loss);
    int status = state == NULL || loss == NULL ? -1 : add_cause(input, &outcome->event, 1, state, loss);

    for (size_t k = 0; status == 0 && k < outcome->competing_if.n; k++)
        status = add_cause(input, &outcome->competing_if.items[k].when, (int)k + 2, state, loss);
    for (size_t i = 0; status == 0 && i < input->n; i++) {
        const size_t record = (size_t)column_integer(input->record, i);
        outcome_set(writer, i, loss[record], state[record]);
    }
    free(loss);
    free(state);
    return status;
}
