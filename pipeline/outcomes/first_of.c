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
 *
 * With `between_looks` an event that a look found has happened between the look before and this one: time_low is the day after the
 * look before it, time_high the day on which it was found.  Who has no event was known to have none up to the last look.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "cohort/derived_values.h"
#include "cohort/history.h"
#include "outcomes/first_of.h"
#include "outcomes/looks.h"
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

int32_t first_of_unseen(const struct outcome_input *input, size_t i, int32_t end, int *cause)
{
    const struct study_outcome *outcome = input->outcome;
    const int32_t last = outcome->unseen == UNSEEN_CENSOR ? end : last_seen(input, i, end);

    *cause = outcome->unseen == UNSEEN_RELAPSE && last < end;
    if (*cause == 0)
        return last;
    return last + 1 < outcome->grace ? outcome->grace : last + 1;
}

int32_t first_of_days(const struct outcome_input *input, size_t i, int32_t event, int *cause)
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
    return first;
}

static int32_t decide(const struct outcome_input *input, size_t i, int32_t event, int32_t end, int *cause)
{
    const int32_t first = first_of_days(input, i, event, cause);

    return first <= end ? first : first_of_unseen(input, i, end, cause);
}

int first_of_last_days(const struct outcome_input *input, int32_t *end)
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

/* The days between which it happened to person i, who left observation by `cause` on `day`. */
static void set_interval(const struct outcome_writer *writer, const struct looks *looks, size_t i, int cause, int32_t day, bool dated)
{
    const int32_t grace = writer->input->outcome->grace;

    if (column_is_missing(writer->time, i))
        return;
    if (cause != 1) {
        column_set_real(writer->time_low, i, looks_last(looks, i, day + 1) + 1); /* and no largest day */
        return;
    }
    const int32_t after = looks_last(looks, i, day) + 1, low = after > grace ? after : grace;
    column_set_real(writer->time_low, i, dated || low > day ? day : low);
    column_set_real(writer->time_high, i, day);
}

static void never(int32_t *day, size_t n)
{
    for (size_t i = 0; i < n; i++)
        day[i] = NEVER;
}

static bool is_found_by_looking(const struct outcome_input *input, const struct study_trigger *trigger)
{
    return trigger->kind == TRIGGER_DAYS && table_role_looks(input->study->evidence[trigger->of].role);
}

/* The first day of the triggers that a look finds, or of all others. */
static int find_days(const struct outcome_input *input, bool by_looking, int32_t *day)
{
    int status = 0;

    never(day, input->n);
    for (size_t k = 0; status == 0 && k < input->outcome->n_triggers; k++)
        if (is_found_by_looking(input, &input->outcome->triggers[k]) == by_looking)
            status = trigger_find(input, &input->outcome->triggers[k], day);
    return status;
}

int first_of_compute(const struct outcome_writer *writer)
{
    const struct outcome_input *input = writer->input;
    int32_t *found = allocate(input->n, sizeof *found), *dated = allocate(input->n, sizeof *dated),
            *end = allocate(input->n, sizeof *end);
    const struct looks looks = looks_of(input);
    int status = found == NULL || dated == NULL || end == NULL || first_of_last_days(input, end) != 0 ? -1 : 0;

    if (status == 0)
        status = find_days(input, true, found) != 0 ? -1 : find_days(input, false, dated);
    for (size_t i = 0; status == 0 && i < input->n; i++) {
        int cause;
        const int32_t day = decide(input, i, found[i] < dated[i] ? found[i] : dated[i], end[i], &cause);
        outcome_set_time(writer, i, LOSS_NONE, cause, day);
        if (writer->time_low != NULL)
            set_interval(writer, &looks, i, cause, day, dated[i] <= day);
    }
    free(end);
    free(dated);
    free(found);
    return status;
}
