/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cells.h"
#include "compare/estimates.h"
#include "compare/published.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

static struct table *two_estimates(void)
{
    struct table *estimates = estimates_alloc();
    struct estimate row = ESTIMATE_NONE;

    assert_non_null(estimates);
    row.outcome = "completed";
    row.measure = MEASURE_risk;
    row.arm = "iop";
    row.estimate = 0.37678;
    row.conf_low = 0.3740;
    row.conf_high = 0.3796;
    row.n = 1000;
    row.n_event = 377;
    row.method = "events/n; Wilson limits";
    assert_int_equal(estimates_add(estimates, &row), 0);
    row.arm = "hospital";
    row.estimate = 0.6927;
    row.n = 200;
    row.n_event = 139;
    assert_int_equal(estimates_add(estimates, &row), 0);
    return estimates;
}

/* Matches one file; returns what was told. */
static const char *match(const char *text, struct table **published, int *status)
{
    struct table *estimates = two_estimates();
    char *folder = scratch_folder();

    scratch_write(scratch_path(folder, "published.csv"), text);
    assert_non_null(*published = published_alloc());
    capture_start();
    *status = published_match(scratch_path(folder, "published.csv"), estimates, *published);
    const char *told = capture_end();
    scratch_remove(folder);
    table_free(estimates);
    return told;
}

static void assert_match(const struct table *published, size_t row, const char *expected)
{
    size_t n;
    const char *text = column_text(table_column(published, "match"), row, &n);

    assert_int_equal(n, strlen(expected));
    assert_memory_equal(text, expected, n);
}

static void test_each_printed_number_finds_its_estimate(void **state)
{
    (void)state;
    struct table *published;
    int status;

    match("measure,arm,printed,printed_low,printed_high\n"
          "risk,iop,37.7%,37.4%,38.0%\n"
          "risk,iop,37.7%,37.5%,\n"
          "risk,hospital,0.70,,\n"
          "risk,long_term,42.9%,,\n",
          &published, &status);
    assert_int_equal(status, 0);
    assert_match(published, 0, "matches");
    assert_match(published, 1, "differs"); /* the estimate matches, its lower limit does not */
    assert_match(published, 2, "differs");
    assert_match(published, 3, "not_computable");
    assert_near(column_real(table_column(published, "recomputed"), 0), 37.678, 1e-15);
    assert_near(column_real(table_column(published, "difference"), 2), 0.6927 - 0.70, 1e-12);
    assert_true(isnan(column_real(table_column(published, "recomputed"), 3)));
    table_free(published);
}

static void test_the_arms_together_add_their_counts(void **state)
{
    (void)state;
    struct table *published;
    int status;

    match("measure,arm,printed,printed_low\nrisk,*,43%,\nrisk_difference,*,0.1,\n", &published, &status);
    assert_int_equal(status, 0);
    assert_match(published, 0, "matches");
    assert_match(published, 1, "not_computable");
    assert_near(column_real(table_column(published, "recomputed"), 0), 100. * 516 / 1200, 1e-14);
    table_free(published);
}

static void test_within_the_tolerance_is_a_match(void **state)
{
    (void)state;
    struct table *published;
    int status;

    match("measure,arm,printed,printed_low,printed_high,tolerance\n"
          "risk,iop,38.7%,,,1.1\n"
          "risk,iop,38.7%,,,1\n"
          "risk,iop,37.7%,37.0%,38.0%,0.5\n",
          &published, &status);
    assert_int_equal(status, 0);
    assert_match(published, 0, "matches");
    assert_match(published, 1, "differs");
    assert_match(published, 2, "matches"); /* the lower limit lies 0.4 from ours */
    table_free(published);
}

static void test_only_a_number_expected_to_match_surprises(void **state)
{
    (void)state;
    struct table *published;
    int status;

    match("measure,arm,printed,expected,note\n"
          "risk,iop,37.7%,,\n"
          "risk,iop,38%,,\n"
          "risk,iop,39%,matches,\n"
          "risk,iop,39%,differs,another count\n"
          "risk,long_term,1%,not_computable,no such arm\n"
          "risk,long_term,1%,,\n",
          &published, &status);
    assert_int_equal(status, 0);
    const bool surprises[] = {false, false, true, false, false, true};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(published_surprises(published, i), surprises[i]);
    table_free(published);
}

static void test_a_finished_table_is_matched_anew(void **state)
{
    (void)state;
    static const char *const all[] = {"measure", "arm", "printed", "printed_low", "tolerance", "recomputed", "difference",
                                      "match",   NULL};
    struct table *published, *again = published_alloc(), *estimates = two_estimates();
    int status;

    match("measure,arm,printed,printed_low\nrisk,iop,37.7%,37.4%\nrisk,*,43%,\nrisk,hospital,0.70,\n", &published, &status);
    assert_int_equal(status, 0);
    assert_int_equal(published_match_again("results.h5", published, estimates, again), 0);
    assert_int_equal(again->n_rows, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(cells_agree(published, i, again, i, all));
    table_free(estimates);
    table_free(again);
    table_free(published);
}

static void assert_refused(const char *text, const char *message)
{
    struct table *published;
    int status;
    const char *told = match(text, &published, &status);

    assert_int_equal(status, -1);
    if (strstr(told, message) == NULL)
        print_error("told: %s\n", told);
    assert_non_null(strstr(told, message));
    table_free(published);
}

static void test_faults_are_told_with_their_line(void **state)
{
    (void)state;
    assert_refused("measure,printed\nrisk,1\n", "published.csv:2: more than one estimate fits this key");
    assert_refused("measure,printed,arn\nrisk,1,iop\n", "did you mean 'arm'?");
    assert_refused("measure,arm\nrisk,iop\n", "the columns 'measure' and 'printed' are needed");
    assert_refused("measure,arm,printed\nrisk,iop,about a third\n", "(printed): a number as printed");
    assert_refused("measure,arm,printed\nrisc,iop,1\n", "(measure): a measure of the manual was expected");
    assert_refused("measure,arm,printed,tolerance\nrisk,iop,1,some\n", "(tolerance): a number from 0");
    assert_refused("measure,arm,printed,tolerance\nrisk,iop,1,-1\n", "(tolerance): a number from 0");
    assert_refused("measure,arm,printed,expected\nrisk,iop,1,maybe\n", "(expected): matches, differs or not_computable");
    assert_refused("measure,arm,printed,expected\nrisk,iop,1,differs\n", "(note): the reason why");
    assert_refused("measure,arm,printed\nrisk,iop\n", "published.csv:2: 3 cells were expected");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_printed_number_finds_its_estimate),
        cmocka_unit_test(test_the_arms_together_add_their_counts),
        cmocka_unit_test(test_within_the_tolerance_is_a_match),
        cmocka_unit_test(test_only_a_number_expected_to_match_surprises),
        cmocka_unit_test(test_a_finished_table_is_matched_anew),
        cmocka_unit_test(test_faults_are_told_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
