/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * completion.c - the discharge reason decides: {reason, event, no_event | competing, censor, exclude}.
 *
 * Every reason of the codebook stands in exactly one list; study/ has checked that.  A row whose reason is missing
 * does not count and is counted as such.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "outcomes/outcome.h"

enum { OUT = -1 }; /* in place of a cause: left out by the definition */

static bool holds(const struct study_texts *list, const char *label)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->items[i].text, label) == 0)
            return true;
    return false;
}

/* What a label of the reason column means: a cause, 0, or OUT. */
static int meaning(const struct study_outcome *outcome, const char *label)
{
    for (size_t k = 0; k < outcome->competing_reasons.n; k++)
        if (strcmp(outcome->competing_reasons.items[k].text, label) == 0)
            return (int)k + 2;
    return holds(&outcome->event_reasons, label) ? 1 : holds(&outcome->exclude_reasons, label) ? OUT : 0;
}

struct meanings {
    const struct column *reason;
    int *cause; /* [labels of reason], or OUT */
};

static void judge(const struct outcome_writer *writer, const void *context, size_t i)
{
    const struct meanings *const meanings = context;
    const int32_t code = column_code(meanings->reason, (size_t)column_integer(writer->input->record, i));
    const enum loss loss = code == MISSING_CODE               ? LOSS_REASON_MISSING
                           : meanings->cause[code] == OUT ? LOSS_EXCLUDED
                                                          : LOSS_NONE;

    outcome_set(writer, i, loss, loss == LOSS_NONE ? meanings->cause[code] : 0);
}

int completion_compute(const struct outcome_writer *writer)
{
    const struct outcome_input *input = writer->input;
    const struct column *const reason = table_column(input->records, input->outcome->reason.text);
    const struct meanings meanings = {reason, allocate(reason->n_labels, sizeof *meanings.cause)};

    if (meanings.cause == NULL)
        return -1;
    for (size_t k = 0; k < reason->n_labels; k++)
        meanings.cause[k] = meaning(input->outcome, reason->labels[k]);
    outcome_of_each(writer, judge, &meanings);
    free(meanings.cause);
    return 0;
}
