/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/outcome.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "cohort/conditions.h"

static const char *const losses[N_LOSSES] = {
    [LOSS_NONE] = "counts",
    [LOSS_TIME_MISSING] = "time missing",
    [LOSS_TIME_NEGATIVE] = "time before time zero",
    [LOSS_ENTRY_MISSING] = "entry missing",
    [LOSS_ENTRY_LATE] = "entry at or after the end of observation",
    [LOSS_EVENT_UNDECIDED] = "event undecided: a value is missing",
    [LOSS_TWO_EVENTS] = "two kinds of event at once",
    [LOSS_COMPLETED_UNDECIDED] = "completion undecided: a value is missing",
    [LOSS_REASON_MISSING] = "reason missing",
    [LOSS_EXCLUDED] = "left out by the definition",
};

const char *loss_name(enum loss loss)
{
    return losses[loss];
}

size_t outcome_n_causes(const struct study_outcome *outcome)
{
    switch (outcome->rule) {
    case OUTCOME_GIVEN: return 1 + outcome->competing_if.n;
    case OUTCOME_RETENTION: return outcome->completed == COMPLETED_COMPETING ? 2 : 1;
    case OUTCOME_REASON: return 1 + outcome->competing_reasons.n;
    }
    return 1;
}

const char *outcome_cause(const struct study_outcome *outcome, size_t cause)
{
    if (cause < 2)
        return "event";
    switch (outcome->rule) {
    case OUTCOME_GIVEN: return outcome->competing_if.items[cause - 2].name.text;
    case OUTCOME_RETENTION: return "completed";
    case OUTCOME_REASON: return outcome->competing_reasons.items[cause - 2].text;
    }
    return "";
}

struct table *outcome_alloc(const struct outcome_input *input)
{
    const struct study_outcome *outcome = input->outcome;
    char *name = format_text("outcome/%s", outcome->name.text);
    struct table *table = name == NULL ? NULL : table_alloc(name, outcome->label.text);

    free(name);
    if (table == NULL)
        return NULL;
    if (table_add_column(table, "cause", COLUMN_INT8, 0, "Kind of end", "") != NULL &&
        (outcome->time.text == NULL ||
         table_add_column(table, "time", COLUMN_FLOAT64, 0, "Time from time zero", "days") != NULL) &&
        (outcome->entry.text == NULL ||
         table_add_column(table, "entry", COLUMN_FLOAT64, 0, "Start of observation", "days") != NULL) &&
        table_add_category(table, "loss", losses, N_LOSSES, "Why the person does not count") != NULL &&
        table_resize(table, input->n) == 0)
        return table;
    table_free(table);
    return NULL;
}

/* Faults of time and entry that no rule can mend. */
static enum loss time_fault(double time, double entry)
{
    if (isnan(time))
        return LOSS_TIME_MISSING;
    if (time < 0)
        return LOSS_TIME_NEGATIVE;
    if (isnan(entry))
        return LOSS_ENTRY_MISSING;
    return entry > 0 && entry >= time ? LOSS_ENTRY_LATE : LOSS_NONE;
}

static double source_value(const struct outcome_input *input, const struct study_text *column, size_t i)
{
    return column_real(table_column(input->records, column->text), (size_t)column_integer(input->record, i));
}

void outcome_set(const struct outcome_input *input, struct table *table, size_t i, enum loss loss, int cause)
{
    const struct study_outcome *outcome = input->outcome;
    const struct study_number *follow_up = &input->study->cohort.follow_up_days;
    const bool timed = outcome->time.text != NULL;
    double time = timed ? source_value(input, &outcome->time, i) : 0;
    const double entry = outcome->entry.text != NULL ? source_value(input, &outcome->entry, i) : 0;

    /* Completed and retained: nothing can end the stay any more, so it lasts as long as anybody looks. */
    if (timed && outcome->rule == OUTCOME_RETENTION && outcome->completed == COMPLETED_RETAINED && cause == 0 &&
        time >= 0)
        time = fmax(time, follow_up->value);
    if (timed && loss == LOSS_NONE)
        loss = time_fault(time, entry);
    if (timed && loss == LOSS_NONE && follow_up->given && time > follow_up->value) {
        time = follow_up->value;
        cause = 0;
        if (entry >= time && entry > 0)
            loss = LOSS_ENTRY_LATE;
    }
    column_set_code(table_column(table, "loss"), i, (int32_t)loss);
    if (loss != LOSS_NONE)
        return; /* cause, time and entry stay missing */
    column_set_integer(table_column(table, "cause"), i, cause);
    if (timed)
        column_set_real(table_column(table, "time"), i, time);
    if (outcome->entry.text != NULL)
        column_set_real(table_column(table, "entry"), i, entry);
}

struct table *outcome_compute(const struct outcome_input *input)
{
    struct table *table = outcome_alloc(input);
    int status = -1;

    if (table == NULL)
        return NULL;
    switch (input->outcome->rule) {
    case OUTCOME_GIVEN: status = given_compute(input, table); break;
    case OUTCOME_RETENTION: status = retention_compute(input, table); break;
    case OUTCOME_REASON: status = completion_compute(input, table); break;
    }
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

int outcome_columns(const struct study *study, const struct study_outcome *outcome, const struct table *schema,
                    char ***names)
{
    int status = names_add(names, outcome->time.text);

    if (status == 0)
        status = names_add(names, outcome->entry.text);
    if (status == 0)
        status = names_add(names, outcome->reason.text);
    if (status == 0 && outcome->event.text != NULL)
        status = condition_columns(study, &outcome->event, schema, names);
    if (status == 0 && outcome->completed_if.text != NULL)
        status = condition_columns(study, &outcome->completed_if, schema, names);
    for (size_t i = 0; status == 0 && i < outcome->competing_if.n; i++)
        status = condition_columns(study, &outcome->competing_if.items[i].when, schema, names);
    return status;
}
