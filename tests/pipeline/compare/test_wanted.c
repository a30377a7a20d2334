/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of numbers an analysis asks for, and rows of estimates that hold no infinite number. */
#include "compare/estimates.h"
#include "compare/wanted.h"
#include "tests/pipeline/compare/small_comparison.h"

static const char people[] = "1,5,,1,1,,\n1,12,,1,1,,\n2,7,,1,1,,\n2,12,,1,1,,\n";

static void assert_item(const struct wanted_list *list, size_t i, enum measure measure, double time, bool at_least)
{
    assert_true(i < list->n);
    assert_string_equal(measure_name(list->items[i].measure), measure_name(measure));
    assert_near(list->items[i].horizon.time, time, 0);
    assert_int_equal(list->items[i].horizon.at_least, at_least);
}

static struct wanted_list collect(struct small_study *small, size_t outcome)
{
    struct wanted_list list;

    assert_int_equal(wanted_collect(small->study, &small->study->analyses[0], outcome, &list), 0);
    return list;
}

static struct small_study open_study(const char *compare)
{
    char study[2048];

    snprintf(study, sizeof study,
             "%soutcomes:\n  relapse: {time: days, event: \"what == 1\", event_is: bad}\n"
             "  ever: {event: \"what == 1\", event_is: bad}\n%s",
             TWO_ARMS, compare);
    return small_study_open(small_columns, "", study, people);
}

static void test_parts_come_before_contrasts_and_tests_last_each_once(void **state)
{
    (void)state;
    struct small_study small = open_study(
        "compare: [{outcomes: [relapse], measures: [logrank_test, risk_difference, risk_ratio, risk, rmst_difference], "
        "at: [90, 180], at_least: [90], tau: 365}]\n");
    struct wanted_list list = collect(&small, 0);
    size_t i = 0;

    assert_item(&list, i++, MEASURE_rmst, 365, false);
    assert_item(&list, i++, MEASURE_risk, 90, false);
    assert_item(&list, i++, MEASURE_risk, 180, false);
    assert_item(&list, i++, MEASURE_risk, 90, true);
    assert_item(&list, i++, MEASURE_rmst_difference, 365, false);
    assert_item(&list, i++, MEASURE_risk_difference, 90, false);
    assert_item(&list, i++, MEASURE_risk_difference, 180, false);
    assert_item(&list, i++, MEASURE_risk_difference, 90, true);
    assert_item(&list, i++, MEASURE_risk_ratio, 90, false);
    assert_item(&list, i++, MEASURE_risk_ratio, 180, false);
    assert_item(&list, i++, MEASURE_risk_ratio, 90, true);
    assert_item(&list, i++, MEASURE_logrank_test, NAN, false);
    assert_int_equal(list.n, i);
    wanted_free(&list);
    small_study_close(&small);
}

static void test_an_outcome_without_a_time_is_read_on_no_day(void **state)
{
    (void)state;
    struct small_study small =
        open_study("compare: [{outcomes: [relapse, ever], measures: [risk_difference], at: [90, 180]}]\n");
    struct wanted_list list = collect(&small, 1);

    assert_item(&list, 0, MEASURE_risk, NAN, false);
    assert_item(&list, 1, MEASURE_risk_difference, NAN, false);
    assert_int_equal(list.n, 2);
    wanted_free(&list);
    small_study_close(&small);
}

static void test_a_margin_asks_for_nothing_twice_and_only_of_its_outcome(void **state)
{
    (void)state;
    struct small_study small =
        open_study("compare:\n  - outcomes: [relapse, ever]\n    measures: [risk_difference, rmst_difference]\n    at: "
                   "[90]\n    tau: 365\n"
                   "    non_inferiority:\n      - {outcome: relapse, measure: risk_difference, at: 90, margin: 0.1, "
                   "because: a test}\n"
                   "      - {outcome: relapse, measure: rmst_difference, margin: 10, because: a test}\n");
    struct wanted_list list = collect(&small, 0), other = collect(&small, 1);

    assert_int_equal(list.n, 4);
    assert_item(&list, 2, MEASURE_rmst_difference, 365, false);
    assert_int_equal(other.n, 4);
    wanted_free(&list);
    wanted_free(&other);
    small_study_close(&small);
}

static void test_the_median_is_the_quantile_unless_others_are_named(void **state)
{
    (void)state;
    struct small_study small = open_study("compare: [{outcomes: [relapse], measures: [quantile_time]}]\n"),
                       others = open_study(
                           "compare: [{outcomes: [relapse], measures: [quantile_time], quantiles: [0.25, 0.75]}]\n");
    struct wanted_list list = collect(&small, 0), more = collect(&others, 0);

    assert_int_equal(list.n, 1);
    assert_item(&list, 0, MEASURE_quantile_time, 0.5, false);
    assert_int_equal(more.n, 2);
    assert_item(&more, 1, MEASURE_quantile_time, 0.75, false);
    wanted_free(&list);
    wanted_free(&more);
    small_study_close(&small);
    small_study_close(&others);
}

static void test_infinite_numbers_become_missing_ones(void **state)
{
    (void)state;
    struct table *t = estimates_alloc();
    struct estimate row = ESTIMATE_NONE;

    assert_non_null(t);
    row.measure = MEASURE_risk;
    row.arm = "iop";
    row.estimate = 2.385;
    row.conf_low = -INFINITY;
    row.conf_high = INFINITY;
    row.statistic = NAN;
    assert_int_equal(estimates_add(t, &row), 0);
    assert_near(column_real(table_column(t, "estimate"), 0), 2.385, 0);
    assert_true(column_is_missing(table_column(t, "conf_low"), 0));
    assert_true(column_is_missing(table_column(t, "conf_high"), 0));
    assert_true(column_is_missing(table_column(t, "n"), 0));
    assert_finite_or_missing(t);
    table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_come_before_contrasts_and_tests_last_each_once),
        cmocka_unit_test(test_an_outcome_without_a_time_is_read_on_no_day),
        cmocka_unit_test(test_a_margin_asks_for_nothing_twice_and_only_of_its_outcome),
        cmocka_unit_test(test_the_median_is_the_quantile_unless_others_are_named),
        cmocka_unit_test(test_infinite_numbers_become_missing_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
