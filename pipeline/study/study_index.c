/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of the parts of `cohort` that need linked stays: `index`, `time_zero`, `follow_up`. */
#include <stdlib.h>
#include <string.h>

#include "base/days.h"
#include "study/derived.h"
#include "study/study_file.h"

/* A day as the source counts: a date where admissions are dates, else a whole number.  MISSING_INTEGER: none given. */
static int64_t day_of(const struct study_checker *checker, const char *key, const struct study_text *text)
{
    const struct study_table *stays = study_main_table(checker->study);
    const struct codebook_column *admission =
        stays->codebook == NULL || stays->admission.text == NULL ? NULL : codebook_find(stays->codebook, stays->admission.text);
    const bool dates = admission == NULL || admission->type == VALUE_DATE;
    int32_t day;
    char *end;

    if (text->text == NULL)
        return MISSING_INTEGER;
    if (day_from_iso(text->text, strlen(text->text), &day) == 0 && (dates || admission == NULL))
        return day;
    const long long number = strtoll(text->text, &end, 10);
    if ((!dates || admission == NULL) && *end == '\0' && end != text->text && number > -1000000000 && number < 1000000000)
        return number;
    mistake(checker->mistakes, text->place, "%s: %s was expected%s; value '%s'", key,
            dates ? "a date as YYYY-MM-DD" : "a whole number of days", dates ? "" : " (admissions are numbers)",
            shown(checker->mistakes, text->text));
    return MISSING_INTEGER;
}

static bool some_level(const bool marked[N_LEVELS])
{
    for (int i = 0; i < N_LEVELS; i++)
        if (marked[i])
            return true;
    return false;
}

void study_check_index(const struct study_checker *checker)
{
    const struct file_index *written = &checker->file->index;
    struct study_index *index = &checker->study->cohort.index;

    index->given = written->place.line != 0;
    index->place = written->place;
    mark_levels(index->first_stay_in, &written->first_stay_in);
    mark_levels(index->washout_ignores, &written->washout_ignores);
    index->washout_days = whole_or(&written->washout_days, 0);
    index->look_back_days = whole_or(&written->look_back_days, 0);
    index->from = day_of(checker, "from", &written->from);
    index->to = day_of(checker, "to", &written->to);
    index->every = written->every.value == 1;
    if (index->from != MISSING_INTEGER && index->to != MISSING_INTEGER && index->from > index->to)
        mistake(checker->mistakes, written->to.place, "to: lies before 'from', so that no stay can be an index stay");
    for (int level = 0; level < N_LEVELS; level++)
        if (index->first_stay_in[level] && !derived_has_level(checker->study, (enum level)level))
            mistake(checker->mistakes, written->place,
                    "first_stay_in: no code of 'levels' leads to '%s', so that nobody can enter by it", level_names[level]);
    if (some_level(index->washout_ignores) && index->washout_days == 0)
        mistake(checker->mistakes, written->place, "washout_ignores: means nothing without 'washout_days'");
}

void study_check_time_zero(const struct study_checker *checker)
{
    const struct file_time_zero *written = &checker->file->time_zero;
    struct study *study = checker->study;
    const int n = (written->moment.word.text != NULL) + (written->column.text != NULL) + written->landmark.given;

    study->cohort.time_zero_place = written->place;
    study->cohort.time_zero = (enum time_zero)written->moment.value;
    if (written->column.text != NULL) {
        study->cohort.time_zero = TIME_ZERO_COLUMN;
        study->cohort.time_zero_column = written->column;
        if (study_is_linked(study))
            check_same_kind(checker, study_main_table(study), "time_zero", &written->column);
    }
    if (written->landmark.given) {
        study->cohort.time_zero = TIME_ZERO_LANDMARK;
        study->cohort.landmark_days = (int64_t)written->landmark.value;
    }
    if (n > 1)
        mistake(checker->mistakes, written->place,
                "time_zero: one of admission, discharge, {column: NAME} and {landmark: N} was expected");
}

void study_check_follow_up(const struct study_checker *checker)
{
    struct study *study = checker->study;

    study->cohort.follow_up_until = day_of(checker, "until", &study->cohort.follow_up_until_text);
    for (size_t i = 0; i < study->cohort.follow_up_end.n; i++) {
        check_column(checker, "end", &study->cohort.follow_up_end.items[i], KIND_DAY);
        check_same_kind(checker, study_main_table(study), "end", &study->cohort.follow_up_end.items[i]);
    }
    if (study->cohort.follow_up_until_text.text == NULL)
        mistake(checker->mistakes, checker->file->cohort,
                "follow_up: 'until', the last day of the study, was expected: a stay without a discharge is still open then");
}
