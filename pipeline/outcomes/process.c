/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From linked stays to a process measure of each person of the cohort. */
#include "outcomes/process.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "base/threads.h"
#include "cohort/conditions.h"
#include "cohort/derived_values.h"
#include "study/expression.h"

enum { PIECE = 8192 /* people that a thread looks at */ };

typedef struct process_result find_function(const struct care *care, const struct process_rule *rule);

static find_function *const find_functions[] = {
    [PROCESS_INITIATION] = initiation_find,       [PROCESS_ENGAGEMENT] = engagement_find,
    [PROCESS_CONTINUITY] = continuity_find,       [PROCESS_READMISSION] = readmission_find,
    [PROCESS_ACTIVE_MONTHS] = active_months_find, [PROCESS_LEAVING] = leaving_find,
};

struct reading {
    const struct outcome_input *input;
    struct process_rule rule;
    struct derivation derivation;                      /* for the last day of observation */
    const struct column *stay, *time_zero;             /* of table cohort */
    const struct column *sessions, *died_on, *programme; /* of the source; may be NULL */
    const uint8_t *completed;                          /* by record; NULL: nobody */
    size_t most_stays;                                 /* of the busiest person */
    const struct outcome_writer *writer;
};

static const struct study_text *sessions_column(const struct study *study)
{
    return &study_main_table(study)->weekly_sessions;
}

/* The column of programmes, where leaving one is asked for; else NULL. */
static const char *programme_column(const struct study *study, const struct study_outcome *outcome)
{
    return outcome->process.part == LEAVING_PROGRAMME ? study_main_table(study)->programme.text : NULL;
}

int process_columns(const struct study *study, const struct study_outcome *outcome, char ***names)
{
    int status = names_add(names, outcome->process.died_on.text);

    if (status == 0)
        status = names_add(names, sessions_column(study)->text);
    if (status == 0)
        status = names_add(names, programme_column(study, outcome));
    for (size_t i = 0; status == 0 && i < study->cohort.follow_up_end.n; i++)
        status = names_add(names, study->cohort.follow_up_end.items[i].text);
    return status;
}

static struct process_rule rule_of(const struct study_outcome *outcome)
{
    const struct study_process *p = &outcome->process;
    struct process_rule rule = {.initiation_days = p->initiation_days,
                                .engagement_days = p->engagement_days,
                                .engagement_services = p->more_services,
                                .months = p->months,
                                .part = p->part,
                                .completed = outcome->completed};

    for (int level = 0; level < N_LEVELS; level++) {
        rule.services.counts[level] = p->services[level];
        rule.after.counts[level] = p->after[level];
    }
    rule.services.counts[LEVEL_UNKNOWN] = true; /* treatment it was, whatever its level */
    return rule;
}

static double sessions_of(const struct reading *reading, size_t record)
{
    return reading->sessions == NULL ? (double)NAN : column_real(reading->sessions, record);
}

static bool same_value(const struct column *column, size_t a, size_t b)
{
    size_t a_length, b_length;

    if (column->type != COLUMN_TEXT)
        return column->type == COLUMN_CATEGORY ? column_code(column, a) == column_code(column, b)
                                               : column_integer(column, a) == column_integer(column, b);
    const char *const left = column_text(column, a, &a_length), *const right = column_text(column, b, &b_length);

    return a_length == b_length && (a_length == 0 || memcmp(left, right, a_length) == 0);
}

/* 1 + the place of the person's first record of the same programme; 0 where it is missing or not asked for. */
static int32_t programme_of(const struct reading *reading, size_t first, size_t i)
{
    const struct history *h = reading->input->history;

    if (reading->programme == NULL || column_is_missing(reading->programme, (size_t)h->record[i]))
        return 0;
    size_t k = first;
    while (k < i && !same_value(reading->programme, (size_t)h->record[k], (size_t)h->record[i]))
        k++;
    return (int32_t)(1 + k - first);
}

/* The person's stays, those that were left out and duplicates aside. */
static size_t gather(const struct reading *reading, size_t index, struct care_stay *stays, size_t *place)
{
    const struct history *h = reading->input->history;
    size_t first = index, n = 0;

    while (first > 0 && h->person[first - 1] == h->person[index])
        first--;
    for (size_t i = first; i < history_person_end(h, first); i++) {
        if (!history_is_kept(h, i))
            continue;
        if (i == index)
            *place = n;
        stays[n++] = (struct care_stay){.start = h->start[i],
                                        .end = h->end[i],
                                        .episode = h->episode[i],
                                        .level = (uint8_t)history_level(h, i),
                                        .programme = programme_of(reading, first, i),
                                        .open = h->open[i] == 1,
                                        .sessions = sessions_of(reading, (size_t)h->record[i])};
    }
    return n;
}

static void compute_one(const struct reading *reading, struct care_stay *stays, size_t i)
{
    const struct outcome_input *input = reading->input;
    const struct outcome_writer *writer = reading->writer;
    const size_t record = (size_t)column_integer(input->record, i);
    const uint8_t completed = reading->completed == NULL ? TRUTH_FALSE : reading->completed[record];
    const int64_t died = reading->died_on == NULL ? MISSING_INTEGER : column_integer(reading->died_on, record);
    struct care care = {.stays = stays,
                        .zero = (int32_t)column_integer(reading->time_zero, i),
                        .last_day = derived_last_day(&reading->derivation, i),
                        .death = died == MISSING_INTEGER ? NO_DAY : (int32_t)died,
                        .completed = completed == TRUTH_TRUE};

    if (completed == TRUTH_UNKNOWN && !reading->input->history->open[column_integer(reading->stay, i)]) {
        outcome_set(writer, i, LOSS_COMPLETED_UNDECIDED, 0);
        return;
    }
    care.n = gather(reading, (size_t)column_integer(reading->stay, i), stays, &care.index);
    const struct process_result result = find_functions[input->outcome->process.kind](&care, &reading->rule);
    if (writer->time != NULL)
        outcome_set_time(writer, i, result.loss, result.cause, result.days);
    else
        outcome_set(writer, i, result.loss, result.cause);
}

static int compute_piece(void *context, size_t piece)
{
    const struct reading *const reading = context;
    struct care_stay *const stays = allocate(reading->most_stays, sizeof *stays);
    const size_t n = reading->input->n;

    if (stays == NULL)
        return -1;
    for (size_t i = piece * PIECE; i < n && i < (piece + 1) * PIECE; i++)
        compute_one(reading, stays, i);
    free(stays);
    return 0;
}

int process_compute(const struct outcome_writer *writer)
{
    const struct outcome_input *input = writer->input;
    const struct study *study = input->study;
    const struct study_text *sessions = sessions_column(study), *died_on = &input->outcome->process.died_on;
    const char *const programme = programme_column(study, input->outcome);
    struct reading reading = {
        .input = input,
        .rule = rule_of(input->outcome),
        .stay = table_column(input->cohort, "stay"),
        .time_zero = table_column(input->cohort, "time_zero"),
        .sessions = sessions->text == NULL ? NULL : table_column(input->records, sessions->text),
        .died_on = died_on->text == NULL ? NULL : table_column(input->records, died_on->text),
        .programme = programme == NULL ? NULL : table_column(input->records, programme),
        .most_stays = history_most_stays(input->history),
        .writer = writer,
    };
    struct index_stay *index = allocate(input->n, sizeof *index);
    uint8_t *completed = NULL;
    int status = index == NULL ? -1 : 0;

    if (status == 0 && input->outcome->completed_if.text != NULL &&
        (completed = condition_compute(study, &input->outcome->completed_if, input->records, input->n_threads)) == NULL)
        status = -1;
    reading.completed = completed;
    for (size_t i = 0; status == 0 && i < input->n; i++)
        index[i].stay = (uint32_t)column_integer(reading.stay, i);
    reading.derivation = (struct derivation){
        .study = study, .history = input->history, .records = input->records, .index = index, .n = input->n};
    if (status == 0)
        status = threads_run((input->n + PIECE - 1) / PIECE, input->n_threads, compute_piece, &reading);
    free(completed);
    free(index);
    return status;
}
