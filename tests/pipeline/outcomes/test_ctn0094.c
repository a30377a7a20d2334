/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Relapse in X:BOT and retention in START, person by person, against answers that were computed apart from this program
 * from the rules as they are written (datasets/ctn0094/README.md).
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"
#include "tests/support/scratch.h"

static void run_stage(const char *stage, const char *study, const char *out)
{
    const char *build = getenv("BUILD");
    char program[512];
    char *const argv[] = {program, (char *)stage, (char *)"-q", (char *)"-o", (char *)out, (char *)study, NULL};
    int status;
    pid_t child;

    snprintf(program, sizeof program, "%s/bin/stepdown", build != NULL ? build : "build");
    assert_int_equal(posix_spawn(&child, program, NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

struct run {
    char *folder;
    struct table *people, *cohort;
};

static struct run run_study(const char *study)
{
    static const char *const stages[] = {"ingest", "episodes", "cohort", "outcomes"};
    struct run run = {.folder = scratch_folder()};

    for (size_t k = 0; k < sizeof stages / sizeof stages[0]; k++)
        run_stage(stages[k], study, run.folder);
    run.people = store_read_table(scratch_path(run.folder, "work/records.h5"), "clients");
    run.cohort = store_read_table(scratch_path(run.folder, "work/cohort.h5"), "cohort");
    assert_non_null(run.people);
    assert_non_null(run.cohort);
    return run;
}

static void end_run(struct run *run)
{
    table_free(run->people);
    table_free(run->cohort);
    scratch_remove(run->folder);
}

static struct table *outcome_of(const struct run *run, const char *outcome)
{
    struct table *table = store_read_table(scratch_path(run->folder, "work/outcomes.h5"), outcome);

    assert_non_null(table);
    assert_int_equal(table->n_rows, run->cohort->n_rows);
    return table;
}

/* The row of the answers about a person of the cohort; the answers are in the order of the ids. */
static size_t answer_of(const struct run *run, size_t i, const struct reference *answers)
{
    const size_t record = (size_t)column_integer(table_column(run->cohort, "record"), i);
    const int64_t id = column_integer(table_column(run->people, "id"), record);
    size_t low = 0, high = answers->n_rows;

    while (low + 1 < high) {
        const size_t middle = low + (high - low) / 2;
        if (reference_count(answers, middle, "id") <= id)
            low = middle;
        else
            high = middle;
    }
    assert_int_equal(reference_count(answers, low, "id"), id);
    return low;
}

/* Compares one column with one of the answers and says how many cells were compared. */
static void assert_equal_cells(const struct run *run, const char *outcome, const char *column,
                               const struct reference *answers, const char *answer)
{
    struct table *table = outcome_of(run, outcome);
    const struct column *ours = table_column(table, column);
    size_t n_different = 0;

    assert_non_null(ours);
    assert_int_equal(table->n_rows, answers->n_rows);
    for (size_t i = 0; i < table->n_rows; i++) {
        const size_t row = answer_of(run, i, answers);
        const double theirs = reference_value(answers, row, answer);
        if (column_real(ours, i) != theirs && n_different++ < 5)
            print_error("%s.%s of person %lld: ours %g, theirs %g\n", outcome, column,
                        (long long)reference_count(answers, row, "id"), column_real(ours, i), theirs);
    }
    print_message("%s.%s: %zu cells compared with %s, %zu differ\n", outcome, column, table->n_rows, answer, n_different);
    assert_int_equal(n_different, 0);
    table_free(table);
}

static void test_relapse_in_xbot_is_equal_in_all_570_people(void **state)
{
    (void)state;
    struct run run = run_study("datasets/ctn0094/xbot.yaml");
    struct reference *answers = reference_read("tests/reference/ctn0094_xbot_episodes.csv");

    assert_non_null(answers);
    assert_int_equal(answers->n_rows, 570);
    assert_equal_cells(&run, "outcome/inducted", "cause", answers, "inducted");
    assert_equal_cells(&run, "outcome/rule_a", "time", answers, "time_a");
    assert_equal_cells(&run, "outcome/rule_a", "cause", answers, "event_a");
    assert_equal_cells(&run, "outcome/rule_b", "time", answers, "time_b");
    assert_equal_cells(&run, "outcome/rule_b", "cause", answers, "event_b");
    reference_free(answers);
    end_run(&run);
}

static void test_retention_in_start_is_equal_in_all_1269_people(void **state)
{
    (void)state;
    struct run run = run_study("datasets/ctn0094/start.yaml");
    struct reference *answers = reference_read("tests/reference/ctn0094_start_episodes.csv");

    assert_non_null(answers);
    assert_int_equal(answers->n_rows, 1269);
    assert_equal_cells(&run, "outcome/retention", "time", answers, "time");
    assert_equal_cells(&run, "outcome/retention", "cause", answers, "event");
    reference_free(answers);
    end_run(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relapse_in_xbot_is_equal_in_all_570_people),
        cmocka_unit_test(test_retention_in_start_is_equal_in_all_1269_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
