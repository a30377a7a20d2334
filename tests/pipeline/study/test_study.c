/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/study.h"

#include "base/sha256.h"
#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"

static struct study *read_good(void)
{
    struct study *study;

    scratch_write("study.yaml", GOOD_STUDY);
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    study = study_read("study.yaml", NULL);
    assert_non_null(study);
    return study;
}

static void assert_place(struct study_place place, size_t line, size_t column)
{
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
}

static void test_head_is_read_with_its_places(void **state)
{
    struct study *study = read_good();
    char sha256[SHA256_HEX_SIZE];

    (void)state;
    assert_string_equal(study->path, "study.yaml");
    assert_string_equal(study->text, GOOD_STUDY);
    assert_int_equal(study->text_length, strlen(GOOD_STUDY));
    assert_int_equal(sha256_bytes(GOOD_STUDY, strlen(GOOD_STUDY), sha256), 0);
    assert_string_equal(study->sha256, sha256);
    assert_string_equal(study->name.text, "iop-vs-inpatient");
    assert_place(study->name.place, 1, 8);
    assert_string_equal(study->title.text, "Short or long");
    assert_int_equal(study->seed, 20261121);
    assert_string_equal(study->registered_where.text, "osf.io/abcde");
    assert_string_equal(study->registered_date.text, "2026-01-15");
    assert_int_equal(study->basis, BASIS_PUBLIC);
    assert_int_equal(study->disclosure_threshold, 0);
    assert_string_equal(study->disclosure_because.text, "public-use data");
    assert_int_equal(study->caveats.n, 1);
    assert_string_equal(study->caveats.items[0].text, "Discharges are counted and not people.");
    assert_string_equal(study->published.text, "published.csv");
    study_free(study);
}

static void test_table_is_read_with_its_codebook(void **state)
{
    struct study *study = read_good();
    const struct study_table *table = study_main_table(study);
    char *path;

    (void)state;
    assert_int_equal(study->n_tables, 1);
    assert_ptr_equal(table, study_find_table(study, ROLE_CLIENTS));
    assert_null(study_find_table(study, ROLE_EPISODES));
    assert_string_equal(table_role_name(table->role), "clients");
    assert_int_equal(table->files.n, 2);
    assert_string_equal(table->files.items[1].text, "more.csv.gz");
    assert_string_equal(table->codebook->name, "example");
    assert_null(table->person.text);
    assert_string_equal(table->weight.text, "n");
    assert_string_equal(table->programme.text, "site");
    assert_place(table->place, 8, 5);
    path = study_path(study, table->files.items[0].text);
    assert_string_equal(path, "data.csv");
    free(path);
    study_free(study);
}

static void test_cohort_is_read(void **state)
{
    struct study *study = read_good();

    (void)state;
    assert_string_equal(study->cohort.unit.text, "discharge");
    assert_int_equal(study->cohort.eligible.n, 2);
    assert_string_equal(study->cohort.eligible.items[0].text, "age >= 18");
    assert_place(study->cohort.eligible.items[0].place, 15, 7);
    assert_null(study->cohort.eligible_post_baseline.items[0].text);
    assert_string_equal(study->cohort.eligible_post_baseline.items[1].text, "came at least once");
    assert_int_equal(study->cohort.arms.n, 3);
    assert_string_equal(study->cohort.arms.items[0].name.text, "iop");
    assert_string_equal(study->cohort.arms.items[0].when.text, "arm == 'iop'");
    assert_place(study->cohort.arms.items[0].when.place, 18, 11); /* the character behind the quote */
    assert_string_equal(study->cohort.arms.items[2].when.text, "arm == 'inpatient'");
    assert_int_equal(study->cohort.references.n, 1);
    assert_string_equal(study->cohort.references.items[0].text, "inpatient");
    assert_int_equal(study->cohort.populations.n, 2);
    assert_string_equal(study->cohort.populations.items[0].when.text, "true");
    assert_string_equal(study->cohort.populations.items[1].post_baseline.text, "sensitivity");
    assert_int_equal(study->cohort.covariates.n, 2);
    assert_string_equal(study->cohort.covariates.items[1].text, "days");
    assert_null(study->cohort.covariates_post_baseline.items[0].text);
    assert_string_equal(study->cohort.covariates_post_baseline.items[1].text, "shown only");
    assert_string_equal(study->cohort.strata.items[0].text, "site");
    assert_true(study->cohort.follow_up_days.given);
    assert_near(study->cohort.follow_up_days.value, 365, 0);
    study_free(study);
}

static void test_outcomes_are_read_by_their_keys(void **state)
{
    struct study *study = read_good();
    const struct study_outcome *outcome = study->outcomes;

    (void)state;
    assert_int_equal(study->n_outcomes, 5);
    assert_int_equal(outcome[0].rule, OUTCOME_GIVEN);
    assert_string_equal(outcome[0].time.text, "days");
    assert_string_equal(outcome[0].event.text, "status == 1");
    assert_null(outcome[0].entry.text); /* entry: 0 is no column */
    assert_string_equal(outcome[0].competing_if.items[0].name.text, "death");
    assert_string_equal(outcome[0].label.text, "relapse");
    assert_true(outcome[0].event_is_bad);
    assert_int_equal(outcome[1].rule, OUTCOME_RETENTION);
    assert_int_equal(outcome[1].completed, COMPLETED_RETAINED);
    assert_string_equal(outcome[1].time.text, "los");
    assert_string_equal(outcome[1].completed_if.text, "plan == 'short' and los >= 90");
    assert_false(outcome[1].planned_equal);
    assert_int_equal(outcome[2].rule, OUTCOME_REASON);
    assert_null(outcome[2].time.text);
    assert_false(outcome[2].event_is_bad);
    assert_int_equal(outcome[2].event_reasons.n, 1);
    assert_int_equal(outcome[2].no_event_reasons.n, 2);
    assert_string_equal(outcome[2].exclude_reasons.items[0].text, "died");
    assert_int_equal(outcome[3].rule, OUTCOME_REASON);
    assert_string_equal(outcome[3].time.text, "los");
    assert_string_equal(outcome[3].censor_reasons.items[0].text, "died");
    assert_string_equal(outcome[3].because.text, "coded by hand");
    assert_string_equal(outcome[3].label.text, "Left");
    assert_int_equal(outcome[4].rule, OUTCOME_GIVEN);
    assert_null(outcome[4].time.text);
    study_free(study);
}

static void test_analyses_are_read_with_defaults(void **state)
{
    struct study *study = read_good();
    const struct study_analysis *first = &study->analyses[0];
    const struct study_analysis *second = &study->analyses[1];

    (void)state;
    assert_int_equal(study->n_analyses, 2);
    assert_string_equal(first->name.text, "main");
    assert_int_equal(first->n_outcomes, 2);
    assert_int_equal(first->outcomes[1], 1);
    assert_int_equal(first->n_measures, 5);
    assert_int_equal(first->measures[4], MEASURE_risk_ratio);
    assert_int_equal(first->at.n, 2);
    assert_near(first->at.values[0], 90, 0); /* ascending, however it is written */
    assert_near(first->at.values[1], 180, 0);
    assert_int_equal(first->at_least.n, 1);
    assert_near(first->tau.value, 365, 0);
    assert_int_equal(first->quantiles.n, 1);
    assert_near(first->quantiles.values[0], 0.5, 0);
    assert_int_equal(first->populations.n, 0);
    assert_int_equal(first->references.n, 0);
    assert_string_equal(first->conf_type.text, "log-log");
    assert_string_equal(second->name.text, "ended");
    assert_int_equal(second->outcomes[0], 2);
    assert_string_equal(second->populations.items[0].text, "itt");
    assert_string_equal(second->references.items[0].text, "php");
    assert_string_equal(second->conf_type.text, "plain");
    assert_int_equal(second->n_margins, 0);
    study_free(study);
}

static void test_margins_and_primary_are_read(void **state)
{
    struct study *study = read_good();
    const struct study_margin *margin = study->analyses[0].margins;

    (void)state;
    assert_int_equal(study->analyses[0].n_margins, 2);
    assert_int_equal(margin[0].outcome, 0);
    assert_int_equal(margin[0].measure, MEASURE_risk_difference);
    assert_near(margin[0].at.value, 180, 0);
    assert_false(margin[0].at_least);
    assert_near(margin[0].margin, 0.1, 0);
    assert_string_equal(margin[0].because.text, "ok");
    assert_string_equal(margin[0].role.text, "primary");
    assert_null(margin[0].population.text);
    assert_true(margin[1].at_least);
    assert_near(margin[1].at.value, 90, 0);
    assert_string_equal(margin[1].role.text, "secondary");
    assert_string_equal(margin[1].population.text, "itt");
    assert_true(study->primary.given);
    assert_int_equal(study->primary.outcome, 0);
    assert_int_equal(study->primary.measure, MEASURE_risk_difference);
    assert_near(study->primary.at.value, 180, 0);
    assert_string_equal(study->primary.population.text, "itt");
    assert_null(study->primary.arm.text);
    study_free(study);
}

static void test_what_is_not_written_has_its_default(void **state)
{
    static const char SMALL[] =
        "study: small\n"
        "tables: {clients: {file: data.csv, codebook: codebook.yaml}}\n"
        "cohort: {arms: {a: arm == 'iop', b: arm == 'php'}, reference: b}\n"
        "outcomes: {o: {time: days, event: status == 1, event_is: bad}}\n"
        "compare: [{outcomes: o, measures: logrank_test}, {outcomes: [o], measures: [logrank_test]}]\n";
    struct study *study;

    (void)state;
    scratch_write("study.yaml", SMALL);
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    study = study_read("study.yaml", NULL);
    assert_non_null(study);
    assert_string_equal(study->title.text, "small");
    assert_int_equal(study->seed, 0);
    assert_int_equal(study->basis, BASIS_UNDECLARED);
    assert_int_equal(study_main_table(study)->role, ROLE_CLIENTS);
    assert_int_equal(study->disclosure_threshold, 11);
    assert_string_equal(study->cohort.unit.text, "person");
    assert_int_equal(study->cohort.eligible.n, 0);
    assert_int_equal(study->cohort.populations.n, 1);
    assert_string_equal(study->cohort.populations.items[0].name.text, "all");
    assert_string_equal(study->cohort.populations.items[0].when.text, "true");
    assert_false(study->cohort.follow_up_days.given);
    assert_string_equal(study->analyses[0].name.text, "main");
    assert_string_equal(study->analyses[1].name.text, "analysis-2");
    assert_false(study->primary.given);
    assert_null(study->published.text);
    study_free(study);
}

static void test_columns_of_outcomes_are_dated_after_time_zero(void **state)
{
    struct study *study = read_good();

    (void)state;
    assert_true(study_is_post_baseline(study, "los"));    /* known: after */
    assert_true(study_is_post_baseline(study, "days"));   /* the time of an outcome */
    assert_true(study_is_post_baseline(study, "ended"));  /* its reason */
    assert_true(study_is_post_baseline(study, "status")); /* in its condition */
    assert_false(study_is_post_baseline(study, "plan"));  /* in its condition, but known: before */
    assert_false(study_is_post_baseline(study, "age"));
    assert_false(study_is_post_baseline(study, "no such column"));
    study_free(study);
}

static void test_a_block_of_text_becomes_one_line(void **state)
{
    char *text = replaced(GOOD_STUDY, "title: Short or long\n", "title: >\n  Short\n  or long\n\n");
    struct study *study;

    (void)state;
    scratch_write("study.yaml", text);
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    study = study_read("study.yaml", NULL);
    assert_non_null(study);
    assert_string_equal(study->title.text, "Short or long");
    study_free(study);
    free(text);
}

static void test_absolute_paths_are_for_who_allows_them(void **state)
{
    const struct study_options options = {.allow_absolute = true};
    char *text = replaced(GOOD_STUDY, "[data.csv, more.csv.gz]", "/srv/data.csv");
    struct study *study;
    char *path;

    (void)state;
    scratch_write("study.yaml", text);
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    study = study_read("study.yaml", &options);
    assert_non_null(study);
    path = study_path(study, study->tables[0].files.items[0].text);
    assert_string_equal(path, "/srv/data.csv");
    free(path);
    study_free(study);
    capture_start();
    study = study_read("study.yaml", NULL);
    assert_non_null(strstr(capture_end(), "error: study.yaml:8:11: file: the path "));
    assert_null(study);
    free(text);
}

static void test_a_stage_can_point_at_the_study(void **state)
{
    struct study *study = read_good();

    (void)state;
    capture_start();
    assert_int_equal(study_fail(study, study->cohort.arms.items[1].when.place, "arm '%s' is empty", "php"), -1);
    assert_string_equal(capture_end(), "error: study.yaml:19:11: arm 'php' is empty\n");
    study_free(study);
}

static void test_freeing_nothing_is_fine(void **state)
{
    (void)state;
    study_free(NULL);
    codebook_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head_is_read_with_its_places),
        cmocka_unit_test(test_table_is_read_with_its_codebook),
        cmocka_unit_test(test_cohort_is_read),
        cmocka_unit_test(test_outcomes_are_read_by_their_keys),
        cmocka_unit_test(test_analyses_are_read_with_defaults),
        cmocka_unit_test(test_margins_and_primary_are_read),
        cmocka_unit_test(test_what_is_not_written_has_its_default),
        cmocka_unit_test(test_columns_of_outcomes_are_dated_after_time_zero),
        cmocka_unit_test(test_a_block_of_text_becomes_one_line),
        cmocka_unit_test(test_absolute_paths_are_for_who_allows_them),
        cmocka_unit_test(test_a_stage_can_point_at_the_study),
        cmocka_unit_test(test_freeing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
