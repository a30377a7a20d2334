/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Length of stay in intervals, as TEDS has it: exact to day 30, then classes. */
#include <math.h>

#include "outcomes/outcome.h"
#include "tests/pipeline/support/small_study.h"

static const char columns[] =
    "  arm: {type: category, codes: {1: iop, 2: inpatient}}\n"
    "  los: {type: integer, range: [1, 37], units: days, intervals: {31: [31, 45], 32: [46, 60], 33: [61, 90], 37: [366, "
    "open]}}\n"
    "  plan: {type: integer, range: [0, 999], known: before}\n";

static const char study[] = "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n"
                            "  reference: inpatient\n%s"
                            "outcomes:\n  stay: {days_until: {interval: %s}, completed: left, event_is: bad}\n"
                            "compare: [{outcomes: [stay], measures: [%s], %s}]\n";

/* arm, los_low, los_high, plan: 12 days; 31 to 45; more than a year; missing */
static const char lines[] = "1,12,12,30\n1,31,45,30\n2,366,,30\n2,,,30\n";

static void test_an_interval_is_handed_on_and_never_a_midpoint(void **state)
{
    (void)state;
    char text[1024];
    snprintf(text, sizeof text, study, "", "los", "risk_difference", "at: [12, 30, 45, 60, 90]");
    struct small_study small = small_study_open(columns, "", text, lines);
    struct table *cohort = table_alloc("cohort", ""), *outcome;

    assert_non_null(table_add_column(cohort, "record", COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(cohort, 4), 0);
    for (size_t i = 0; i < 4; i++)
        column_set_integer(table_column(cohort, "record"), i, (int64_t)i);
    const struct outcome_input input = {
        .study = small.study, .outcome = &small.study->outcomes[0], .records = small.records,
        .record = table_column(cohort, "record"), .n = 4, .n_threads = 1};
    assert_non_null(outcome = outcome_compute(&input));
    const struct column *time = table_column(outcome, "time"), *low = table_column(outcome, "time_low"),
                        *high = table_column(outcome, "time_high"), *cause = table_column(outcome, "cause");
    assert_near(column_real(low, 0), 12, 0);
    assert_near(column_real(high, 0), 12, 0);
    assert_int_equal(column_integer(cause, 0), 1);
    assert_near(column_real(low, 1), 31, 0);
    assert_near(column_real(high, 1), 45, 0);
    assert_near(column_real(time, 1), 45, 0); /* left by day 45, had not left by day 30 */
    assert_near(column_real(low, 2), 366, 0);
    assert_true(isnan(column_real(high, 2)));
    assert_near(column_real(time, 2), 366, 0);
    assert_int_equal(column_integer(cause, 2), 0);
    assert_int_equal(column_code(table_column(outcome, "loss"), 3), LOSS_TIME_MISSING);
    table_free(outcome);
    table_free(cohort);
    small_study_close(&small);
}

static void assert_refused(const char *follow_up, const char *column, const char *measure, const char *days, const char *message)
{
    char text[2048], head[4096];
    char *folder = scratch_folder();

    snprintf(text, sizeof text, study, follow_up, column, measure, days);
    snprintf(head, sizeof head, "codebook: small\ncolumns:\n%s", columns);
    scratch_write(scratch_path(folder, "codebook.yaml"), head);
    snprintf(head, sizeof head,
             "study: small\nprivacy: {basis: public}\ntables:\n  clients: {file: data.csv, codebook: codebook.yaml}\n%s", text);
    scratch_write(scratch_path(folder, "study.yaml"), head);
    capture_start();
    struct study *read = study_read(scratch_path(folder, "study.yaml"), NULL);
    const char *told = capture_end();
    if (strstr(told, message) == NULL)
        print_error("told: %s\n", told);
    assert_null(read);
    assert_non_null(strstr(told, message));
    scratch_remove(folder);
}

static void test_retention_is_read_only_at_the_edges_of_intervals(void **state)
{
    (void)state;
    assert_refused("", "los", "risk_difference", "at: [40]",
                   "at: day 40 lies within the interval 31 to 45 of 'los_low', where nobody knows who had left; its edges are 30 "
                   "and 45");
    assert_refused("", "los", "risk_difference", "at: [30], at_least: [45]", "at_least: day 45 lies within the interval 31 to 45");
    assert_refused("", "los", "survival", "at: [366]",
                   "at: day 366 lies in the open interval from 366 of 'los_low'; it is read up to day 365");
    assert_refused("  follow_up: {days: 70}\n", "los", "survival", "at: [30]", "follow_up: day 70 lies within the interval 61 to 90");
}

static void test_what_needs_the_days_themselves_is_refused(void **state)
{
    (void)state;
    assert_refused("", "los", "rmst_difference", "tau: 90",
                   "measures: 'rmst_difference' needs the days themselves, and outcome 'stay' knows intervals alone");
    assert_refused("", "los", "logrank_test", "at: [30]", "measures: 'logrank_test' needs the days themselves");
    assert_refused("", "los}, completed: censor, completed_if: \"plan > 3\", event_is: bad}\n  b: {days_until: {interval: los",
                   "survival", "at: [30]", "completed: 'censor' is not available with days in intervals");
    assert_refused("", "plan", "survival", "at: [30]",
                   "interval: column 'plan' has no 'intervals' in its codebook; days that are exact are {column: plan}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_interval_is_handed_on_and_never_a_midpoint),
        cmocka_unit_test(test_retention_is_read_only_at_the_edges_of_intervals),
        cmocka_unit_test(test_what_needs_the_days_themselves_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
