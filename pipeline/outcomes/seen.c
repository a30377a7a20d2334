/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seen.c - yes or no, found in dated rows.
 *
 *     {any: KIND, at_least, from, to}   the kind is seen on at least so many of these days
 *     {good_weeks: [...], of: WEEKS}    in each of the lists at least so many weeks are good
 */
#include <stdlib.h>

#include "outcomes/outcome.h"
#include "outcomes/weeks.h"

int any_compute(const struct outcome_writer *writer)
{
    const struct outcome_input *input = writer->input;
    const struct study_outcome *outcome = input->outcome;
    const struct evidence_days *days = evidence_days(input->evidence, outcome->days_of);

    for (size_t i = 0; i < input->n; i++) {
        const size_t begin = evidence_from(days, i, outcome->from), end = evidence_from(days, i, outcome->to + 1);
        outcome_set(writer, i, LOSS_NONE, end - begin >= (size_t)outcome->at_least);
    }
    return 0;
}

static bool is_good(const struct study_weeks *weeks, uint8_t state)
{
    return state == WEEK_STATE_GOOD || (state == WEEK_STATE_MISSING && weeks->missing == WEEK_MISSING_GOOD);
}

static bool all_counts_hold(const struct study_outcome *outcome, const struct study_weeks *weeks, const uint8_t *state)
{
    for (size_t k = 0; k < outcome->n_counts; k++) {
        const struct study_week_count *count = &outcome->counts[k];
        int32_t n = 0;
        for (size_t j = 0; j < count->weeks.n; j++)
            n += is_good(weeks, state[(size_t)count->weeks.values[j] - (size_t)weeks->from]);
        if (n < count->at_least)
            return false;
    }
    return true;
}

int good_weeks_compute(const struct outcome_writer *writer)
{
    const struct outcome_input *input = writer->input;
    const struct study_weeks *weeks = &input->study->weeks[input->outcome->of_weeks];
    uint8_t *state = weeks_judge(weeks, input->evidence, input->n_threads);

    if (state == NULL)
        return -1;
    for (size_t i = 0; i < input->n; i++)
        outcome_set(writer, i, LOSS_NONE, all_counts_hold(input->outcome, weeks, state + i * weeks_n(weeks)));
    free(state);
    return 0;
}
