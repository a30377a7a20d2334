/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of `outcomes`: what each rule needs, and every reason in exactly one list. */
#include <stdio.h>
#include <string.h>

#include "study/study_file.h"

/* ---- given ------------------------------------------------------------------------------------------- */

static void check_given(const struct study_checker *checker, struct study_outcome *outcome)
{
    size_t before;

    if (outcome->entry.text != NULL && strcmp(outcome->entry.text, "0") == 0)
        outcome->entry.text = NULL; /* what is so anyhow */
    check_column(checker, "time", &outcome->time, KIND_NUMBER);
    before = mistakes_count(checker->mistakes);
    check_column(checker, "entry", &outcome->entry, KIND_NUMBER);
    if (outcome->entry.text != NULL && !outcome_has_time(outcome))
        mistake(checker->mistakes, outcome->entry.place,
                "entry: an outcome without 'time' is yes or no and has no entry");
    if (mistakes_count(checker->mistakes) != before)
        outcome->entry.text = NULL; /* so that a wrong column is not taken for one that an outcome uses */
    if (outcome_has_time(outcome))
        return;
    for (size_t i = 0; i < outcome->competing_if.n; i++)
        mistake(checker->mistakes, outcome->competing_if.items[i].name.place,
                "competing: an outcome without 'time' is yes or no; events compete only in time");
}

/* ---- retention --------------------------------------------------------------------------------------- */

static void check_retention(const struct study_checker *checker, const struct file_outcome *written,
                            struct study_outcome *outcome)
{
    const struct study_choice *completed = &written->completed;

    outcome->completed = (enum completed_rule)completed->value;
    outcome->planned_equal = written->planned_lengths.value == 1;
    check_days_until(checker, written, outcome);
    check_column(checker, "days_until", &outcome->time, KIND_NUMBER);
    if (outcome->completed != COMPLETED_UNDECLARED && outcome->completed != COMPLETED_LEFT &&
        outcome->completed_if.text == NULL && !outcome->completed_at.given)
        mistake(checker->mistakes, completed->word.place,
                "completed: %s needs 'completed_if', the condition under which treatment was completed, or 'completed_at', "
                "the days that complete it",
                completed->word.text);
    if (outcome->completed_if.text != NULL && outcome->completed_at.given)
        mistake(checker->mistakes, outcome->completed_at.place, "completed_at: either this or 'completed_if', not both");
    if (outcome->completed == COMPLETED_RETAINED && !checker->study->cohort.follow_up_days.given)
        mistake(checker->mistakes, completed->word.place,
                "completed: retained counts who completed as in treatment to the end of follow-up; add "
                "'follow_up: {days: N}' to cohort");
}

/* ---- reason ------------------------------------------------------------------------------------------ */

/* The lists of reasons, and which of them make sense with days and without. */
static const struct reason_list {
    const char *key;
    size_t offset;
    bool with_days, without_days;
} REASON_LISTS[] = {
    {"event",     INTO(study_outcome, event_reasons),     true,  true},
    {"no_event",  INTO(study_outcome, no_event_reasons),  false, true},
    {"competing", INTO(study_outcome, competing_reasons), true,  false},
    {"censor",    INTO(study_outcome, censor_reasons),    true,  false},
    {"exclude",   INTO(study_outcome, exclude_reasons),   false, true},
};
enum { N_REASON_LISTS = sizeof REASON_LISTS / sizeof REASON_LISTS[0] };

static const struct study_texts *reasons_of(const struct study_outcome *outcome, size_t list)
{
    return (const struct study_texts *)((const char *)outcome + REASON_LISTS[list].offset);
}

static void check_lists(const struct study_checker *checker, const struct study_outcome *outcome)
{
    bool days = outcome_has_time(outcome);

    for (size_t k = 0; k < N_REASON_LISTS; k++) {
        const struct study_texts *reasons = reasons_of(outcome, k);
        if (reasons->n == 0 || (days ? REASON_LISTS[k].with_days : REASON_LISTS[k].without_days))
            continue;
        if (days)
            mistake(checker->mistakes, reasons->items[0].place,
                    "%s: with 'days_until' a reason is an event, competing or censoring", REASON_LISTS[k].key);
        else
            mistake(checker->mistakes, reasons->items[0].place,
                    "%s: without 'days_until' a reason is an event, no_event or excluded", REASON_LISTS[k].key);
    }
}

static bool is_label(const struct column *column, const char *text)
{
    for (size_t i = 0; i < column->n_labels; i++)
        if (strcmp(column->labels[i], text) == 0)
            return true;
    return false;
}

/* Is this the first place of the reason in all lists?  If not, the first is told with it. */
static void check_listed_once(const struct study_checker *checker, const struct study_outcome *outcome, size_t list,
                              size_t item)
{
    const struct study_text *reason = &reasons_of(outcome, list)->items[item];

    for (size_t k = 0; k <= list; k++)
        for (size_t i = 0; i < (k == list ? item : reasons_of(outcome, k)->n); i++) {
            const struct study_text *first = &reasons_of(outcome, k)->items[i];
            if (strcmp(first->text, reason->text) != 0)
                continue;
            mistake(checker->mistakes, reason->place, "%s: reason '%s' stands in '%s' already, at %zu:%zu",
                    REASON_LISTS[list].key, shown(checker->mistakes, reason->text), REASON_LISTS[k].key,
                    first->place.line, first->place.column);
            return;
        }
}

static void check_reasons(const struct study_checker *checker, const struct study_outcome *outcome,
                          const struct column *column)
{
    for (size_t k = 0; k < N_REASON_LISTS; k++)
        for (size_t i = 0; i < reasons_of(outcome, k)->n; i++) {
            const struct study_text *reason = &reasons_of(outcome, k)->items[i];
            if (!is_label(column, reason->text))
                mistake(checker->mistakes, reason->place, "%s: column '%s' has no label '%s'%s", REASON_LISTS[k].key,
                        column->name, shown(checker->mistakes, reason->text),
                        did_you_mean(checker->mistakes, reason->text, (const char *const *)column->labels,
                                     column->n_labels));
            else
                check_listed_once(checker, outcome, k, i);
        }
}

/* Names every label that stands in no list: a reason nobody thought of would otherwise vanish in silence. */
static void check_all_listed(const struct study_checker *checker, const struct study_outcome *outcome,
                             const struct column *column)
{
    enum { SHOWN = 8 };
    const char *list = NULL;
    size_t n = 0;

    for (size_t i = 0; i < column->n_labels; i++) {
        bool listed = false;
        for (size_t k = 0; k < N_REASON_LISTS; k++)
            listed |= is_one_of(reasons_of(outcome, k), column->labels[i]);
        if (listed)
            continue;
        if (n++ < SHOWN)
            list = arena_format(checker->arena, "%s%s'%s'", list == NULL ? "" : list, list == NULL ? "" : ", ",
                                shown(checker->mistakes, column->labels[i]));
    }
    if (n > 0)
        mistake(checker->mistakes, outcome->reason.place, "reason: every reason stands in one list; missing: %s%s",
                list == NULL ? "" : list, n > SHOWN ? ", ..." : "");
}

bool speaks_of_death(const char *reason)
{
    return strcasestr(reason, "died") != NULL || strcasestr(reason, "death") != NULL ||
           strcasestr(reason, "dead") != NULL || strcasestr(reason, "deceased") != NULL;
}

/* Who died will not be seen again, which censoring claims they might. */
static void check_death(const struct study_checker *checker, const struct study_outcome *outcome)
{
    const struct study_texts *censor = &outcome->censor_reasons;

    for (size_t i = 0; i < censor->n && outcome->because.text == NULL; i++)
        if (speaks_of_death(censor->items[i].text))
            mistake(checker->mistakes, censor->items[i].place,
                    "censor: '%s' is no plain censoring; list it under 'competing' or 'event', or say why with "
                    "'because'", shown(checker->mistakes, censor->items[i].text));
}

static void check_reason(const struct study_checker *checker, const struct study_outcome *outcome)
{
    const struct column *column = NULL;
    size_t before;

    check_lists(checker, outcome);
    check_column(checker, "days_until", &outcome->time, KIND_NUMBER);
    check_death(checker, outcome);
    before = mistakes_count(checker->mistakes);
    check_column(checker, "reason", &outcome->reason, KIND_CATEGORY);
    if (mistakes_count(checker->mistakes) != before || checker->columns == NULL || outcome->reason.text == NULL ||
        (column = table_column(checker->columns, outcome->reason.text)) == NULL)
        return;
    if (column->n_labels == 0) {
        mistake(checker->mistakes, outcome->reason.place,
                "reason: column '%s' has no 'codes' in its codebook, so that nobody knows whether every reason is "
                "listed",
                column->name);
        return;
    }
    check_reasons(checker, outcome, column);
    check_all_listed(checker, outcome, column);
}

static int check_rule(const struct study_checker *checker, const struct file_outcome *written,
                      struct study_outcome *outcome)
{
    switch (outcome->rule) {
    case OUTCOME_GIVEN:
        check_given(checker, outcome);
        return 0;
    case OUTCOME_RETENTION:
        check_retention(checker, written, outcome);
        return outcome->days == DAYS_INTERVAL ? check_interval(checker, written, outcome) : 0;
    case OUTCOME_REASON:
        if (expand_completion(checker, written, outcome) != 0)
            return -1;
        check_reason(checker, outcome);
        return 0;
    case OUTCOME_LIBRARY:
        return check_library_outcome(checker, written, outcome);
    case OUTCOME_FIRST_OF:
        return check_first_of(checker, written, outcome);
    case OUTCOME_ANY:
        check_any(checker, written, outcome);
        return 0;
    case OUTCOME_WEEKS:
        return check_good_weeks(checker, written, outcome);
    case OUTCOME_PROCESS:
        return check_process(checker, written, outcome);
    }
    return 0;
}

int study_check_outcomes(const struct study_checker *checker)
{
    struct study_file *file = checker->file;
    struct study *study = checker->study;

    if ((study->outcomes = arena_take(checker->arena, file->n_outcomes, sizeof *study->outcomes)) == NULL)
        return -1;
    study->n_outcomes = file->n_outcomes;
    for (size_t i = 0; i < file->n_outcomes; i++) {
        const struct file_outcome *written = &file->outcomes[i];
        struct study_outcome *outcome = &study->outcomes[i];
        *outcome = written->outcome;
        outcome->rule = (enum outcome_rule)written->form;
        outcome->event_is_bad = written->event_is.value == 1;
        if (outcome->label.text == NULL)
            outcome->label = outcome->name;
        if (check_rule(checker, written, outcome) != 0)
            return -1;
    }
    return 0;
}
