/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/ranges.h"

#include "compare/estimates.h"
#include "tests/pipeline/support/small_study.h"

static const char columns[] = "  arm: {type: category, codes: {1: a, 2: b}}\n  x: {type: integer, range: [0, 9]}\n";
static const char study[] = "cohort:\n  arms: {a: \"arm == 'a'\", b: \"arm == 'b'\"}\n  reference: b\n"
                            "outcomes:\n  one: {event: \"x > 1\", event_is: bad}\n  two: {event: \"x > 2\", event_is: bad}\n"
                            "  three: {event: \"x > 3\", event_is: bad}\n"
                            "compare:\n  - {analysis: grid, outcomes: [one, two, three], measures: [risk_difference], range: yes}\n"
                            "  - {analysis: plain, outcomes: [one, two], measures: [risk_difference]}\n";

static void add(struct table *estimates, const char *analysis, const char *outcome, enum measure measure,
                const char *reference, double estimate)
{
    struct estimate row = ESTIMATE_NONE;

    row.analysis = analysis;
    row.outcome = outcome;
    row.population = "all";
    row.adjustment = "unadjusted";
    row.measure = measure;
    row.arm = "a";
    row.reference = reference;
    row.estimate = estimate;
    assert_int_equal(estimates_add(estimates, &row), 0);
}

static void assert_text(const struct table *table, const char *column, const char *wanted)
{
    size_t n;
    const char *text = column_text(table_column(table, column), 0, &n);

    assert_int_equal(n, strlen(wanted));
    assert_memory_equal(text, wanted, n);
}

static void test_the_lowest_and_the_highest_definition_are_named(void **state)
{
    (void)state;
    struct small_study small = small_study_open(columns, "", study, "1,2\n2,3\n");
    struct table *estimates = estimates_alloc(), *ranges;

    add(estimates, "grid", "one", MEASURE_risk_difference, "b", 0.11);
    add(estimates, "grid", "one", MEASURE_risk, "", 0.9);
    add(estimates, "grid", "two", MEASURE_risk_difference, "b", -0.07);
    add(estimates, "grid", "two", MEASURE_chi_square_test, "b", NAN);
    add(estimates, "grid", "three", MEASURE_risk_difference, "b", NAN);
    add(estimates, "plain", "one", MEASURE_risk_difference, "b", 0.5);
    assert_non_null(ranges = ranges_table(small.study, estimates));
    assert_int_equal(ranges->n_rows, 1); /* not of single arms, of tests, or of analyses that do not ask */
    assert_text(ranges, "analysis", "grid");
    assert_text(ranges, "lowest_outcome", "two");
    assert_text(ranges, "highest_outcome", "one");
    assert_near(column_real(table_column(ranges, "lowest"), 0), -0.07, 0);
    assert_near(column_real(table_column(ranges, "highest"), 0), 0.11, 0);
    assert_int_equal(column_integer(table_column(ranges, "n_definitions"), 0), 3);
    assert_int_equal(column_integer(table_column(ranges, "n_undefined"), 0), 1);
    table_free(ranges);
    table_free(estimates);
    small_study_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_lowest_and_the_highest_definition_are_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
