/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strategies: what is read, and each mistake with its place and what to do. */
#include <math.h>

#include "tests/pipeline/study/study_test.h"

static const char CODEBOOK[] = "codebook: people\n"
                               "columns:\n"
                               "  care: {type: category, codes: {I: iop, H: house}}\n"
                               "  days: {type: integer, known: after}\n"
                               "  down: {type: integer, known: after}\n"
                               "  share: {type: real}\n"
                               "  what: {type: integer}\n"
                               "  age: {type: real}\n"
                               "  sex: {type: category, codes: {f: f, m: m}}\n";

static const char STUDY[] =
    "study: people\n" /* 1 */
    "tables: {clients: {file: people.csv, codebook: codebook.yaml}}\n" /* 2 */
    "cohort:\n" /* 3 */
    "  arms: {iop: \"care == 'iop'\", house: \"care == 'house'\"}\n" /* 4 */
    "  reference: house\n" /* 5 */
    "  covariates: [age, sex]\n" /* 6 */
    "  follow_up: {days: 365}\n" /* 7 */
    "outcomes:\n" /* 8 */
    "  relapse: {time: days, event: \"what == 1\", event_is: bad}\n" /* 9 */
    "  used: {event: \"what == 1\", event_is: bad}\n" /* 10 */
    "strategies:\n" /* 11 */
    "  step_down:\n" /* 12 */
    "    day: down\n" /* 13 */
    "    done: steps down to intensive outpatient care\n" /* 14 */
    "    people: \"care == 'house'\"\n" /* 15 */
    "    follow:\n" /* 16 */
    "      early: {by: 14}\n" /* 17 */
    "      late: {from: 15, by: 30}\n" /* 18 */
    "      stay: {not_by: 30}\n" /* 19 */
    "    reference: stay\n" /* 20 */
    "compare:\n" /* 21 */
    "  - analysis: clones\n" /* 22 */
    "    strategies: {of: step_down, weights: [age], truncate: 0.99, period: 7}\n" /* 23 */
    "    outcomes: [relapse]\n" /* 24 */
    "    measures: [risk_difference]\n" /* 25 */
    "    at: [180]\n" /* 26 */
    "  - analysis: landmark\n" /* 27 */
    "    strategies: {of: step_down, landmark: 30}\n" /* 28 */
    "    outcomes: [relapse]\n" /* 29 */
    "    measures: [risk_difference]\n" /* 30 */
    "    at: [180]\n" /* 31 */
    "    adjust: [overlap]\n"; /* 32 */

static void test_strategies_are_read(void **state)
{
    (void)state;
    scratch_write("study.yaml", STUDY);
    scratch_write("codebook.yaml", CODEBOOK);
    struct study *study = study_read("study.yaml", NULL);

    assert_non_null(study);
    assert_int_equal(study->n_strategies, 1);
    const struct study_strategies *s = &study->strategies[0];
    assert_string_equal(s->name.text, "step_down");
    assert_string_equal(s->day.text, "down");
    assert_string_equal(s->people.when.text, "care == 'house'");
    assert_int_equal(s->n, 3);
    assert_near(s->items[0].from, 0, 0);
    assert_near(s->items[0].by, 14, 0);
    assert_near(s->items[0].not_by, -1, 0);
    assert_near(s->items[1].from, 15, 0);
    assert_true(isinf(s->items[2].by));
    assert_near(s->items[2].not_by, 30, 0);
    assert_string_equal(s->arms.items[0].when.text, "it is done by day 14");
    assert_string_equal(s->arms.items[1].when.text, "it is done on a day from 15 to 30");
    assert_string_equal(s->arms.items[2].when.text, "it is not done by day 30");
    const struct study_emulation *clones = &study->analyses[0].strategies, *landmark = &study->analyses[1].strategies;
    assert_true(clones->given && !clones->has_landmark);
    assert_near(clones->truncate, 0.99, 0);
    assert_near(clones->period, 7, 0);
    assert_int_equal(clones->weights.n, 1);
    assert_true(landmark->given && landmark->has_landmark);
    assert_near(landmark->landmark, 30, 0);
    assert_true(study_analysis_arms(study, &study->analyses[0]) == &s->arms);
    study_free(study);
}

static void test_what_is_left_out_has_its_default(void **state)
{
    (void)state;
    char *text = replaced(STUDY, "{of: step_down, weights: [age], truncate: 0.99, period: 7}", "step_down");

    scratch_write("study.yaml", text);
    scratch_write("codebook.yaml", CODEBOOK);
    struct study *study = study_read("study.yaml", NULL);
    assert_non_null(study);
    assert_int_equal(study->analyses[0].strategies.weights.n, 2); /* all covariates */
    assert_near(study->analyses[0].strategies.truncate, 1, 0);
    assert_true(isinf(study->analyses[0].strategies.period)); /* the whole grace period */
    study_free(study);
    free(text);
}

static const struct {
    const char *name, *old, *with, *told;
} RULES[] = {
    {"a_day_is_counted_in_whole_days", "day: down", "day: share",
     "error: study.yaml:13:10: day: a column of whole numbers was expected; column 'share' holds real numbers\n"},
    {"a_column_that_is_not_there", "day: down", "day: dwon",
     "error: study.yaml:13:10: day: there is no column 'dwon' in codebook 'people'; did you mean 'down'?\n"},
    {"people_are_chosen_by_what_is_known", "\"care == 'house'\"\n    follow", "\"down > 3\"\n    follow",
     "error: study.yaml:15:14: people of strategies: column 'down' is dated after time zero (its codebook says 'known: after'); "
     "groups formed by what comes later have immortal time; say 'post_baseline: WHY' if it must be\n"},
    {"a_strategy_says_one_thing", "{by: 14}", "{by: 14, not_by: 20}",
     "error: study.yaml:17:14: strategy 'early': one of {by: DAY}, {not_by: DAY} and {never: yes} was expected\n"},
    {"a_strategy_says_something", "{by: 14}", "{never: no}",
     "error: study.yaml:17:14: strategy 'early': one of {by: DAY}, {not_by: DAY} and {never: yes} was expected\n"},
    {"from_needs_an_end", "{from: 15, by: 30}", "{from: 15, not_by: 30}",
     "error: study.yaml:18:20: from: it belongs to 'by', the last day on which it is done; to forbid the days before, write "
     "'not_by: 14'\n"},
    {"from_comes_first", "{from: 15, by: 30}", "{from: 31, by: 30}",
     "error: study.yaml:18:20: from: day 31 lies after 'by', day 30, so that nobody could follow it\n"},
    {"an_unknown_key_of_a_strategy", "{by: 14}", "{bye: 14}",
     "error: study.yaml:17:14: strategy 'early': one of {by: DAY}, {not_by: DAY} and {never: yes} was expected\n"
     "error: study.yaml:17:15: unknown key 'bye'; did you mean 'by'?\n"},
    {"one_strategy_is_none", "      late: {from: 15, by: 30}\n      stay: {not_by: 30}\n", "",
     "error: study.yaml:17:7: follow: at least 2 are expected; here is 1\n"},
    {"a_reference_that_is_not_there", "reference: stay", "reference: stai",
     "error: study.yaml:20:16: there is no strategy 'stai'; did you mean 'stay'?\n"},
    {"a_name_of_an_arm", "      early: {by: 14}", "      iop: {by: 14}",
     "error: study.yaml:17:7: strategy 'iop': an arm of the cohort has this name; choose another one\n"},
    {"strategies_that_are_not_there", "{of: step_down, landmark: 30}", "{of: stepdown, landmark: 30}",
     "error: study.yaml:28:22: strategies: there are no strategies 'stepdown'; did you mean 'step_down'?\n"},
    {"a_landmark_before_the_end", "landmark: 30", "landmark: 20",
     "error: study.yaml:28:43: landmark: on day 20 it is not known who follows 'late', which is decided on day 30; take that day or a "
     "later one\n"
     "error: study.yaml:28:43: landmark: on day 20 it is not known who follows 'stay', which is decided on day 30; take that day or a "
     "later one\n"},
    {"a_landmark_tells_strategies_apart", "{from: 15, by: 30}", "{by: 30}",
     "error: study.yaml:28:17: landmark: who does it on day 0 follows both 'early' and 'late'; let one of them go, or ask by clones, who "
     "may follow several\n"},
    {"a_landmark_tells_the_idle_apart", "{from: 15, by: 30}", "{never: yes}",
     "error: study.yaml:28:17: landmark: who has not done it by day 30 follows both 'late' and 'stay'; let one of them go, or ask by "
     "clones, who may follow several\n"},
    {"a_landmark_after_follow_up", "landmark: 30", "landmark: 365",
     "error: study.yaml:28:43: landmark: people are followed for 365 days; take an earlier day\n"},
    {"a_landmark_is_adjusted_as_arms_are", "landmark: 30}", "landmark: 30, period: 7}",
     "error: study.yaml:28:55: period: it belongs to clones; with a landmark strategies are adjusted as arms are, by 'adjust'; remove "
     "it\n"},
    {"a_strategy_that_nobody_can_depart_from", "{by: 14}", "{by: 400}",
     "error: study.yaml:23:17: strategies: nobody can depart from 'early', which may be done until day 400: people are followed for 365 "
     "days; take an earlier 'by'\n"
     "error: study.yaml:28:17: landmark: who does it on day 15 follows both 'early' and 'late'; let one of them go, or ask by clones, "
     "who may follow several\n"
     "error: study.yaml:28:43: landmark: on day 30 it is not known who follows 'early', which is decided on day 400; take that day or a "
     "later one\n"},
    {"numbers_read_before_anybody_departs", "    at: [180]\n  - analysis: landmark", "    at: [10]\n  - analysis: landmark",
     "error: study.yaml:23:17: strategies: nobody has departed from 'early' before day 14, and no number of this analysis is read "
     "after it; take an earlier 'by', or later days in 'at' and 'tau'\n"},
    {"clones_are_not_adjusted", "    at: [180]\n  - analysis: landmark", "    at: [180]\n    adjust: [overlap]\n  - analysis: landmark",
     "error: study.yaml:27:14: adjust: clones are alike at time zero, and their weights come from 'weights'; remove it\n"},
    {"clones_have_no_gray_test", "measures: [risk_difference]\n    at: [180]\n  - analysis: landmark",
     "measures: [risk_difference, gray_test]\n    at: [180]\n  - analysis: landmark",
     "error: study.yaml:25:33: measures: 'gray_test' is not made from clones, which are weighted; risks, survival, restricted means, "
     "their differences and ratios, and hazard ratios are. Ask for it in an analysis with a landmark\n"},
    {"strategies_unfold_in_days", "outcomes: [relapse]\n    measures: [risk_difference]\n    at: [180]\n  - analysis: landmark",
     "outcomes: [used]\n    measures: [risk_difference]\n  - analysis: landmark",
     "error: study.yaml:24:16: strategies: outcome 'used' has no days; who had it before a strategy was decided cannot be told\n"},
    {"weights_are_of_covariates", "weights: [age]", "weights: [agee]",
     "error: study.yaml:23:43: weights: 'agee' is not one of the cohort's covariates; did you mean 'age'?\n"},
    {"strategies_have_their_own_reference", "    adjust: [overlap]\n", "    reference: stay\n",
     "error: study.yaml:32:16: reference: strategies have a reference of their own; remove it\n"},
};

static void test_every_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        char *text = replaced(STUDY, RULES[i].old, RULES[i].with);
        scratch_write("study.yaml", text);
        scratch_write("codebook.yaml", CODEBOOK);
        capture_start();
        struct study *study = study_read("study.yaml", NULL);
        const char *told = capture_end();
        if (strncmp(told, RULES[i].told, strlen(RULES[i].told)) != 0)
            print_error("%s:\n%s", RULES[i].name, told);
        assert_null(study);
        assert_memory_equal(told, RULES[i].told, strlen(RULES[i].told));
        free(text);
    }
}

static void test_the_headline_may_be_of_strategies(void **state)
{
    (void)state;
    char *text = replaced(STUDY, "compare:\n", "primary: {outcome: relapse, measure: risk_difference, at: 180, analysis: clones, arm: early, "
                                               "adjust: clone_censor_weight}\ncompare:\n");

    assert_study_told(text, CODEBOOK, "");
    free(text);
    text = replaced(STUDY, "compare:\n", "primary: {outcome: relapse, measure: risk_difference, at: 180, analysis: clones, arm: iop}\ncompare:\n");
    assert_study_told(text, CODEBOOK, "error: study.yaml:21:87: there is no arm 'iop'\n");
    free(text);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_strategies_are_read),
        IN_FOLDER(test_what_is_left_out_has_its_default),
        IN_FOLDER(test_every_mistake_is_told_with_its_place),
        IN_FOLDER(test_the_headline_may_be_of_strategies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
