/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion by its four named rules, on one person of each kind. */
#include "outcomes/outcome.h"
#include "outcomes/summary.h"
#include "tests/pipeline/support/small_study.h"

static const char columns[] =
    "  arm: {type: category, codes: {1: iop, 2: inpatient}}\n"
    "  why: {type: category, codes: {1: done, 2: gone, 3: expelled, 4: moved on, 5: jailed, 6: died}}\n";

static const char study[] =
    "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n  reference: inpatient\n"
    "outcomes:\n  it: {completion: %s, reason: why, completed: done, dropped_out: gone, terminated: expelled,\n"
    "       transferred: moved on, other: [jailed, died], event_is: good}\n"
    "compare: [{outcomes: [it], measures: [risk_difference]}]\n";

static const char lines[] = "1,1\n1,2\n1,3\n1,4\n2,5\n2,6\n2,\n";

enum { E = 1, N = 0, OUT = -1 };

static void assert_rule(const char *rule, const int wanted[6], bool descriptive)
{
    char text[1024];
    snprintf(text, sizeof text, study, rule);
    struct small_study small = small_study_open(columns, "", text, lines);
    struct table *cohort = table_alloc("cohort", ""), *outcome,
                 *summary = outcomes_summary(small.study, study_main_table(small.study)->codebook);
    size_t n;

    assert_non_null(table_add_column(cohort, "record", COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(cohort, 7), 0);
    for (size_t i = 0; i < 7; i++)
        column_set_integer(table_column(cohort, "record"), i, (int64_t)i);
    const struct outcome_input input = {.study = small.study, .outcome = &small.study->outcomes[0], .records = small.records,
                                        .record = table_column(cohort, "record"), .n = 7, .n_threads = 1};
    assert_non_null(outcome = outcome_compute(&input));
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(column_code(table_column(outcome, "loss"), i), wanted[i] == OUT ? LOSS_EXCLUDED : LOSS_NONE);
        if (wanted[i] != OUT)
            assert_int_equal(column_integer(table_column(outcome, "cause"), i), wanted[i]);
    }
    assert_int_equal(column_code(table_column(outcome, "loss"), 6), LOSS_REASON_MISSING);
    assert_int_equal(column_integer(table_column(summary, "descriptive"), 0), descriptive);
    const char *definition = column_text(table_column(summary, "definition"), 0, &n);
    assert_true(n > strlen(rule) && memmem(definition, n, rule, strlen(rule)) != NULL); /* the choice is named */
    table_free(summary);
    table_free(outcome);
    table_free(cohort);
    small_study_close(&small);
}

static void test_four_rules_count_the_same_reasons_differently(void **state)
{
    (void)state;
    /*                                                       done gone expelled moved on jailed died */
    assert_rule("completed", (const int[]){E, N, N, N, N, N}, false);
    assert_rule("completed_or_transferred", (const int[]){E, N, N, E, N, N}, false);
    assert_rule("completed_v_dropout", (const int[]){E, N, OUT, OUT, OUT, OUT}, true);
    assert_rule("completed_v_dropout_or_terminated", (const int[]){E, N, N, OUT, OUT, OUT}, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_four_rules_count_the_same_reasons_differently)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
