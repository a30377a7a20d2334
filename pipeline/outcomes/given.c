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

/* What is known of every record: state is 0 or a cause; loss says what went wrong. */
struct known {
    int8_t *state;
    uint8_t *loss;
};

/* Adds one kind of event. */
static int add_cause(const struct outcome_input *input, const struct study_text *condition, int cause,
                     const struct known *known)
{
    uint8_t *truth = condition_compute(input->study, condition, input->records, input->n_threads);

    if (truth == NULL)
        return -1;
    for (size_t i = 0; i < input->records->n_rows; i++) {
        if (truth[i] == TRUTH_UNKNOWN && known->loss[i] == LOSS_NONE)
            known->loss[i] = LOSS_EVENT_UNDECIDED;
        else if (truth[i] == TRUTH_TRUE && known->state[i] != 0)
            known->loss[i] = LOSS_TWO_EVENTS;
        else if (truth[i] == TRUTH_TRUE)
            known->state[i] = (int8_t)cause;
    }
    free(truth);
    return 0;
}

static void judge(const struct outcome_writer *writer, const void *context, size_t i)
{
    const struct known *const known = context;
    const size_t record = (size_t)column_integer(writer->input->record, i);

    outcome_set(writer, i, known->loss[record], known->state[record]);
}

int given_compute(const struct outcome_writer *writer)
{
    const struct outcome_input *input = writer->input;
    const struct study_outcome *outcome = input->outcome;
    const struct known known = {allocate(input->records->n_rows, sizeof *known.state),
                                allocate(input->records->n_rows, sizeof *known.loss)};
    int status = known.state == NULL || known.loss == NULL ? -1 : add_cause(input, &outcome->event, 1, &known);

    for (size_t k = 0; status == 0 && k < outcome->competing_if.n; k++)
        status = add_cause(input, &outcome->competing_if.items[k].when, (int)k + 2, &known);
    if (status == 0)
        outcome_of_each(writer, judge, &known);
    free(known.loss);
    free(known.state);
    return status;
}
