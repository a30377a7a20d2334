/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a late time zero and clusters add to estimates and verdicts. */
#include "compare/conditional.h"
#include "compare/estimates.h"
#include "compare/results.h"
#include "tests/support/near.h"

#include <math.h>
#include <string.h>

static void add_row(struct table *table, double conf_low, const char *measure, const char *method)
{
    struct row_builder row = table_new_row(table);

    row_text(&row, "measure", measure);
    row_real(&row, "conf_low", conf_low);
    if (method != NULL)
        row_text(&row, "method", method);
    assert_int_equal(row_end(&row), 0);
}

static void assert_cell(const struct table *table, const char *column, size_t row, const char *expected)
{
    size_t n;
    const char *text = column_text(table_column(table, column), row, &n);

    assert_int_equal(n, strlen(expected));
    assert_memory_equal(text, expected, n);
}

static void test_a_late_time_zero_is_named_in_estimand_and_gate(void **state)
{
    (void)state;
    struct study study = {.cohort.time_zero = TIME_ZERO_LANDMARK, .cohort.landmark_days = 30};
    struct table *estimates = estimates_alloc(), *verdicts = verdicts_alloc();

    add_row(estimates, 0.1, "risk", "events/n");
    add_row(verdicts, 0.1, "risk_difference", NULL);
    row_text(&(struct row_builder){verdicts, 0, 0}, "gate", "unadjusted");
    assert_int_equal(conditional_mark(&study, estimates), 0);
    assert_int_equal(conditional_mark(&study, verdicts), 0);
    assert_cell(estimates, "estimand", 0, "conditional on treatment until day 30");
    assert_cell(verdicts, "gate", 0, "unadjusted; conditional on treatment until day 30");
    study.cohort.time_zero = TIME_ZERO_DISCHARGE;
    assert_int_equal(conditional_mark(&study, estimates), 0);
    assert_cell(estimates, "estimand", 0, "conditional on treatment until day 30; conditional on discharge");
    table_free(estimates);
    table_free(verdicts);
}

static void test_from_admission_on_nothing_is_conditional(void **state)
{
    (void)state;
    const struct study study = {.cohort.time_zero = TIME_ZERO_ADMISSION};
    struct table *estimates = estimates_alloc();

    add_row(estimates, 0.1, "risk", "events/n");
    assert_int_equal(conditional_mark(&study, estimates), 0);
    assert_int_equal(conditional_mark_clusters(&study, estimates), 0);
    assert_cell(estimates, "estimand", 0, "");
    assert_cell(estimates, "note", 0, "");
    table_free(estimates);
}

static void test_intervals_that_ignore_clusters_say_so(void **state)
{
    (void)state;
    const struct study study = {.cohort.index.every = true};
    struct table *estimates = estimates_alloc(), *verdicts = verdicts_alloc();

    add_row(estimates, 0.1, "risk", "events/n");
    add_row(estimates, 0.8, "hazard_ratio", "Cox, Efron ties; robust by cluster");
    add_row(estimates, (double)NAN, "chi_square_test", "Pearson");
    add_row(verdicts, 0.8, "hazard_ratio", NULL);
    add_row(verdicts, 0.1, "risk_difference", NULL);
    assert_int_equal(conditional_mark_clusters(&study, estimates), 0);
    assert_int_equal(conditional_mark_clusters(&study, verdicts), 0);
    assert_cell(estimates, "note", 0, "takes stays of one person as independent");
    assert_cell(estimates, "note", 1, "");
    assert_cell(estimates, "note", 2, "");
    assert_cell(verdicts, "gate", 0, "");
    assert_cell(verdicts, "gate", 1, "takes stays of one person as independent");
    table_free(estimates);
    table_free(verdicts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_late_time_zero_is_named_in_estimand_and_gate),
        cmocka_unit_test(test_from_admission_on_nothing_is_conditional),
        cmocka_unit_test(test_intervals_that_ignore_clusters_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
