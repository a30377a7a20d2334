/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of process measures: which keys mean something for which, and what holds where one is left out. */
#include <string.h>

#include "study/study_file.h"

/* What the field's rules say. */
enum { INITIATION_DAYS = 13, ENGAGEMENT_DAYS = 34, MORE_SERVICES = 2, MONTHS = 3 };

static const char *const names[] = {
    [PROCESS_INITIATION] = "initiation",       [PROCESS_ENGAGEMENT] = "engagement",
    [PROCESS_CONTINUITY] = "continuity",       [PROCESS_READMISSION] = "readmission",
    [PROCESS_ACTIVE_MONTHS] = "active_months", [PROCESS_LEAVING] = "leaving",
};

const char *process_name(enum process_kind kind)
{
    return names[kind];
}

bool process_counts_days(enum process_kind kind)
{
    return kind == PROCESS_CONTINUITY || kind == PROCESS_READMISSION || kind == PROCESS_LEAVING;
}

/* Notes a mistake where a key stands that the measure does not look at. */
static void refuse(const struct study_checker *checker, enum process_kind kind, const char *key, bool given,
                   struct study_place place, unsigned for_kinds)
{
    if (given && (for_kinds & 1u << kind) == 0)
        mistake(checker->mistakes, place, "%s: means nothing for 'process: %s'", key, names[kind]);
}

static void refuse_choices(const struct study_checker *checker, enum process_kind kind, const char *key,
                           const struct file_choices *choices, unsigned for_kinds)
{
    refuse(checker, kind, key, choices->n > 0, choices->n > 0 ? choices->items[0].word.place : (struct study_place){0, 0},
           for_kinds);
}

static void check_keys(const struct study_checker *checker, const struct file_outcome *written, enum process_kind kind)
{
    const unsigned initiation = 1u << PROCESS_INITIATION, engagement = 1u << PROCESS_ENGAGEMENT,
                   continuity = 1u << PROCESS_CONTINUITY, readmission = 1u << PROCESS_READMISSION,
                   months = 1u << PROCESS_ACTIVE_MONTHS, leaving = 1u << PROCESS_LEAVING;
    const struct file_process *p = &written->process;
    const struct study_outcome *outcome = &written->outcome;

    refuse_choices(checker, kind, "services", &p->services, initiation | engagement | continuity | readmission | months);
    refuse_choices(checker, kind, "after", &p->after, continuity);
    refuse(checker, kind, "initiation_days", p->initiation.given, p->initiation.place, initiation | engagement);
    refuse(checker, kind, "engagement_days", p->engagement.given, p->engagement.place, engagement);
    refuse(checker, kind, "more_services", p->more.given, p->more.place, engagement);
    refuse(checker, kind, "months", p->months.given, p->months.place, months);
    refuse(checker, kind, "until_end_of", p->part.word.text != NULL, p->part.word.place, leaving);
    refuse(checker, kind, "completed", written->completed.word.text != NULL, written->completed.word.place, leaving);
    refuse(checker, kind, "planned_lengths", written->planned_lengths.word.text != NULL, written->planned_lengths.word.place, leaving);
    refuse(checker, kind, "completed_if", outcome->completed_if.text != NULL, outcome->completed_if.place, months | leaving);
    refuse(checker, kind, "died_on", outcome->process.died_on.text != NULL, outcome->process.died_on.place,
           continuity | readmission);
}

/* The levels that are listed; where none is, those of `usual`. */
static void mark(bool marked[N_LEVELS], const struct file_choices *choices, const bool usual[N_LEVELS])
{
    memcpy(marked, usual, N_LEVELS * sizeof *marked);
    if (choices->n == 0)
        return;
    memset(marked, 0, N_LEVELS * sizeof *marked);
    for (size_t i = 0; i < choices->n; i++)
        marked[choices->items[i].value] = true;
}

static int32_t number_or(const struct study_number *number, int32_t usual)
{
    return number->given ? (int32_t)number->value : usual;
}

static void check_leaving(const struct study_checker *checker, const struct file_outcome *written,
                          struct study_outcome *outcome)
{
    outcome->completed = (enum completed_rule)written->completed.value;
    outcome->planned_equal = written->planned_lengths.value == 1;
    if (outcome->completed == COMPLETED_UNDECLARED)
        mistake(checker->mistakes, outcome->name.place,
                "process: leaving needs 'completed': what completing counts as (retained, left, competing or censor)");
    else if (outcome->completed != COMPLETED_LEFT && outcome->completed_if.text == NULL)
        mistake(checker->mistakes, written->completed.word.place,
                "completed: %s needs 'completed_if', the condition under which treatment was completed",
                written->completed.word.text);
}

/* The names of the causes 2, 3, ... */
static int name_competing(const struct study_checker *checker, struct study_outcome *outcome)
{
    const char *cause = outcome->process.died_on.text != NULL ? "death"
                        : outcome->completed == COMPLETED_COMPETING ? "completed"
                                                                    : NULL;

    if (cause == NULL)
        return 0;
    if ((outcome->competing_reasons.items = arena_take(checker->arena, 1, sizeof *outcome->competing_reasons.items)) == NULL)
        return -1;
    outcome->competing_reasons.n = 1;
    outcome->competing_reasons.items[0] =
        (struct study_text){.text = arena_format(checker->arena, "%s", cause), .place = outcome->name.place};
    return outcome->competing_reasons.items[0].text == NULL ? -1 : 0;
}

int check_process(const struct study_checker *checker, const struct file_outcome *written, struct study_outcome *outcome)
{
    static const bool all_but_detox[N_LEVELS] = {[LEVEL_INPATIENT] = true, [LEVEL_RESIDENTIAL] = true, [LEVEL_PHP] = true,
                                                 [LEVEL_IOP] = true, [LEVEL_OUTPATIENT] = true, [LEVEL_AFTERCARE] = true};
    static const bool all[N_LEVELS] = {[LEVEL_DETOX] = true, [LEVEL_INPATIENT] = true, [LEVEL_RESIDENTIAL] = true,
                                       [LEVEL_PHP] = true, [LEVEL_IOP] = true, [LEVEL_OUTPATIENT] = true,
                                       [LEVEL_AFTERCARE] = true};
    static const bool around_the_clock[N_LEVELS] = {
        [LEVEL_DETOX] = true, [LEVEL_INPATIENT] = true, [LEVEL_RESIDENTIAL] = true};
    const struct file_process *p = &written->process;
    struct study_process *process = &outcome->process;

    process->kind = (enum process_kind)p->kind.value;
    if (written->doubtful)
        return 0;
    if (!study_is_linked(checker->study))
        mistake(checker->mistakes, outcome->name.place,
                "process: needs linked stays, 'tables: episodes:' with a 'person'");
    check_keys(checker, written, process->kind);
    mark(process->services, &p->services, process->kind == PROCESS_READMISSION ? all : all_but_detox);
    mark(process->after, &p->after, around_the_clock);
    process->initiation_days = number_or(&p->initiation, INITIATION_DAYS);
    process->engagement_days = number_or(&p->engagement, ENGAGEMENT_DAYS);
    process->more_services = number_or(&p->more, MORE_SERVICES);
    process->months = number_or(&p->months, MONTHS);
    process->part = p->part.word.text == NULL ? LEAVING_STAY : (enum leaving_part)p->part.value;
    if (process->part == LEAVING_PROGRAMME && study_is_linked(checker->study) &&
        study_main_table(checker->study)->programme.text == NULL)
        mistake(checker->mistakes, p->part.word.place,
                "until_end_of: programme needs 'programme: COLUMN' in 'tables: episodes:'");
    if (process->kind == PROCESS_LEAVING)
        check_leaving(checker, written, outcome);
    if (process->died_on.text != NULL)
        check_column(checker, "died_on", &process->died_on, KIND_DAY);
    return name_competing(checker, outcome);
}
