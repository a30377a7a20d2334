/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of `weeks`: named ways to judge the weeks of a person. */
#include <string.h>

#include "study/study_file.h"

static int32_t number_or(const struct study_number *number, int32_t otherwise)
{
    return number->given ? (int32_t)number->value : otherwise;
}

/* Weeks that are named by the labels of visits. */
static void check_labels(const struct study_checker *checker, const struct file_weeks *written, struct study_weeks *weeks)
{
    const struct study *study = checker->study;
    const size_t kind = find_evidence(checker, "visits", &written->visits);

    if (weeks->label.text == NULL || weeks->pattern.text == NULL) {
        mistake(checker->mistakes, written->visits.place,
                "visits: needs 'label', the column that names the week, and 'pattern', such as WK*");
        return;
    }
    if (strchr(weeks->pattern.text, '*') == NULL || strchr(weeks->pattern.text, '*') != strrchr(weeks->pattern.text, '*'))
        mistake(checker->mistakes, weeks->pattern.place, "pattern: one star, for the number of the week, was expected");
    if (kind == study->n_evidence)
        return;
    weeks->visits = (int)kind;
    check_table_column(checker, study_find_table(study, study->evidence[kind].role), "label", &weeks->label,
                       KIND_CATEGORY | KIND_TEXT);
}

static void check_days(const struct study_checker *checker, const struct file_weeks *written, struct study_weeks *weeks)
{
    if (weeks->label.text != NULL || weeks->pattern.text != NULL)
        mistake(checker->mistakes, weeks->label.text != NULL ? weeks->label.place : weeks->pattern.place,
                "weeks: 'label' and 'pattern' need 'visits', the kind of evidence that has the label");
    if (written->back.n > 0)
        mistake(checker->mistakes, written->back.items[0].place,
                "look_back: looks back from a visit; weeks of days have none: list it under 'bad'");
}

static int check_one(const struct study_checker *checker, const struct file_weeks *written, struct study_weeks *weeks)
{
    *weeks = written->weeks;
    weeks->visits = NO_EVIDENCE;
    weeks->from = number_or(&written->from, 0);
    weeks->to = number_or(&written->to, 0);
    weeks->first_day = number_or(&written->first_day, 1);
    weeks->length = number_or(&written->length, 7);
    weeks->back_from = number_or(&written->back_from, 0);
    weeks->back_to = number_or(&written->back_to, 1);
    weeks->missing = (enum week_missing)written->missing.value;
    if (weeks->from > weeks->to)
        mistake(checker->mistakes, written->from.place, "weeks: 'from' lies after 'to'");
    if (written->back.n > 0 && weeks->back_from < weeks->back_to)
        mistake(checker->mistakes, written->back_from.place,
                "look_back: 'from' is the day further back: {from: 7, to: 1} are the seven days before");
    if (written->visits.text != NULL)
        check_labels(checker, written, weeks);
    else
        check_days(checker, written, weeks);
    if (written->needs.n + written->bad.n + written->back.n == 0)
        mistake(checker->mistakes, weeks->place, "weeks: nothing makes them bad or missing: name 'needs', 'bad' or 'look_back'");
    return find_evidences(checker, "needs", &written->needs, &weeks->n_needs, &weeks->needs) != 0 ||
                   find_evidences(checker, "bad", &written->bad, &weeks->n_bad, &weeks->bad) != 0 ||
                   find_evidences(checker, "look_back", &written->back, &weeks->n_back, &weeks->back) != 0
               ? -1
               : 0;
}

int study_check_weeks(const struct study_checker *checker)
{
    const struct study_file *file = checker->file;
    struct study *study = checker->study;

    if ((study->weeks = arena_take(checker->arena, file->n_weeks, sizeof *study->weeks)) == NULL)
        return -1;
    for (; study->n_weeks < file->n_weeks; study->n_weeks++)
        if (check_one(checker, &file->weeks[study->n_weeks], &study->weeks[study->n_weeks]) != 0)
            return -1;
    return 0;
}
