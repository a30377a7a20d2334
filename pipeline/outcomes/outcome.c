/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/outcome.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/threads.h"
#include "cohort/conditions.h"
#include "outcomes/process.h"

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
    [LOSS_NO_WORD] = "no weekly word",
    [LOSS_WORD_SHORT] = "weekly word shorter than the definition needs",
    [LOSS_UNOBSERVED] = "not observed as long as the rule looks",
    [LOSS_NOT_ENDED] = "not seen to end",
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
    case OUTCOME_REASON:
    case OUTCOME_PROCESS:
    case OUTCOME_FIRST_OF: return 1 + outcome->competing_reasons.n;
    case OUTCOME_LIBRARY:
    case OUTCOME_ANY:
    case OUTCOME_WEEKS: return 1;
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
    case OUTCOME_REASON:
    case OUTCOME_PROCESS:
    case OUTCOME_FIRST_OF: return outcome->competing_reasons.items[cause - 2].text;
    case OUTCOME_LIBRARY:
    case OUTCOME_ANY:
    case OUTCOME_WEEKS: break;
    }
    return "";
}

static struct table *outcome_alloc(const struct outcome_input *input)
{
    const struct study_outcome *outcome = input->outcome;
    char *name = format_text("outcome/%s", outcome->name.text);
    struct table *table = name == NULL ? NULL : table_alloc(name, outcome->label.text);

    free(name);
    if (table == NULL)
        return NULL;
    if (table_add_column(table, "cause", COLUMN_INT8, 0, "Kind of end", "") != NULL &&
        (!outcome_has_time(outcome) ||
         table_add_column(table, "time", COLUMN_FLOAT64, 0, "Time from time zero", "days") != NULL) &&
        ((outcome->time_high.text == NULL && !outcome->between_looks) ||
         (table_add_column(table, "time_low", COLUMN_FLOAT64, 0, "Least time from time zero", "days") != NULL &&
          table_add_column(table, "time_high", COLUMN_FLOAT64, 0, "Largest time from time zero", "days") != NULL)) &&
        (outcome->entry.text == NULL ||
         table_add_column(table, "entry", COLUMN_FLOAT64, 0, "Start of observation", "days") != NULL) &&
        (!outcome_has_value(outcome) || table_add_column(table, "value", COLUMN_FLOAT64, 0, "Value", "") != NULL) &&
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

/* Completed and retained: nothing can end the stay any more, so it lasts as long as anybody looks. */
static bool stays_to_the_end(const struct study_outcome *outcome, double time, int cause)
{
    return outcome->rule == OUTCOME_RETENTION && outcome->completed == COMPLETED_RETAINED && cause == 0 && time >= 0;
}

void outcome_set_time(const struct outcome_writer *w, size_t i, enum loss loss, int cause, double time)
{
    const struct study_number *follow_up = &w->input->study->cohort.follow_up_days;
    const size_t record = (size_t)column_integer(w->input->record, i);
    const double entry = w->start != NULL ? column_real(w->start, record) : 0;

    if (loss == LOSS_NONE)
        loss = time_fault(time, entry);
    if (loss == LOSS_NONE && follow_up->given &&
        (time > follow_up->value || stays_to_the_end(w->input->outcome, time, cause))) {
        time = follow_up->value;
        cause = 0;
        loss = time_fault(time, entry);
    }
    column_set_code(w->loss, i, (int32_t)loss);
    if (loss != LOSS_NONE)
        return; /* cause, time and entry stay missing */
    column_set_integer(w->cause, i, cause);
    column_set_real(w->time, i, time);
    if (w->entry != NULL)
        column_set_real(w->entry, i, entry);
}

void outcome_set(const struct outcome_writer *writer, size_t i, enum loss loss, int cause)
{
    if (writer->time != NULL) {
        outcome_set_time(writer, i, loss, cause,
                         writer->days == NULL /* a rule of its own, which has no day to give */
                             ? (double)NAN
                             : column_real(writer->days, (size_t)column_integer(writer->input->record, i)));
        return;
    }
    column_set_code(writer->loss, i, (int32_t)loss);
    if (loss == LOSS_NONE)
        column_set_integer(writer->cause, i, cause);
}

/* ---- people, pieces side by side ----------------------------------------------------------------------- */

enum { PIECE = 65536 };

struct judging {
    const struct outcome_writer *writer;
    void (*judge)(const struct outcome_writer *writer, const void *context, size_t i);
    const void *context;
};

static int judge_piece(void *context, size_t piece)
{
    const struct judging *const judging = context;
    const size_t n = judging->writer->input->n, first = piece * PIECE, end = n - first < PIECE ? n : first + PIECE;

    for (size_t i = first; i < end; i++)
        judging->judge(judging->writer, judging->context, i);
    return 0;
}

void outcome_of_each(const struct outcome_writer *writer,
                     void (*judge)(const struct outcome_writer *writer, const void *context, size_t i), const void *context)
{
    struct judging judging = {writer, judge, context};

    threads_run((writer->input->n + PIECE - 1) / PIECE, writer->input->n_threads, judge_piece, &judging);
}

static const struct column *source_column(const struct outcome_input *input, const struct study_text *name)
{
    return name->text == NULL ? NULL : table_column(input->records, name->text);
}

struct table *outcome_compute(const struct outcome_input *input)
{
    struct table *table;
    int status = -1;

    if (outcome_is_supported(input) != 0 || (table = outcome_alloc(input)) == NULL)
        return NULL;
    const struct outcome_writer writer = {input,
                                          source_column(input, &input->outcome->time),
                                          source_column(input, &input->outcome->entry),
                                          table_column(table, "cause"),
                                          table_column(table, "time"),
                                          table_column(table, "entry"),
                                          table_column(table, "loss"),
                                          table_column(table, "value"),
                                          source_column(input, &input->outcome->time_high),
                                          table_column(table, "time_low"),
                                          table_column(table, "time_high")};
    switch (input->outcome->rule) {
    case OUTCOME_GIVEN: status = given_compute(&writer); break;
    case OUTCOME_RETENTION: status = retention_compute(&writer); break;
    case OUTCOME_REASON: status = completion_compute(&writer); break;
    case OUTCOME_LIBRARY: status = library_compute(&writer); break;
    case OUTCOME_FIRST_OF: status = first_of_compute(&writer); break;
    case OUTCOME_ANY: status = any_compute(&writer); break;
    case OUTCOME_WEEKS: status = good_weeks_compute(&writer); break;
    case OUTCOME_PROCESS: status = process_compute(&writer); break;
    }
    if (status == 0)
        status = outcome_count_looks(input, table);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

int outcome_columns(const struct study *study, const struct study_outcome *outcome, const struct table *schema,
                    char ***names)
{
    int status = outcome->rule == OUTCOME_PROCESS ? process_columns(study, outcome, names)
                                                  : names_add(names, outcome->time.text);

    if (status == 0)
        status = names_add(names, outcome->entry.text);
    if (status == 0)
        status = names_add(names, outcome->time_high.text);
    if (status == 0)
        status = names_add(names, outcome->reason.text);
    if (status == 0 && outcome->event.text != NULL)
        status = condition_columns(study, &outcome->event, schema, names);
    if (status == 0 && outcome->completed_if.text != NULL)
        status = condition_columns(study, &outcome->completed_if, schema, names);
    for (size_t i = 0; status == 0 && i < outcome->competing_if.n; i++)
        status = condition_columns(study, &outcome->competing_if.items[i].when, schema, names);
    for (size_t k = 0; status == 0 && outcome->rule == OUTCOME_FIRST_OF && k < study->cohort.follow_up_end.n; k++)
        status = names_add(names, study->cohort.follow_up_end.items[k].text);
    for (size_t k = 0; status == 0 && k < outcome->n_triggers; k++) {
        status = names_add(names, outcome->triggers[k].column.text);
        if (status == 0)
            status = names_add(names, outcome->triggers[k].day.text);
    }
    return status;
}
