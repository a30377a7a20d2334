/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * first_of.c - the first of several triggers: {first_of, missing, grace, competing, censor}.
 *
 * The earliest of the triggers, the competing events and the ends of observation decides; on one day a trigger goes
 * before a competing event, and that before an end, each in the order of the study.  When none of them happens up to the
 * end of follow-up, `missing` says what counts:
 *
 *     censor      not seen to relapse is not relapsed: observation ends with follow-up
 *     last_seen   observation ends on the last day on which a kind of `seen_by` was seen (never: day 0)
 *     relapse     who was last seen before the end of follow-up relapsed on the next day, at the earliest when `grace` ends
 */
#include <stdlib.h>

#include "base/memory.h"
#include "cohort/derived_values.h"
#include "cohort/history.h"
#include "outcomes/outcome.h"
#include "outcomes/trigger.h"


static int32_t first_seen(const struct evidence_days *days, size_t i)
{
    const size_t at = evidence_from(days, i, 0);

    return at < days->first[i + 1] ? days->day[at] : NEVER;
}

static int32_t last_seen(const struct outcome_input *input, size_t i, int32_t end)
{
    int32_t last = 0;

    for (size_t k = 0; k < input->outcome->n_seen; k++) {
        const struct evidence_days *days = evidence_days(input->evidence, input->outcome->seen[k]);
        const size_t after = evidence_from(days, i, end + 1);
        if (after > days->first[i] && days->day[after - 1] > last)
            last = days->day[after - 1];
    }
    return last;
}

/* Nothing has happened up to the end: the day that counts, and the cause. */
static int32_t unseen(const struct outcome_input *input, size_t i, int32_t end, int *cause)
{
    const struct study_outcome *outcome = input->outcome;
    const int32_t last = outcome->unseen == UNSEEN_CENSOR ? end : last_seen(input, i, end);

    *cause = outcome->unseen == UNSEEN_RELAPSE && last < end;
    if (*cause == 0)
        return last;
    return last + 1 < outcome->grace ? outcome->grace : last + 1;
}

static int32_t decide(const struct outcome_input *input, size_t i, int32_t event, int32_t end, int *cause)
{
    const struct study_outcome *outcome = input->outcome;
    int32_t first = event;

    *cause = 1;
    for (size_t k = 0; k < outcome->n_competing; k++) {
        const int32_t day = first_seen(evidence_days(input->evidence, outcome->competing[k]), i);
        if (day < first) {
            first = day;
            *cause = (int)k + 2;
        }
    }
    for (size_t k = 0; k < outcome->n_censor; k++) {
        const int32_t day = first_seen(evidence_days(input->evidence, outcome->censor[k]), i);
        if (day < first) {
            first = day;
            *cause = 0;
        }
    }
    return first <= end ? first : unseen(input, i, end, cause);
}

/* The last day of each person: follow-up's, of linked stays also the last on which he is observed. */
static int last_days(const struct outcome_input *input, int32_t *end)
{
    const struct column *stay = input->history == NULL ? NULL : table_column(input->cohort, "stay"),
                        *zero = input->history == NULL ? NULL : table_column(input->cohort, "time_zero");
    const int32_t all = (int32_t)input->study->cohort.follow_up_days.value;
    struct index_stay *index = stay == NULL ? NULL : allocate(input->n, sizeof *index);

    for (size_t i = 0; i < input->n; i++)
        end[i] = all;
    if (stay == NULL)
        return 0;
    if (index == NULL)
        return -1;
    for (size_t i = 0; i < input->n; i++)
        index[i].stay = (uint32_t)column_integer(stay, i);
    const struct derivation derivation = {
        .study = input->study, .history = input->history, .records = input->records, .index = index, .n = input->n};
    for (size_t i = 0; i < input->n; i++) {
        const int64_t last = derived_last_day(&derivation, i) - column_integer(zero, i);
        if (last < end[i])
            end[i] = last < 0 ? 0 : (int32_t)last;
    }
    free(index);
    return 0;
}

int first_of_compute(const struct outcome_writer *writer)
{
    const struct outcome_input *input = writer->input;
    const struct study_outcome *outcome = input->outcome;
    int32_t *event = allocate(input->n, sizeof *event), *end = allocate(input->n, sizeof *end);
    int status = event == NULL || end == NULL || last_days(input, end) != 0 ? -1 : 0;

    for (size_t i = 0; status == 0 && i < input->n; i++)
        event[i] = NEVER;
    for (size_t k = 0; status == 0 && k < outcome->n_triggers; k++)
        status = trigger_find(input, &outcome->triggers[k], event);
    for (size_t i = 0; status == 0 && i < input->n; i++) {
        int cause;
        const int32_t day = decide(input, i, event[i], end[i], &cause);
        outcome_set_time(writer, i, LOSS_NONE, cause, day);
    }
    free(end);
    free(event);
    return status;
}
