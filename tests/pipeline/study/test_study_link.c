/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of linked stays: each mistake with its place, and what may form groups at which time zero. */
#include "tests/pipeline/study/study_test.h"

static const char CODEBOOK[] = "codebook: stays\n" /* 1 */
                               "columns:\n" /* 2 */
                               "  client: {type: integer}\n" /* 3 */
                               "  admitted: {type: date}\n" /* 4 */
                               "  discharged: {type: date}\n" /* 5 */
                               "  day: {type: integer}\n" /* 6 */
                               "  care: {type: category, codes: {D: detoxification, R: house, I: intensive, X: other}}\n" /* 7 */
                               "  reason: {type: category, codes: {1: done, 2: moved}}\n" /* 8 */
                               "  sex: {type: category, codes: {f: f, m: m}}\n" /* 9 */
                               "  hours: {type: real}\n" /* 10 */
                               "  n: {type: integer}\n"; /* 11 */

static const char STUDY[] =
    "study: linked\n" /* 1 */
    "privacy: {basis: public}\n" /* 2 */
    "tables:\n" /* 3 */
    "  episodes: {file: stays.csv, codebook: codebook.yaml, person: client, admission: admitted,\n" /* 4 */
    "             discharge: discharged, reason: reason, transfer: \"reason == 'moved'\", weekly_hours: hours,\n" /* 5 */
    "             constant: [sex]}\n" /* 6 */
    "levels: {care: {D: detox, house: residential, I: iop, X: none}}\n" /* 7 */
    "level_hours: {iop: [9, 20], outpatient: [0, 9]}\n" /* 8 */
    "link: {gap_days: 30, transfer_days: 3, overlap_days: 5, inclusive_days: [iop]}\n" /* 9 */
    "cohort:\n" /* 10 */
    "  index: {first_stay_in: [iop, residential], washout_days: 60, washout_ignores: [detox],\n" /* 11 */
    "          look_back_days: 90, from: 2018-01-01, to: 2020-12-31, every: no}\n" /* 12 */
    "  time_zero: admission\n" /* 13 */
    "  arms: {iop: \"level == 'iop'\", house: \"level == 'residential'\"}\n" /* 14 */
    "  reference: house\n" /* 15 */
    "  covariates: [sex, prior_episodes, entered_from]\n" /* 16 */
    "  follow_up: {until: 2021-12-31, days: 365}\n" /* 17 */
    "outcomes: {stay: {days_until: {column: stay_days}, completed: left, event_is: bad}}\n" /* 18 */
    "compare: [{outcomes: [stay], measures: [risk_difference], at: [90]}]\n"; /* 19 */

static void test_a_study_of_linked_stays_is_read(void **state)
{
    (void)state;
    scratch_write("study.yaml", STUDY);
    scratch_write("codebook.yaml", CODEBOOK);
    struct study *study = study_read("study.yaml", NULL);

    assert_non_null(study);
    assert_true(study_is_linked(study));
    assert_string_equal(study->levels.column.text, "care");
    assert_string_equal(study->levels.codes[1].code.text, "house"); /* by label */
    assert_string_equal(study->levels.codes[2].code.text, "intensive"); /* by code */
    assert_int_equal(study->levels.codes[2].level, LEVEL_IOP);
    assert_int_equal(study->levels.codes[3].level, LEVEL_NONE);
    assert_true(study->levels.hours[LEVEL_IOP].given);
    assert_near(study->levels.hours[LEVEL_IOP].high, 20, 0);
    assert_int_equal(study->link.gap_days, 30);
    assert_int_equal(study->link.transfer_days, 3);
    assert_int_equal(study->link.overlap_days, 5);
    assert_true(study->link.inclusive[LEVEL_IOP]);
    assert_false(study->link.inclusive[LEVEL_DETOX]);
    assert_true(study->cohort.index.first_stay_in[LEVEL_RESIDENTIAL]);
    assert_true(study->cohort.index.washout_ignores[LEVEL_DETOX]);
    assert_int_equal(study->cohort.index.from, 17532);
    assert_int_equal(study->cohort.index.look_back_days, 90);
    assert_false(study->cohort.index.every);
    assert_int_equal(study->cohort.time_zero, TIME_ZERO_ADMISSION);
    assert_int_equal(study->cohort.follow_up_until, 18992);
    study_free(study);
}

static void test_what_link_leaves_out_has_its_default(void **state)
{
    (void)state;
    char *text = replaced(STUDY, "link: {gap_days: 30, transfer_days: 3, overlap_days: 5, inclusive_days: [iop]}\n", "");

    scratch_write("study.yaml", text);
    scratch_write("codebook.yaml", CODEBOOK);
    free(text);
    struct study *study = study_read("study.yaml", NULL);
    assert_non_null(study);
    assert_int_equal(study->link.gap_days, 30);
    assert_int_equal(study->link.transfer_days, 1);
    assert_int_equal(study->link.overlap_days, -1);
    study_free(study);
}

/* Each row breaks the study in one place. */
static const struct {
    const char *name, *old, *with, *told;
} RULES[] = {
    {"a_stay_needs_its_first_day", "admission: admitted,", "planned_days: n,",
     "error: study.yaml:4:13: tables: episodes: missing key 'admission': the column of the first day of a stay\n"},
    {"days_are_of_one_kind", "discharge: discharged", "discharge: day",
     "error: study.yaml:5:25: discharge: column 'day' holds numbers, but 'admission' holds dates\n"},
    {"a_row_of_linked_stays_is_one_stay", "person: client,", "person: client, weight: n,",
     "error: study.yaml:4:80: weight: a row of linked stays is one stay; counted rows belong under 'tables: clients:'\n"},
    {"every_label_has_a_level", ", X: none", "",
     "error: study.yaml:7:10: levels: label 'other' of column 'care' has no level; write 'none' for what is no treatment\n"},
    {"a_code_must_be_there", "X: none", "Y: none, X: none",
     "error: study.yaml:7:55: levels: column 'care' has no label or code 'Y'\n"},
    {"a_label_has_one_level", "X: none", "detoxification: iop, X: none",
     "error: study.yaml:7:55: levels: 'detoxification' has a level already, at 7:17\n"},
    {"a_level_must_be_one", "I: iop", "I: iopp",
     "error: study.yaml:7:50: I: a level of care (detox, inpatient, residential, php, iop, outpatient, aftercare, or "
     "none) was expected; value 'iopp'; did you mean 'iop'?\n"},
    {"bounds_of_hours_do_not_overlap", "outpatient: [0, 9]", "outpatient: [0, 10]",
     "error: study.yaml:8:41: level_hours: the hours of iop and outpatient overlap\n"},
    {"bounds_of_hours_are_two", "outpatient: [0, 9]", "outpatient: [9, 0]",
     "error: study.yaml:8:41: level_hours: outpatient: [LOW, HIGH] with LOW < HIGH was expected\n"},
    {"hours_need_their_column", "weekly_hours: hours,", "planned_days: n,",
     "error: study.yaml:8:15: level_hours: needs 'weekly_hours', the column of hours a week, under 'tables: episodes:'\n"},
    {"an_index_level_must_be_reached", "first_stay_in: [iop, residential]", "first_stay_in: [iop, residential, php]",
     "error: study.yaml:11:10: first_stay_in: no code of 'levels' leads to 'php', so that nobody can enter by it\n"},
    {"a_window_has_its_end_after_its_beginning", "to: 2020-12-31", "to: 2017-12-31",
     "error: study.yaml:12:53: to: lies before 'from', so that no stay can be an index stay\n"},
    {"days_of_the_calendar_are_dates", "until: 2021-12-31", "until: 365",
     "error: study.yaml:17:22: until: a date as YYYY-MM-DD was expected; value '365'\n"},
    {"the_study_has_a_last_day", "until: 2021-12-31, ", "",
     "error: study.yaml:11:3: follow_up: 'until', the last day of the study, was expected: a stay without a discharge is "
     "still open then\n"},
    {"an_index_rule_is_owed",
     "  index: {first_stay_in: [iop, residential], washout_days: 60, washout_ignores: [detox],\n"
     "          look_back_days: 90, from: 2018-01-01, to: 2020-12-31, every: no}\n", "",
     "error: study.yaml:11:3: cohort: missing key 'index': which stay brings a person into the cohort, {first_stay_in: "
     "[level, ...]}\n"},
    {"a_washout_that_ignores_needs_days", "washout_days: 60, ", "",
     "error: study.yaml:11:10: washout_ignores: means nothing without 'washout_days'\n"},
    {"time_zero_is_one_thing", "time_zero: admission", "time_zero: {at: discharge, landmark: 30}",
     "error: study.yaml:13:14: time_zero: one of admission, discharge, {column: NAME} and {landmark: N} was expected\n"},
    {"arms_that_look_ahead_are_refused", "level == 'iop'\"", "level == 'iop' and stay_days > 7\"",
     "error: study.yaml:14:16: arm 'iop': column 'stay_days' is dated after time zero (linking computes it from what comes "
     "after); groups formed by what comes later have immortal time; say 'post_baseline: WHY' if it must be\n"},
    {"covariates_that_look_ahead_are_refused", "entered_from]", "last_level]",
     "error: study.yaml:16:37: covariates: column 'last_level' is dated after time zero (linking computes it from what comes "
     "after); describe people by what was known at time zero, or say {column: last_level, post_baseline: WHY}\n"},
    {"planned_lengths_need_their_column", "entered_from]", "reached_plan]",
     "error: study.yaml:16:37: covariates: there is no column 'reached_plan' in codebook 'stays'\n"},
};
enum { N_RULES = sizeof RULES / sizeof RULES[0] };

static void test_every_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_RULES; i++) {
        char *text = replaced(STUDY, RULES[i].old, RULES[i].with);
        scratch_write("study.yaml", text);
        scratch_write("codebook.yaml", CODEBOOK);
        capture_start();
        struct study *study = study_read("study.yaml", NULL);
        const char *told = capture_end();
        if (strcmp(told, RULES[i].told) != 0)
            print_error("%s\n", RULES[i].name);
        assert_string_equal(told, RULES[i].told);
        assert_null(study);
        free(text);
    }
}

static void test_at_discharge_the_stay_is_known(void **state)
{
    (void)state;
    char *text = replaced(STUDY, "time_zero: admission", "time_zero: discharge");
    char *longer = replaced(text, "level == 'iop'\"", "level == 'iop' and stay_days > 7\"");

    scratch_write("study.yaml", longer);
    scratch_write("codebook.yaml", CODEBOOK);
    struct study *study = study_read("study.yaml", NULL);
    assert_non_null(study);
    assert_int_equal(study->cohort.time_zero, TIME_ZERO_DISCHARGE);
    assert_false(study_is_post_baseline(study, "stay_days"));
    assert_true(study_is_post_baseline(study, "stepdown_7"));
    study_free(study);
    free(longer);
    free(text);
}

static void test_a_column_of_the_source_may_not_have_a_derived_name(void **state)
{
    (void)state;
    scratch_write("study.yaml", STUDY);
    char *codebook = replaced(CODEBOOK, "  n: {type: integer}\n", "  stay_days: {type: integer}\n");
    scratch_write("codebook.yaml", codebook);
    capture_start();
    struct study *study = study_read("study.yaml", NULL);
    const char *told = capture_end();
    assert_null(study);
    assert_string_equal(told, "error: study.yaml:4:41: codebook: its column 'stay_days' has the name of a column that "
                              "linking computes; declare it under another name, with this one as an alias\n");
    free(codebook);
}

static void test_a_source_without_persons_is_told_what_it_can_give(void **state)
{
    (void)state;
    char *text = replaced(STUDY, "person: client, ", "");

    scratch_write("study.yaml", text);
    scratch_write("codebook.yaml", CODEBOOK);
    capture_start();
    struct study *study = study_read("study.yaml", NULL);
    const char *told = capture_end();
    assert_null(study);
    assert_non_null(strstr(told, "tables: episodes: needs the stays of a person together: 'tables: episodes:' with a "
                                 "'person' column; without one 'tables: clients:' gives completion, length of stay and "
                                 "retention of single discharges"));
    free(text);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_a_study_of_linked_stays_is_read),
        IN_FOLDER(test_what_link_leaves_out_has_its_default),
        IN_FOLDER(test_every_mistake_is_told_with_its_place),
        IN_FOLDER(test_at_discharge_the_stay_is_known),
        IN_FOLDER(test_a_column_of_the_source_may_not_have_a_derived_name),
        IN_FOLDER(test_a_source_without_persons_is_told_what_it_can_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
