/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Days that are known in intervals (TEDS: exact to day 30, then 31 to 45, ...): what may be asked of them.
 *
 * P(T > t) is known when no interval holds both a day up to t and a day after it, that is at the end of an interval and
 * wherever days are exact; P(T >= t) on the day after.  A midpoint would invent days, so everything that needs the days
 * themselves is refused.
 */
#include <string.h>

#include "study/study_file.h"

/* The part of a column with intervals: NAME_low or NAME_high; NULL when NAME has none. */
static const struct codebook_column *part_of(const struct codebook *codebook, const char *name, enum interval_part part)
{
    const struct codebook_column *low = codebook_find(codebook, name);

    if (low == NULL || low->part != INTERVAL_LOW)
        return NULL;
    return part == INTERVAL_LOW ? low : low + 1; /* right behind it */
}

int check_interval(const struct study_checker *checker, const struct file_outcome *written, struct study_outcome *outcome)
{
    const struct study_table *table = study_main_table(checker->study);
    const struct codebook_column *low, *high;

    if (written->interval.text == NULL || table == NULL || table->codebook == NULL)
        return 0;
    low = part_of(table->codebook, written->interval.text, INTERVAL_LOW);
    high = part_of(table->codebook, written->interval.text, INTERVAL_HIGH);
    if (low == NULL) {
        mistake(checker->mistakes, written->interval.place,
                "interval: column '%s' has no 'intervals' in its codebook; days that are exact are {column: %s}",
                shown(checker->mistakes, written->interval.text), shown(checker->mistakes, written->interval.text));
        return 0;
    }
    if (outcome->completed == COMPLETED_RETAINED || outcome->completed == COMPLETED_CENSOR)
        mistake(checker->mistakes, written->completed.word.place,
                "completed: '%s' is not available with days in intervals: nobody knows who was still there when it happened; "
                "'left' and 'competing' are", written->completed.word.text);
    outcome->time = outcome->time_high = written->interval;
    outcome->time.text = arena_text(checker->arena, low->name, strlen(low->name));
    outcome->time_high.text = arena_text(checker->arena, high->name, strlen(high->name));
    return outcome->time.text == NULL || outcome->time_high.text == NULL ? -1 : 0;
}

/* The interval that holds days on both sides of the end of day `last`; NULL when there is none. */
static const struct codebook_interval *crossing(const struct codebook_column *column, double last)
{
    for (size_t i = 0; i < column->n_intervals; i++)
        if ((double)column->intervals[i].low <= last && last < (double)column->intervals[i].high)
            return &column->intervals[i];
    return NULL;
}

static void check_reading(const struct study_checker *checker, const struct codebook_column *column, const char *key,
                          struct study_place place, double day)
{
    const struct codebook_interval *interval = crossing(column, strcmp(key, "at_least") == 0 ? day - 1 : day);

    if (interval == NULL)
        return;
    if (interval->high == INT64_MAX)
        mistake(checker->mistakes, place, "%s: day %.0f lies in the open interval from %lld of '%s'; it is read up to day %lld",
                key, day, (long long)interval->low, column->name, (long long)interval->low - 1);
    else
        mistake(checker->mistakes, place,
                "%s: day %.0f lies within the interval %lld to %lld of '%s', where nobody knows who had left; its edges are "
                "%lld and %lld",
                key, day, (long long)interval->low, (long long)interval->high, column->name,
                (long long)interval->low - 1, (long long)interval->high);
}

/* Measures that need no day but those that are read. */
static bool reads_edges(enum measure measure)
{
    const struct measure_need *need = measure_needs(measure);

    return need != NULL && need->day;
}

static void check_outcome(const struct study_checker *checker, const struct file_analysis *written,
                          const struct study_analysis *analysis, const struct study_outcome *outcome)
{
    const struct study_number *follow_up = &checker->study->cohort.follow_up_days;
    const struct codebook_column *column =
        codebook_find(study_main_table(checker->study)->codebook, outcome->time.text);

    for (size_t i = 0; i < analysis->at.n; i++)
        check_reading(checker, column, "at", analysis->at.place, analysis->at.values[i]);
    for (size_t i = 0; i < analysis->at_least.n; i++)
        check_reading(checker, column, "at_least", analysis->at_least.place, analysis->at_least.values[i]);
    if (follow_up->given && crossing(column, follow_up->value) != NULL)
        check_reading(checker, column, "follow_up", follow_up->place, follow_up->value);
    for (size_t i = 0; i < analysis->n_measures && i < written->measures.n; i++)
        if (!reads_edges(analysis->measures[i]))
            mistake(checker->mistakes, written->measures.items[i].place,
                    "measures: '%s' needs the days themselves, and outcome '%s' knows intervals alone; it can be read on days "
                    "at their edges (risks, survival and their differences and ratios)",
                    measure_name(analysis->measures[i]), outcome->name.text);
}

void check_interval_readings(const struct study_checker *checker, const struct file_analysis *written,
                             const struct study_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_outcomes; i++) {
        const struct study_outcome *outcome = &checker->study->outcomes[analysis->outcomes[i]];
        if (outcome->rule == OUTCOME_RETENTION && outcome->days == DAYS_INTERVAL && outcome->time.text != NULL)
            check_outcome(checker, written, analysis, outcome);
    }
}
