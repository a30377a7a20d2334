/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * support.c - can the data tell an outcome at all?
 *
 * An outcome that is found in dated rows needs, of every table it speaks of, at least one row of somebody in the cohort
 * on a day that it looks at.  Without one, "nobody relapsed" would only mean that nobody was tested.
 */
#include "base/fail.h"
#include "base/ranks.h"
#include "outcomes/outcome.h"
#include "outcomes/weeks.h"

struct span {
    int32_t low, high; /* days that the outcome looks at */
};

static bool has_row(const struct dated_rows *rows, struct span span)
{
    for (size_t j = 0; j < rows->rows->n_rows; j++)
        if (rows->day[j] >= span.low && rows->day[j] <= span.high)
            return true;
    return false;
}

static int need(const struct outcome_input *input, size_t kind, struct span span)
{
    const struct study_evidence *evidence = &input->study->evidence[kind];
    const char *table = table_role_name(evidence->role);

    int64_t n = has_row(evidence_rows(input->evidence, kind), span);
    if (input->shared) /* somebody of another rank will do */
        ranks_sum(&n, 1);
    if (n > 0)
        return 0;
    if (span.high >= NO_DAY_LIMIT)
        return study_fail(input->study, input->outcome->name.place,
                          "outcome '%s' cannot be told from these data: it needs '%s', and table '%s' has no row of "
                          "anybody in the cohort from day %d on",
                          input->outcome->name.text, evidence->name.text, table, span.low);
    return study_fail(input->study, input->outcome->name.place,
                      "outcome '%s' cannot be told from these data: it needs '%s', and table '%s' has no row of anybody in "
                      "the cohort from day %d to day %d",
                      input->outcome->name.text, evidence->name.text, table, span.low, span.high);
}

static int need_all(const struct outcome_input *input, const size_t *kinds, size_t n, struct span span)
{
    for (size_t k = 0; k < n; k++)
        if (need(input, kinds[k], span) != 0)
            return -1;
    return 0;
}

static int need_weeks(const struct outcome_input *input, size_t which, struct span span)
{
    const struct study_weeks *weeks = &input->study->weeks[which];

    return (weeks->visits != NO_EVIDENCE && need(input, (size_t)weeks->visits, span) != 0) ||
                   need_all(input, weeks->needs, weeks->n_needs, span) != 0 ||
                   need_all(input, weeks->bad, weeks->n_bad, span) != 0 ||
                   need_all(input, weeks->back, weeks->n_back, (struct span){span.low - weeks->back_from, span.high}) != 0
               ? -1
               : 0;
}

static int need_triggers(const struct outcome_input *input, struct span span)
{
    const struct study_outcome *outcome = input->outcome;

    for (size_t k = 0; k < outcome->n_triggers; k++) {
        const struct study_trigger *trigger = &outcome->triggers[k];
        if ((trigger->kind == TRIGGER_DAYS && need(input, trigger->of, span) != 0) ||
            (trigger->kind == TRIGGER_WEEKS && need_weeks(input, trigger->of, span) != 0))
            return -1;
    }
    return need_all(input, outcome->seen, outcome->n_seen, span);
}

int outcome_is_supported(const struct outcome_input *input)
{
    const struct study_outcome *outcome = input->outcome;
    const struct study_number *follow_up = &input->study->cohort.follow_up_days;
    const struct span span = {0, follow_up->given ? (int32_t)follow_up->value : NO_DAY_LIMIT};

    switch (outcome->rule) {
    case OUTCOME_RETENTION:
        return outcome->time.text != NULL ? 0 : need(input, outcome->days_of, (struct span){0, NO_DAY_LIMIT});
    case OUTCOME_FIRST_OF:
        return need_triggers(input, span);
    case OUTCOME_ANY:
        return need(input, outcome->days_of, (struct span){outcome->from, outcome->to});
    case OUTCOME_WEEKS:
        return need_weeks(input, outcome->of_weeks, (struct span){-NO_DAY_LIMIT, NO_DAY_LIMIT});
    case OUTCOME_GIVEN:
    case OUTCOME_REASON:
    case OUTCOME_LIBRARY:
    case OUTCOME_PROCESS:
        break;
    }
    return 0;
}
