/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Check of `dashboard`: each measure is the share of people with, or without, an event by a day. */
#include <string.h>

#include "study/study_file.h"

enum { NO_EVENT = 2 };

/* Is time zero a date, so that it lies in a month? */
static bool time_zero_is_dated(const struct study_checker *checker)
{
    const struct study *study = checker->study;
    const char *name = study->cohort.time_zero == TIME_ZERO_COLUMN ? study->cohort.time_zero_column.text
                       : study_is_linked(study)                    ? study_main_table(study)->admission.text
                                                                   : NULL;
    const struct column *column = name == NULL || checker->columns == NULL ? NULL : table_column(checker->columns, name);

    return column != NULL && strcmp(column->units, "date") == 0;
}

static void check_columns(const struct study_checker *checker, const struct file_dashboard *written,
                          struct study_dashboard *dashboard)
{
    const struct study_table *const table = study_main_table(checker->study);

    dashboard->by = written->by;
    if (dashboard->by.text == NULL && table != NULL)
        dashboard->by = table->programme;
    if (dashboard->by.text == NULL)
        mistake(checker->mistakes, written->place,
                "dashboard: which column is the programme? Say 'by: COLUMN', or 'programme: COLUMN' in 'tables'");
    else
        check_column(checker, "by", &written->by, KIND_CATEGORY | KIND_TEXT | KIND_INTEGER);
    check_column(checker, "date", &written->date, KIND_DATE);
    dashboard->date = written->date;
    if (written->date.text == NULL && checker->columns != NULL && !time_zero_is_dated(checker))
        mistake(checker->mistakes, written->place,
                "dashboard: time zero is no date; say which column of dates the periods are of: 'date: COLUMN'");
}

/* All covariates but the programme itself: adjusted for it, no programme could stand out. */
static int usual_covariates(const struct study_checker *checker, struct study_dashboard *dashboard)
{
    const struct study_texts *covariates = &checker->study->cohort.covariates;
    struct study_text *items = arena_take(checker->arena, covariates->n + 1, sizeof *items);
    size_t n = 0;

    for (size_t i = 0; items != NULL && i < covariates->n; i++)
        if (dashboard->by.text == NULL || strcmp(covariates->items[i].text, dashboard->by.text) != 0)
            items[n++] = covariates->items[i];
    dashboard->adjust = (struct study_texts){n, items};
    return items == NULL ? -1 : 0;
}

static int check_covariates(const struct study_checker *checker, const struct file_dashboard *written,
                            struct study_dashboard *dashboard)
{
    const struct study_texts *covariates = &checker->study->cohort.covariates;

    if (written->adjust.n == 0)
        return usual_covariates(checker, dashboard);
    dashboard->adjust = written->adjust;
    for (size_t i = 0; i < written->adjust.n; i++) {
        const struct study_text *name = &written->adjust.items[i];
        if (!is_one_of(covariates, name->text))
            mistake(checker->mistakes, name->place, "adjust: '%s' is not among 'cohort: covariates:'",
                    shown(checker->mistakes, name->text));
        else if (dashboard->by.text != NULL && strcmp(name->text, dashboard->by.text) == 0)
            mistake(checker->mistakes, name->place, "adjust: '%s' is the programme itself: adjusted for it, none could stand out",
                    shown(checker->mistakes, name->text));
    }
    check_doubled(checker, "adjust", &written->adjust);
    return 0;
}

static void check_day_of(const struct study_checker *checker, const struct file_dashboard_measure *written,
                         const struct study_outcome *outcome)
{
    if (outcome_has_value(outcome))
        mistake(checker->mistakes, written->outcome.place,
                "outcome: '%s' is a number, not an event; a dashboard shows shares of people",
                shown(checker->mistakes, written->outcome.text));
    else if (outcome->rule == OUTCOME_RETENTION && outcome->days == DAYS_INTERVAL)
        mistake(checker->mistakes, written->outcome.place, "outcome: the days of '%s' are known in intervals only",
                shown(checker->mistakes, written->outcome.text));
    else if (outcome->entry.text != NULL)
        mistake(checker->mistakes, written->outcome.place,
                "outcome: people come under observation of '%s' late; their share is not seen",
                shown(checker->mistakes, written->outcome.text));
    else if (outcome_has_time(outcome) && !written->at.given)
        mistake(checker->mistakes, written->place, "missing key 'at': by which day?");
    else if (!outcome_has_time(outcome) && (written->chart.value == CHART_U || written->chart.value == CHART_LANEY_U))
        mistake(checker->mistakes, written->chart.word.place,
                "chart: '%s' has no days, so no time under observation; a chart of rates needs it",
                shown(checker->mistakes, written->outcome.text));
    else if (!outcome_has_time(outcome) && written->at.given)
        mistake(checker->mistakes, written->at.place, "at: outcome '%s' has no days: it is yes or no",
                shown(checker->mistakes, written->outcome.text));
}

static void check_measure(const struct study_checker *checker, const struct file_dashboard_measure *written,
                          struct dashboard_measure *measure)
{
    measure->place = written->place;
    measure->at = written->at;
    measure->no_event = written->share.value == NO_EVENT;
    measure->chart = (enum dashboard_chart)written->chart.value;
    if (dashboard_is_rate(measure) && written->share.word.text != NULL)
        mistake(checker->mistakes, written->share.word.place, "share: a chart of rates counts events over time, not a share of people");
    measure->label = written->label;
    measure->outcome = written->outcome.text == NULL ? checker->study->n_outcomes : find_outcome(checker, &written->outcome);
    if (measure->outcome < checker->study->n_outcomes)
        check_day_of(checker, written, &checker->study->outcomes[measure->outcome]);
}

static bool is_same(const struct dashboard_measure *a, const struct dashboard_measure *b)
{
    return a->outcome == b->outcome && a->no_event == b->no_event && dashboard_is_rate(a) == dashboard_is_rate(b) && a->at.given == b->at.given &&
           (!a->at.given || a->at.value == b->at.value);
}

int study_check_dashboard(const struct study_checker *checker)
{
    const struct file_dashboard *written = &checker->file->dashboard;
    struct study_dashboard *dashboard = &checker->study->dashboard;
    const struct study_rules *populations = &checker->study->cohort.populations;

    if (written->place.line == 0)
        return 0;
    dashboard->given = true;
    dashboard->place = written->place;
    dashboard->period = (enum dashboard_period)written->period.value;
    dashboard->spread = written->spread.word.text == NULL ? SPREAD_MULTIPLICATIVE : (enum dashboard_spread)written->spread.value;
    check_columns(checker, written, dashboard);
    if (check_covariates(checker, written, dashboard) != 0)
        return -1;
    const struct study_rule *population = find_rule(checker, "population", populations, &written->population);
    dashboard->population = population == NULL ? 0 : (size_t)(population - populations->items);
    if ((dashboard->measures = arena_take(checker->arena, written->n_measures, sizeof *dashboard->measures)) == NULL)
        return -1;
    dashboard->n_measures = written->n_measures;
    for (size_t i = 0; i < written->n_measures; i++) {
        check_measure(checker, &written->measures[i], &dashboard->measures[i]);
        for (size_t k = 0; k < i; k++)
            if (is_same(&dashboard->measures[k], &dashboard->measures[i]))
                mistake(checker->mistakes, written->measures[i].place, "measures: the same as the one in line %zu",
                        written->measures[k].place.line);
    }
    return study_check_charts(checker);
}
