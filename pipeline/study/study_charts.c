/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Check of `dashboard: charts:`, the control charts: which signals are told, and where a phase begins. */
#include <string.h>

#include "base/days.h"
#include "study/study_file.h"

enum { RUN_USUAL = 8, TREND_USUAL = 6, RUN_OF_RUN_CHART = 6, TREND_OF_RUN_CHART = 5 };

bool dashboard_is_rate(const struct dashboard_measure *measure)
{
    return measure->chart == CHART_U || measure->chart == CHART_LANEY_U;
}

size_t dashboard_run(const struct study_dashboard *dashboard, const struct dashboard_measure *measure)
{
    return dashboard->charts.run > 0 ? dashboard->charts.run : measure->chart == CHART_RUN ? RUN_OF_RUN_CHART : RUN_USUAL;
}

size_t dashboard_trend(const struct study_dashboard *dashboard, const struct dashboard_measure *measure)
{
    return dashboard->charts.trend > 0 ? dashboard->charts.trend
           : measure->chart == CHART_RUN ? TREND_OF_RUN_CHART
                                         : TREND_USUAL;
}

/* A date that is none was told when the file was read. */
static int32_t day_or_none(const struct study_text *text)
{
    int32_t day;

    return text->text != NULL && day_from_iso(text->text, strlen(text->text), &day) == 0 ? day : INT32_MIN;
}

static void check_rules(const struct study_checker *checker, const struct file_charts *written, struct dashboard_charts *charts)
{
    charts->rules = written->n_rules == 0 ? RULE_BEYOND | RULE_RUN | RULE_TREND : 0;
    for (size_t i = 0; i < written->n_rules; i++) {
        const unsigned int rule = (unsigned int)written->rules[i].value;
        if (rule != 0 && (charts->rules & rule) != 0)
            mistake(checker->mistakes, written->rules[i].word.place, "rules: '%s' stands twice",
                    shown(checker->mistakes, written->rules[i].word.text));
        charts->rules |= rule;
    }
    charts->run = written->run.given ? (size_t)written->run.value : 0;
    charts->trend = written->trend.given ? (size_t)written->trend.value : 0;
    if (written->run.given && (charts->rules & RULE_RUN) == 0)
        mistake(checker->mistakes, written->run.place, "run: 'rules' leaves this signal out");
    if (written->trend.given && (charts->rules & RULE_TREND) == 0)
        mistake(checker->mistakes, written->trend.place, "trend: 'rules' leaves this signal out");
}

/* The column of programmes has the names where its codebook lists them. */
static void check_programmes(const struct study_checker *checker, const struct study_texts *names)
{
    const char *by = checker->study->dashboard.by.text;
    const struct column *column = by == NULL || checker->columns == NULL ? NULL : table_column(checker->columns, by);

    check_doubled(checker, "programmes", names);
    for (size_t i = 0; column != NULL && column->type == COLUMN_CATEGORY && column->n_labels > 0 && i < names->n; i++)
        if (column_find_label(column, names->items[i].text, strlen(names->items[i].text)) == MISSING_CODE)
            mistake(checker->mistakes, names->items[i].place, "programmes: column '%s' has no label '%s'", by,
                    shown(checker->mistakes, names->items[i].text));
}

static void check_rebase(const struct study_checker *checker, const struct file_rebase *written, struct dashboard_rebase *rebase)
{
    *rebase = (struct dashboard_rebase){.from = day_or_none(&written->from), .freeze = day_or_none(&written->freeze),
                                        .because = written->because, .outcome = SIZE_MAX, .programmes = written->programmes};
    if (rebase->freeze != INT32_MIN && rebase->from != INT32_MIN && rebase->freeze < rebase->from)
        mistake(checker->mistakes, written->freeze.place, "freeze: the baseline of a phase does not end before the phase begins");
    if (written->outcome.text != NULL)
        rebase->outcome = find_outcome(checker, &written->outcome);
    if (written->programmes.n > 0)
        check_programmes(checker, &written->programmes);
}

static bool is_of_a_measure(const struct study_dashboard *dashboard, size_t outcome)
{
    for (size_t m = 0; m < dashboard->n_measures; m++)
        if (dashboard->measures[m].outcome == outcome)
            return true;
    return false;
}

int study_check_charts(const struct study_checker *checker)
{
    const struct file_charts *written = &checker->file->dashboard.charts;
    struct study_dashboard *dashboard = &checker->study->dashboard;
    struct dashboard_charts *charts = &dashboard->charts;

    charts->freeze = day_or_none(&written->freeze);
    check_rules(checker, written, charts);
    if ((charts->rebases = arena_take(checker->arena, written->n_rebases + 1, sizeof *charts->rebases)) == NULL)
        return -1;
    charts->n_rebases = written->n_rebases;
    for (size_t i = 0; i < written->n_rebases; i++) {
        check_rebase(checker, &written->rebases[i], &charts->rebases[i]);
        if (charts->rebases[i].outcome < checker->study->n_outcomes && !is_of_a_measure(dashboard, charts->rebases[i].outcome))
            mistake(checker->mistakes, written->rebases[i].outcome.place, "outcome: no measure of the dashboard is of '%s'",
                    shown(checker->mistakes, written->rebases[i].outcome.text));
    }
    return 0;
}
