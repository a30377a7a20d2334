/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study laid over by named changes: what changes, what is shared, and how mistakes are told. */
#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"

/* The good study with profiles at its end. */
static char *with_profiles(const char *profiles)
{
    char *text = malloc(strlen(GOOD_STUDY) + strlen(profiles) + 1);

    assert_non_null(text);
    sprintf(text, "%s%s", GOOD_STUDY, profiles);
    return text;
}

static struct study *read_under(const char *profiles, const char *name)
{
    const struct study_options options = {.profile = name};
    char *text = with_profiles(profiles);

    scratch_write("study.yaml", text);
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    free(text);
    return study_read("study.yaml", &options);
}

static const char SOME[] = "profiles:\n"
                           "  young: {cohort: {eligible: [age < 40]}}\n"
                           "  same:  {cohort: {eligible: [age < 40]}, title: Another title}\n"
                           "  days:  {cohort: {follow_up: {days: 180}}}\n"
                           "  loss:  {outcomes: {left: {label: Lost}}}\n"
                           "  bare:  {cohort: {strata: ~, covariates: }}\n";

static void test_keys_go_into_each_other_and_the_rest_is_replaced(void **state)
{
    (void)state;
    struct study *study = read_under(SOME, NULL), *young = read_under(SOME, "young"), *days = read_under(SOME, "days");

    assert_int_equal(study->n_profiles, 5);
    assert_string_equal(study->profiles[3].text, "loss");
    assert_null(study->profile);
    assert_int_equal(study->cohort.eligible.n, 2);
    assert_string_equal(young->profile, "young");
    assert_int_equal(young->cohort.eligible.n, 1);
    assert_string_equal(young->cohort.eligible.items[0].text, "age < 40");
    assert_int_equal(young->cohort.arms.n, study->cohort.arms.n);
    assert_near(days->cohort.follow_up_days.value, 180, 0);
    assert_near(study->cohort.follow_up_days.value, 365, 0);
    assert_string_equal(days->sha256, study->sha256);
    study_free(study);
    study_free(young);
    study_free(days);
}

static void test_an_empty_value_takes_a_key_away(void **state)
{
    (void)state;
    struct study *bare = read_under(SOME, "bare");

    assert_int_equal(bare->cohort.strata.n, 0);
    assert_int_equal(bare->cohort.covariates.n, 0);
    study_free(bare);
}

static void assert_files(const char *profile, const char *episodes, const char *cohort, const char *outcomes)
{
    struct study *study = read_under(SOME, profile);

    assert_string_equal(study->files[STUDY_EPISODES], episodes);
    assert_string_equal(study->files[STUDY_COHORT], cohort);
    assert_string_equal(study->files[STUDY_OUTCOMES], outcomes);
    study_free(study);
}

static void test_what_a_profile_leaves_as_it_is_is_computed_once(void **state)
{
    (void)state;
    assert_files(NULL, "episodes.h5", "cohort.h5", "outcomes.h5");
    assert_files("young", "episodes.h5", "cohort.young.h5", "outcomes.young.h5");
    assert_files("same", "episodes.h5", "cohort.young.h5", "outcomes.young.h5");
    assert_files("days", "episodes.days.h5", "cohort.days.h5", "outcomes.days.h5"); /* linking reads follow_up */
    assert_files("loss", "episodes.h5", "cohort.h5", "outcomes.loss.h5");
}

static void test_only_the_maker_of_a_file_makes_it(void **state)
{
    (void)state;
    struct study *young = read_under(SOME, "young"), *same = read_under(SOME, "same");

    assert_true(young->shares[STUDY_EPISODES]);
    assert_false(young->shares[STUDY_COHORT]);
    assert_true(same->shares[STUDY_COHORT]);
    study_free(young);
    study_free(same);
}

static void assert_told(const char *profiles, const char *expected)
{
    char *text = with_profiles(profiles);

    assert_study_told(text, GOOD_CODEBOOK, expected);
    free(text);
}

static void test_mistakes_are_told_at_the_line_of_the_profile(void **state)
{
    (void)state;
    char *text = with_profiles("");
    size_t line = 1;
    char expected[1024];

    for (const char *c = text; *c != '\0'; c++)
        line += *c == '\n';
    free(text);
    snprintf(expected, sizeof expected,
             "error: study.yaml:%zu:39: column 'plan' has no label 'shrot'; did you mean 'short'?\n"
             "error: study.yaml:%zu:3: profile 'typo': the study has mistakes under it\n", line + 1, line + 1);
    assert_told("profiles:\n  typo: {cohort: {eligible: [plan == 'shrot']}}\n", expected);
    snprintf(expected, sizeof expected,
             "error: study.yaml:%zu:10: unknown key 'cohrot'; did you mean 'cohort'?\n"
             "error: study.yaml:%zu:3: profile 'typo': the study has mistakes under it\n", line + 1, line + 1);
    assert_told("profiles:\n  typo: {cohrot: {unit: x}}\n", expected);
}

static void test_what_is_read_cannot_change_with_a_profile(void **state)
{
    (void)state;
    capture_start();
    struct study *study = read_under("profiles:\n  other: {tables: {clients: {file: other.csv}}, privacy: {basis: expert}}\n", NULL);
    const char *told = capture_end();

    assert_null(study);
    assert_non_null(strstr(told, "profiles: 'file' decides what is read or who may read it"));
    assert_non_null(strstr(told, "profiles: 'privacy' decides what is read or who may read it"));
}

static void test_a_profile_that_is_not_there_is_told(void **state)
{
    (void)state;
    capture_start();
    assert_null(read_under(SOME, "old"));
    assert_string_equal(capture_end(), "error: study.yaml: there is no profile 'old'\n");
}

static void test_a_profile_without_keys_is_a_mistake(void **state)
{
    (void)state;
    capture_start();
    struct study *study = read_under("profiles: {none: 3}\n", NULL);
    const char *told = capture_end();

    assert_null(study);
    assert_non_null(strstr(told, "profiles: the keys that profile 'none' changes were expected"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_keys_go_into_each_other_and_the_rest_is_replaced),
        IN_FOLDER(test_an_empty_value_takes_a_key_away),
        IN_FOLDER(test_what_a_profile_leaves_as_it_is_is_computed_once),
        IN_FOLDER(test_only_the_maker_of_a_file_makes_it),
        IN_FOLDER(test_mistakes_are_told_at_the_line_of_the_profile),
        IN_FOLDER(test_what_is_read_cannot_change_with_a_profile),
        IN_FOLDER(test_a_profile_that_is_not_there_is_told),
        IN_FOLDER(test_a_profile_without_keys_is_a_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
