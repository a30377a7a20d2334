/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/trigger.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cohort/history.h"
#include "outcomes/weeks.h"

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Days that are looked at. */
struct span {
    int32_t from, to;
};

static struct span looked_at(const struct outcome_input *input)
{
    return (struct span){larger(input->outcome->grace, 0), (int32_t)input->study->cohort.follow_up_days.value};
}

static void lower(int32_t *day, int32_t found)
{
    if (found < *day)
        *day = found;
}

/* ---- days ------------------------------------------------------------------------------------------------------- */

static void find_days(const struct outcome_input *input, const struct study_trigger *trigger, int32_t *day)
{
    const struct evidence_days *days = evidence_days(input->evidence, trigger->of);
    const struct span span = looked_at(input);
    const int32_t from = larger(trigger->from, span.from), to = smaller(trigger->to, span.to);
    const size_t n = (size_t)trigger->n;

    for (size_t i = 0; i < input->n; i++) {
        const size_t begin = evidence_from(days, i, from);
        for (size_t j = begin; j < days->first[i + 1] && days->day[j] <= to; j++) {
            if (j + 1 < begin + n || days->day[j] - days->day[j + 1 - n] >= trigger->within)
                continue;
            lower(&day[i], days->day[trigger->dated_last ? j : j + 1 - n]);
            break;
        }
    }
}

/* ---- weeks ------------------------------------------------------------------------------------------------------ */

static bool is_bad(const struct study_weeks *weeks, bool missing_only, uint8_t state)
{
    if (state == WEEK_STATE_MISSING)
        return missing_only || weeks->missing == WEEK_MISSING_BAD;
    return state == WEEK_STATE_BAD && !missing_only;
}

/* Positions of the weeks that were bad among those that count wait in a ring of the last n. */
static int32_t find_in_weeks(const struct study_weeks *weeks, const struct study_trigger *trigger, struct span span,
                             const uint8_t *state, size_t (*ring)[2])
{
    const size_t n = (size_t)trigger->n, n_weeks = weeks_n(weeks);
    size_t n_bad = 0, position = 0;

    for (size_t k = 0; k < n_weeks; k++) {
        const int32_t begin = weeks->first_day + weeks->length * (weeks->from + (int32_t)k - 1);
        if (begin < span.from || begin + weeks->length - 1 > span.to ||
            (state[k] == WEEK_STATE_MISSING && weeks->missing == WEEK_MISSING_IGNORED))
            continue;
        position++;
        if (!is_bad(weeks, trigger->missing_only, state[k]))
            continue;
        ring[n_bad % n][0] = position;
        ring[n_bad % n][1] = k;
        const size_t *const oldest = ring[++n_bad % n];
        if (n_bad < n || position - oldest[0] >= (size_t)trigger->within)
            continue;
        return trigger->dated_last ? begin + weeks->length - 1
                                   : weeks->first_day + weeks->length * (weeks->from + (int32_t)oldest[1] - 1);
    }
    return NEVER;
}

static int find_weeks(const struct outcome_input *input, const struct study_trigger *trigger, int32_t *day)
{
    const struct study_weeks *weeks = &input->study->weeks[trigger->of];
    uint8_t *state = weeks_judge(weeks, input->evidence, input->n_threads);
    size_t(*ring)[2] = allocate((size_t)trigger->n, sizeof *ring);
    const int status = state == NULL || ring == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < input->n; i++)
        lower(&day[i], find_in_weeks(weeks, trigger, looked_at(input), state + i * weeks_n(weeks), ring));
    free(ring);
    free(state);
    return status;
}

/* ---- reason ----------------------------------------------------------------------------------------------------- */

static int find_reason(const struct outcome_input *input, const struct study_trigger *trigger, int32_t *day)
{
    const struct column *reason = table_column(input->records, trigger->column.text),
                        *days = table_column(input->records, trigger->day.text);
    bool *wanted = allocate(reason->n_labels, sizeof *wanted);

    if (wanted == NULL)
        return -1;
    for (size_t k = 0; k < trigger->reasons.n; k++) {
        const char *label = trigger->reasons.items[k].text;
        const int32_t code = column_find_label(reason, label, strlen(label));
        if (code != MISSING_CODE)
            wanted[code] = true;
    }
    for (size_t i = 0; i < input->n; i++) {
        const size_t record = (size_t)column_integer(input->record, i);
        const int32_t code = column_code(reason, record);
        const double at = column_real(days, record);
        if (code != MISSING_CODE && wanted[code] && at >= looked_at(input).from && at < NEVER)
            lower(&day[i], (int32_t)ceil(at));
    }
    free(wanted);
    return 0;
}

/* ---- new episode ------------------------------------------------------------------------------------------------- */

static int32_t find_later_episode(const struct history *h, const struct study_trigger *trigger, size_t index, int64_t zero)
{
    size_t first = index;
    int32_t end = INT32_MIN; /* of all care before */

    while (first > 0 && h->person[first - 1] == h->person[index])
        first--;
    for (size_t i = first; i < history_person_end(h, first); i++) {
        const int level = history_is_kept(h, i) ? history_level(h, i) : LEVEL_UNKNOWN;
        if (!history_is_kept(h, i))
            continue;
        if (h->episode[i] != h->episode[index] && h->start[i] > zero && level < N_LEVELS && trigger->levels[level] &&
            (int64_t)h->start[i] - end >= trigger->gap_days)
            return (int32_t)(h->start[i] - zero);
        end = larger(end, h->end[i]);
    }
    return NEVER;
}

static void find_new_episode(const struct outcome_input *input, const struct study_trigger *trigger, int32_t *day)
{
    const struct column *stay = table_column(input->cohort, "stay"), *zero = table_column(input->cohort, "time_zero");
    const int32_t from = looked_at(input).from;

    for (size_t i = 0; i < input->n; i++) {
        const int32_t found = find_later_episode(input->history, trigger, (size_t)column_integer(stay, i),
                                                 column_integer(zero, i));
        if (found >= from)
            lower(&day[i], found);
    }
}

int trigger_find(const struct outcome_input *input, const struct study_trigger *trigger, int32_t *day)
{
    switch (trigger->kind) {
    case TRIGGER_DAYS:
        find_days(input, trigger, day);
        break;
    case TRIGGER_WEEKS:
        return find_weeks(input, trigger, day);
    case TRIGGER_REASON:
        return find_reason(input, trigger, day);
    case TRIGGER_NEW_EPISODE:
        find_new_episode(input, trigger, day);
        break;
    }
    return 0;
}
