/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Process measures: what each takes, and what holds where a key is left out. */
#include "tests/pipeline/study/study_test.h"

#define CODEBOOK                                                                                                        \
    "codebook: stays\n"                                                                                                 \
    "columns:\n"                                                                                                        \
    "  id: {type: text}\n"                                                                                              \
    "  start: {type: date}\n"                                                                                           \
    "  end: {type: date, known: after}\n"                                                                               \
    "  care: {type: category, codes: {a: iop, b: residential, c: detox}}\n"                                             \
    "  why: {type: category, codes: {done: completed, left: dropped out}, known: after}\n"                              \
    "  died: {type: date, known: after}\n"

#define STUDY                                                                                                           \
    "study: linked\n"                                                                                                   \
    "privacy: {basis: public}\n"                                                                                        \
    "tables: {episodes: {file: s.csv, codebook: codebook.yaml, person: id, admission: start, discharge: end}}\n"         \
    "levels: {care: {iop: iop, residential: residential, detox: detox}}\n"                                              \
    "cohort:\n"                                                                                                         \
    "  index: {first_stay_in: [iop, residential]}\n"                                                                    \
    "  follow_up: {until: 2021-12-31}\n"                                                                                \
    "  arms: {iop: \"level == 'iop'\", bed: \"level == 'residential'\"}\n"                                              \
    "  reference: bed\n"                                                                                                \
    "outcomes:\n"                                                                                                       \
    "  begun: {process: initiation, event_is: good}\n"                                                                  \
    "  engaged: {process: engagement, services: [iop], initiation_days: 7, engagement_days: 30, more_services: 3, event_is: good}\n" \
    "  next: {process: continuity, after: [iop, residential], died_on: died, event_is: good}\n"                         \
    "  again: {process: readmission, event_is: bad}\n"                                                                  \
    "  kept: {process: active_months, months: 6, completed_if: \"why == 'completed'\", event_is: good}\n"               \
    "  left: {process: leaving, until_end_of: episode, completed: competing, completed_if: \"why == 'completed'\", event_is: bad}\n" \
    "compare:\n"                                                                                                        \
    "  - {outcomes: [next, again, left], measures: [risk_difference], at: [7, 30]}\n"                                   \
    "  - {outcomes: [begun, engaged, kept], measures: [risk_difference]}\n"

static const struct rule RULES[] = {
    {"a_measure_has_a_known_name",
     "process: initiation",
     "process: initation",
     "error: study.yaml:11:20: process: initiation, engagement, continuity, readmission, active_months or leaving was "
     "expected; value 'initation'; did you mean 'initiation'?\n"},
    {"a_key_of_another_measure_is_told",
     "process: initiation, event_is",
     "process: initiation, months: 3, event_is",
     "error: study.yaml:11:40: months: means nothing for 'process: initiation'\n"},
    {"levels_of_another_measure_are_told",
     "process: readmission, event_is",
     "process: readmission, after: [detox], event_is",
     "error: study.yaml:14:41: after: means nothing for 'process: readmission'\n"},
    {"levels_are_levels",
     "services: [iop]",
     "services: [iop, hospitl]",
     "error: study.yaml:12:50: services: a level of care (detox, inpatient, residential, php, iop, outpatient, aftercare) "
     "was expected; value 'hospitl'\n"},
    {"leaving_says_what_completing_is",
     "completed: competing, completed_if: \"why == 'completed'\", ",
     "",
     "error: study.yaml:16:3: process: leaving needs 'completed': what completing counts as (retained, left, competing or "
     "censor)\n"},
    {"leaving_by_a_fixed_day_has_no_verdict_where_planned_lengths_differ",
     "completed: competing, completed_if: \"why == 'completed'\", event_is: bad}\ncompare:\n",
     "completed: left, event_is: bad}\ncompare:\n"
     "  - {analysis: judged, outcomes: [left], measures: [risk_difference], at: 30, non_inferiority: [{outcome: left, measure: "
     "risk_difference, at: 30, margin: 0.1, because: x}]}\n",
     "error: study.yaml:18:107: non_inferiority: outcome 'left' counts who completed as having left ('completed: left'), so that an "
     "arm with a shorter planned stay loses by its plan alone; use 'completed: retained' or 'competing', or declare "
     "'planned_lengths: equal'\n"},
    {"planned_lengths_belong_to_leaving",
     "process: initiation, event_is",
     "process: initiation, planned_lengths: equal, event_is",
     "error: study.yaml:11:49: planned_lengths: means nothing for 'process: initiation'\n"},
    {"leaving_a_programme_needs_its_column",
     "until_end_of: episode",
     "until_end_of: programme",
     "error: study.yaml:16:42: until_end_of: programme needs 'programme: COLUMN' in 'tables: episodes:'\n"},
    {"completing_needs_its_condition",
     "completed: competing, completed_if: \"why == 'completed'\"",
     "completed: retained",
     "error: study.yaml:16:62: completed: retained needs 'completed_if', the condition under which treatment was "
     "completed\n"},
    {"a_day_of_death_is_a_day",
     "died_on: died",
     "died_on: why",
     "error: study.yaml:13:67: died_on: a column of dates or whole numbers (days) was expected; column 'why' holds a category\n"},
    {"an_unknown_key_is_told",
     "months: 6",
     "month: 6",
     "error: study.yaml:15:34: unknown key 'month'; did you mean 'months'?\n"},
    {"no_months_are_no_retention",
     "months: 6",
     "months: 0",
     "error: study.yaml:15:42: months: a number of months (whole, from 1) was expected; value '0'\n"},
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
    const struct study_process *begun = &study->outcomes[0].process, *engaged = &study->outcomes[1].process;
    assert_int_equal(begun->initiation_days, 13);
    assert_false(begun->services[LEVEL_DETOX]);
    assert_true(begun->services[LEVEL_IOP] && begun->services[LEVEL_INPATIENT]);
    assert_int_equal(engaged->initiation_days, 7);
    assert_int_equal(engaged->engagement_days, 30);
    assert_int_equal(engaged->more_services, 3);
    assert_true(engaged->services[LEVEL_IOP]);
    assert_false(engaged->services[LEVEL_OUTPATIENT]);
    assert_true(study->outcomes[2].process.after[LEVEL_IOP]);
    assert_false(study->outcomes[2].process.after[LEVEL_DETOX]);
    assert_string_equal(study->outcomes[2].competing_reasons.items[0].text, "death");
    assert_true(study->outcomes[3].process.services[LEVEL_DETOX]); /* readmission to anything */
    assert_int_equal(study->outcomes[4].process.months, 6);
    assert_int_equal(study->outcomes[5].process.part, LEAVING_EPISODE);
    assert_string_equal(study->outcomes[5].competing_reasons.items[0].text, "completed");
    assert_true(outcome_has_time(&study->outcomes[5]) && !outcome_has_time(&study->outcomes[4]));
    study_free(study);
}

static void test_a_source_without_linked_stays_is_refused(void **state)
{
    (void)state;
    assert_study_told("study: rows\n"
                      "tables: {clients: {file: s.csv, codebook: codebook.yaml}}\n"
                      "cohort: {arms: {a: \"care == 'iop'\", b: \"care == 'detox'\"}, reference: b}\n"
                      "outcomes:\n"
                      "  begun: {process: initiation, event_is: good}\n"
                      "compare:\n"
                      "  - {outcomes: [begun], measures: [risk_difference]}\n",
                      CODEBOOK,
                      "error: study.yaml:5:3: process: needs linked stays, 'tables: episodes:' with a 'person'\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_good_study_is_read_as_it_stands),
        cmocka_unit_test(test_a_source_without_linked_stays_is_refused),
    };
    const int failed = run_rules(RULES, sizeof RULES / sizeof RULES[0], test_a_rule);

    return cmocka_run_group_tests(tests, enter_folder, leave_folder) + failed;
}
