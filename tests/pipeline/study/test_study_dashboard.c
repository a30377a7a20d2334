/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programmes of a dashboard: what it names must be there, and a period needs a date. */
#include "tests/pipeline/study/study_test.h"

#define CODEBOOK                                                                                                        \
    "codebook: people\n"                                                                                                \
    "columns:\n"                                                                                                        \
    "  site: {type: category, codes: {a: north, b: south}}\n"                                                           \
    "  begun: {type: date}\n"                                                                                           \
    "  days: {type: integer, known: after}\n"                                                                           \
    "  care: {type: category, codes: {a: iop, b: residential}}\n"                                                       \
    "  age: {type: integer}\n"                                                                                          \
    "  share: {type: real}\n"                                                                                           \
    "  done: {type: category, codes: {1: yes, 2: no}, known: after}\n"

#define STUDY                                                                                                           \
    "study: rows\n"                                                                                                     \
    "privacy: {basis: public}\n"                                                                                        \
    "tables: {clients: {file: s.csv, codebook: codebook.yaml}}\n"                                                       \
    "cohort: {arms: {iop: \"care == 'iop'\", bed: \"care == 'residential'\"}, reference: bed, covariates: [age, site],\n"     \
    "         populations: {all: \"true\", adults: \"age >= 18\"}}\n"                                                   \
    "outcomes:\n"                                                                                                       \
    "  left: {time: days, event: \"done == 'no'\", event_is: bad}\n"                                                    \
    "  done: {event: \"done == 'yes'\", event_is: good}\n"                                                              \
    "compare:\n"                                                                                                        \
    "  - {outcomes: [left], measures: [risk_difference], at: 90}\n"                                                     \
    "dashboard:\n"                                                                                                      \
    "  by: site\n"                                                                                                      \
    "  date: begun\n"                                                                                                   \
    "  period: quarter\n"                                                                                               \
    "  population: adults\n"                                                                                            \
    "  adjust: age\n"                                                                                                   \
    "  measures:\n"                                                                                                     \
    "    - {outcome: left, at: 90, share: no_event, label: Retained}\n"                                                 \
    "    - {outcome: done}\n"

static const struct rule RULES[] = {
    {"the_programme_is_a_column", "by: site", "by: sites",
     "error: study.yaml:12:7: by: there is no column 'sites' in codebook 'people'; did you mean 'site'?\n"},
    {"a_programme_must_be_named", "  by: site\n", "",
     "error: study.yaml:12:3: dashboard: which column is the programme? Say 'by: COLUMN', or 'programme: COLUMN' in "
     "'tables'\n"},
    {"a_programme_is_no_real_number", "by: site", "by: share",
     "error: study.yaml:12:7: by: a category, a text or a column of whole numbers was expected; column 'share' holds real "
     "numbers\n"},
    {"a_period_needs_a_date", "  date: begun\n", "",
     "error: study.yaml:12:3: dashboard: time zero is no date; say which column of dates the periods are of: 'date: "
     "COLUMN'\n"},
    {"a_date_is_a_date", "date: begun", "date: days",
     "error: study.yaml:13:9: date: a column of dates was expected; column 'days' holds whole numbers\n"},
    {"a_period_is_one_of_three", "period: quarter", "period: week",
     "error: study.yaml:14:11: period: month, quarter or year was expected; value 'week'\n"},
    {"a_population_must_be_there", "population: adults", "population: adult",
     "error: study.yaml:15:15: there is no population 'adult'; did you mean 'adults'?\n"},
    {"what_adjusts_is_a_covariate", "adjust: age", "adjust: care",
     "error: study.yaml:16:11: adjust: 'care' is not among 'cohort: covariates:'\n"},
    {"the_programme_does_not_adjust_for_itself", "adjust: age", "adjust: [age, site]",
     "error: study.yaml:16:17: adjust: 'site' is the programme itself: adjusted for it, none could stand out\n"},
    {"days_need_a_day", "left, at: 90", "left", "error: study.yaml:18:7: missing key 'at': by which day?\n"},
    {"yes_or_no_has_no_day", "outcome: done", "outcome: done, at: 30",
     "error: study.yaml:19:27: at: outcome 'done' has no days: it is yes or no\n"},
    {"an_outcome_must_be_there", "outcome: done", "outcome: don",
     "error: study.yaml:19:17: there is no outcome 'don'; did you mean 'done'?\n"},
    {"rates_need_days", "outcome: done", "outcome: done, chart: u",
     "error: study.yaml:19:30: chart: 'done' has no days, so no time under observation; a chart of rates needs it\n"},
    {"a_rate_is_no_share", "label: Retained", "chart: laney_u",
     "error: study.yaml:18:38: share: a chart of rates counts events over time, not a share of people\n"},
    {"a_chart_is_one_of_five", "outcome: done", "outcome: done, chart: c",
     "error: study.yaml:19:30: chart: p, laney_p, u, laney_u or run was expected; value 'c'\n"},
    {"a_new_phase_has_a_reason", "  measures:\n", "  charts: {rebase: {from: 2020-04-01}}\n  measures:\n",
     "error: study.yaml:17:20: missing key 'because': what was changed\n"},
    {"a_baseline_does_not_end_before_its_phase", "  measures:\n",
     "  charts: {rebase: {from: 2020-04-01, freeze: 2020-03-31, because: so}}\n  measures:\n",
     "error: study.yaml:17:47: freeze: the baseline of a phase does not end before the phase begins\n"},
    {"a_phase_names_programmes_that_are_there", "  measures:\n",
     "  charts: {rebase: {from: 2020-04-01, programmes: [north, est], because: so}}\n  measures:\n",
     "error: study.yaml:17:59: programmes: column 'site' has no label 'est'\n"},
    {"a_phase_is_of_an_outcome_that_is_shown", "    - {outcome: done}\n", "  charts: {rebase: {from: 2020-04-01, outcome: done, because: so}}\n",
     "error: study.yaml:19:48: outcome: no measure of the dashboard is of 'done'\n"},
    {"a_rule_is_one_of_four", "  measures:\n", "  charts: {rules: [beyond, runs]}\n  measures:\n",
     "error: study.yaml:17:28: rules: beyond, run, trend or near was expected; value 'runs'; did you mean 'run'?\n"},
    {"a_length_is_of_a_rule_that_is_used", "  measures:\n", "  charts: {rules: beyond, run: 8}\n  measures:\n",
     "error: study.yaml:17:32: run: 'rules' leaves this signal out\n"},
    {"a_measure_stands_once", "outcome: done", "outcome: left, at: 90, share: no_event",
     "error: study.yaml:19:7: measures: the same as the one in line 18\n"},
};

static void test_a_rule(void **state)
{
    assert_rule_told(*state, STUDY, CODEBOOK);
}

static void test_the_good_study_is_read_as_it_stands(void **state)
{
    struct study *study;

    (void)state;
    assert_study_told(STUDY, CODEBOOK, "");
    study = study_read("study.yaml", NULL);
    assert_non_null(study);
    const struct study_dashboard *dashboard = &study->dashboard;
    assert_true(dashboard->given);
    assert_string_equal(dashboard->by.text, "site");
    assert_string_equal(dashboard->date.text, "begun");
    assert_int_equal(dashboard->period, PERIOD_QUARTER);
    assert_int_equal(dashboard->spread, SPREAD_MULTIPLICATIVE);
    assert_int_equal(dashboard->population, 1);
    assert_int_equal(dashboard->adjust.n, 1);
    assert_int_equal(dashboard->n_measures, 2);
    assert_true(dashboard->measures[0].no_event && !dashboard->measures[1].no_event);
    assert_int_equal((int)dashboard->measures[0].at.value, 90);
    assert_string_equal(dashboard->measures[0].label.text, "Retained");
    assert_int_equal(dashboard->measures[1].outcome, 1);
    study_free(study);
}

static void test_what_is_left_out_has_its_default(void **state)
{
    char *text = replaced(STUDY, "  period: quarter\n  population: adults\n  adjust: age\n", "");
    struct study *study;

    (void)state;
    assert_study_told(text, CODEBOOK, "");
    study = study_read("study.yaml", NULL);
    assert_non_null(study);
    assert_int_equal(study->dashboard.period, PERIOD_MONTH);
    assert_int_equal(study->dashboard.population, 0);
    assert_int_equal(study->dashboard.adjust.n, 1); /* not the programme itself */
    assert_string_equal(study->dashboard.adjust.items[0].text, "age");
    study_free(study);
    free(text);
}

static void test_charts_are_read_as_they_stand(void **state)
{
    char *text = replaced(STUDY, "  measures:\n", "  charts:\n"
                                                  "    freeze: 2018-12-31\n"
                                                  "    rebase: [{from: 2020-04-01, freeze: 2021-03-31, because: A new intake, outcome: left, programmes: north}]\n"
                                                  "    rules: [run, near]\n"
                                                  "    run: 7\n"
                                                  "  measures:\n"
                                                  "    - {outcome: left, at: 30, chart: run}\n"
                                                  "    - {outcome: left, at: 90, chart: laney_u}\n");
    struct study *study;

    (void)state;
    assert_non_null(text);
    assert_study_told(text, CODEBOOK, "");
    study = study_read("study.yaml", NULL);
    assert_non_null(study);
    const struct study_dashboard *d = &study->dashboard;
    assert_int_equal(d->charts.freeze, 17896); /* days from 1970 */
    assert_int_equal(d->charts.n_rebases, 1);
    assert_int_equal(d->charts.rebases[0].from, 18353);
    assert_string_equal(d->charts.rebases[0].because.text, "A new intake");
    assert_int_equal(d->charts.rebases[0].outcome, 0);
    assert_int_equal(d->charts.rebases[0].programmes.n, 1);
    assert_int_equal(d->charts.rules, RULE_RUN | RULE_NEAR);
    assert_int_equal(dashboard_run(d, &d->measures[0]), 7);
    assert_int_equal(dashboard_trend(d, &d->measures[0]), 5); /* of run charts */
    assert_int_equal(dashboard_trend(d, &d->measures[1]), 6);
    assert_true(!dashboard_is_rate(&d->measures[0]) && dashboard_is_rate(&d->measures[1]) && !dashboard_is_rate(&d->measures[2]));
    study_free(study);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_good_study_is_read_as_it_stands),
        cmocka_unit_test(test_what_is_left_out_has_its_default),
        cmocka_unit_test(test_charts_are_read_as_they_stand),
    };
    int failed = run_rules(RULES, sizeof RULES / sizeof RULES[0], test_a_rule);

    return failed + cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
