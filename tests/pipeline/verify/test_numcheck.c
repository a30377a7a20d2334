/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cells.h"
#include "stats/philox.h"
#include "stats/two_by_two.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"
#include "verify/numcheck.h"

/* What a table gives: the findings, in the order told. */
static struct table *check(const char *text)
{
    struct table *findings = numcheck_findings_alloc();
    struct numcheck_rows rows;
    char *folder = scratch_folder();

    scratch_write(scratch_path(folder, "t.csv"), text);
    assert_int_equal(numcheck_rows_read(scratch_path(folder, "t.csv"), &rows), 0);
    for (size_t i = 0; i < rows.n; i++) {
        assert_int_equal(numcheck_interval(&rows.items[i], findings), 0);
        assert_int_equal(numcheck_counts(&rows.items[i], findings), 0);
    }
    assert_int_equal(numcheck_groups(&rows, findings), 0);
    numcheck_rows_free(&rows);
    scratch_remove(folder);
    return findings;
}

static void assert_finds(const char *text, const char *check_name, const char *severity, const char *reading)
{
    struct table *findings = check(text);

    if (findings->n_rows != 1 || !cell_is(findings, "check", 0, check_name) || !cell_is(findings, "reading", 0, reading)) {
        print_error("%zu findings for: %s\n", findings->n_rows, text);
        table_print(STDOUT_FILENO, findings, TABLE_TEXT);
    }
    assert_int_equal(findings->n_rows, 1);
    assert_true(cell_is(findings, "check", 0, check_name));
    assert_true(cell_is(findings, "severity", 0, severity));
    assert_true(cell_is(findings, "reading", 0, reading));
    table_free(findings);
}

static void assert_clean(const char *text)
{
    struct table *findings = check(text);

    if (findings->n_rows > 0)
        print_error("a finding for: %s\n", text);
    assert_int_equal(findings->n_rows, 0);
    table_free(findings);
}

static void test_an_impossible_interval_is_caught_and_read(void **state)
{
    (void)state;
    assert_finds("printed\n0.91 (4.50-1.85)\n", "order", "wrong", "lower limit 0.45");
    assert_finds("printed,measure\n0.91 (4.50-1.85),HR\n", "order", "wrong", "lower limit 0.45");
    assert_finds("printed,measure\n0.91 (0.45-18.5),OR\n", "symmetry", "doubtful", "upper limit 1.85");
    assert_finds("printed,measure\n9.1 (0.45-1.85),HR\n", "order", "wrong", "estimate 0.91");
    assert_finds("printed,measure\n0.80 (0.91-0.70),HR\n", "order", "wrong", "the limits in the other order");
    assert_finds("printed,measure\n-0.12 (-0.19 to 0.05),RD\n", "symmetry", "doubtful", "upper limit -0.05");
    assert_finds("printed,measure\n1.36 (1.10-1.86),HR\n", "symmetry", "doubtful", "upper limit 1.68");
    assert_finds("low,high\n2,1\n", "order", "wrong", "the limits in the other order");
    assert_finds("printed,measure\n0.5 (-0.1-1.2),HR\n", "range", "wrong", "");
}

static void test_rounding_explains_what_it_can(void **state)
{
    (void)state;
    assert_clean("printed,measure,p\n1.36 (1.10-1.68),HR,0.0044\n");
    assert_clean("printed,measure,p\n1.4 (1.0-2.0),OR,0.04\n");
    assert_clean("printed,measure\n0.1 (0.0-0.3),HR\n"); /* 0.04 rounds to 0.0: its logarithm may be anything */
    assert_clean("printed,measure\n0.65 (0.59-0.70),risk\n"); /* limits of a share need not be symmetric */
    assert_clean("printed\n0.65 (0.50-0.95)\n");              /* nor those of nobody knows what */
}

static void test_a_p_value_is_held_against_its_interval(void **state)
{
    (void)state;
    assert_finds("printed,measure,p\n1.36 (1.10-1.68),HR,0.20\n", "p_value", "doubtful", "");
    assert_finds("printed,measure,p\n1.20 (0.95-1.51),HR,0.010\n", "p_value", "doubtful", "");
    assert_finds("printed,measure,p\n1.36 (1.10-1.68),HR,0.0030\n", "p_value", "hint", "");
    assert_clean("printed,measure,p\n1.36 (1.10-1.68),HR,<0.01\n");
    assert_finds("printed,measure,p\n1.36 (1.10-1.68),HR,<0.0001\n", "p_value", "doubtful", "");
    assert_finds("printed,measure,level,p\n1.360 (1.101-1.680),HR,0.9,0.0042\n", "p_value", "doubtful", "");
    assert_finds("p\n1.2\n", "range", "wrong", "");
    assert_finds("estimate,low,high,std_error,measure\n1.36,1.10,1.68,0.31,HR\n", "std_error", "doubtful", "");
    assert_clean("estimate,low,high,std_error,measure\n1.36,1.10,1.68,0.108,HR\n");
}

static void test_a_percentage_needs_a_count_that_gives_it(void **state)
{
    (void)state;
    assert_finds("percent,n\n17.5,28\n", "grim", "wrong", "4 are 14.29 %, 5 are 17.86 %");
    assert_finds("printed\n15/92 (16.1%)\n", "grim", "wrong", "15 of 92 are 16.3 %");
    assert_clean("percent,n\n17.9,28\n");
    assert_clean("printed\n30/56 (53.6%)\n36/64 (56.2%)\n36/64 (56.3%)\n"); /* 56.25 may be rounded either way */
    assert_clean("percent,n\n<5,28\n");
    assert_finds("events,n\n29,28\n", "range", "wrong", "");
    assert_finds("percent\n101\n", "range", "wrong", "");
    assert_finds("printed,measure\n1.2 (0.9-1.3),risk\n", "range", "wrong", "");
}

static void test_counts_of_two_arms_give_the_estimate(void **state)
{
    (void)state;
    static const char head[] = "estimate,measure,events,n,events_reference,n_reference\n";
    char text[200];

    snprintf(text, sizeof text, "%s1.44,OR,184,283,168,287\n", head);
    assert_finds(text, "counts", "doubtful", "1.32"); /* X:BOT: printed, and what the counts give */
    snprintf(text, sizeof text, "%s1.316,OR,184,283,168,287\n", head);
    assert_clean(text);
    snprintf(text, sizeof text, "%s1.11,RR,184,283,168,287\n", head);
    assert_clean(text);
    snprintf(text, sizeof text, "%s6.5%%,RD,184,283,168,287\n", head);
    assert_clean(text);
    snprintf(text, sizeof text, "%s1.4,HR,184,283,168,287\n", head); /* counts say nothing of hazards */
    assert_clean(text);
}

static void test_medians_are_a_hint(void **state)
{
    (void)state;
    assert_finds("printed,measure,median,median_reference\n1.8 (1.2-2.7),HR,200,100\n", "medians", "hint", "");
    assert_clean("printed,measure,median,median_reference\n1.8 (1.2-2.7),HR,100,180\n");
}

static void test_sums_are_added_up(void **state)
{
    (void)state;
    assert_finds("percent,group\n40.1,e\n50.2,e\n20,e\n", "sum", "wrong", "");
    assert_clean("percent,group\n33.3,e\n33.3,e\n33.3,e\n50,f\n50,f\n");
    assert_finds("item,n,part_of\nall,570,\na,283,all\nb,288,all\n", "sum", "wrong", "");
    assert_finds("item,n,part_of\nall,570,\na,283,everybody\n", "sum", "wrong", "");
    assert_clean("item,n,part_of\nall,570,\na,283,all\nb,287,all\n");
    assert_finds("curve,time,at_risk\niop,0,100\niop,180,61\niop,90,60\n", "at_risk", "wrong", "");
    assert_clean("curve,time,at_risk\niop,0,100\niop,90,60\ninpatient,0,120\ninpatient,90,110\n");
}

/* Odds ratios of random tables, rounded as papers do, are consistent; the same with one point moved is not. */
static void test_true_results_raise_no_alarm_and_slips_do(void **state)
{
    (void)state;
    enum { CASES = 3000 };
    struct table *clean = numcheck_findings_alloc(), *slipped = numcheck_findings_alloc();
    size_t n_slips = 0, n_caught = 0;

    for (uint64_t i = 0; i < CASES; i++) {
        uint32_t r[4];
        struct ratio_estimate ratio;
        philox_4x32((const uint32_t[]){(uint32_t)i, 0, 0, 0}, (const uint32_t[]){20261121, 7}, r);
        const struct two_by_two table = {.arm_event = 2 + r[0] % 300, .arm_n = 2 + r[0] % 300 + 2 + r[1] % 300,
                                         .reference_event = 2 + r[2] % 300, .reference_n = 2 + r[2] % 300 + 2 + r[3] % 300};
        assert_int_equal(two_by_two_odds_ratio(&table, 0.95, &ratio), 0);
        char text[200];
        snprintf(text, sizeof text, "%.2f (%.2f-%.2f)", ratio.estimate, ratio.conf_low, ratio.conf_high);
        struct printed_text printed;
        assert_int_equal(printed_text_read(text, strlen(text), &printed), 0);
        struct numcheck_row row = {.scale = SCALE_RATIO, .measure = MEASURE_odds_ratio, .level = 0.95, .text = {"", "", "", "", "", ""}};
        row.number[NUMCHECK_ESTIMATE] = printed.estimate;
        row.number[NUMCHECK_LOW] = printed.low;
        row.number[NUMCHECK_HIGH] = printed.high;
        snprintf(text, sizeof text, "%.2g", ratio.p_value);
        if (ratio.p_value > 1e-4)
            assert_int_equal(printed_number_read(text, strlen(text), &row.number[NUMCHECK_P]), 0);
        assert_int_equal(numcheck_interval(&row, clean), 0);
        if (ratio.conf_low < 0.1) /* two digits are too few to tell */
            continue;
        const size_t before = slipped->n_rows;
        row.number[NUMCHECK_LOW].value *= i % 2 == 0 ? 10 : 0.1;
        row.number[NUMCHECK_LOW].digits += i % 2 == 0 ? -1 : 1;
        row.number[NUMCHECK_P].given = false;
        assert_int_equal(numcheck_interval(&row, slipped), 0);
        n_slips++;
        n_caught += slipped->n_rows > before;
    }
    if (clean->n_rows > 0)
        table_print(STDOUT_FILENO, clean, TABLE_TEXT);
    assert_int_equal(clean->n_rows, 0);
    assert_true(n_slips > CASES / 2);
    assert_int_equal(n_caught, n_slips);
    table_free(clean);
    table_free(slipped);
}

static void assert_refused(const char *text, const char *message)
{
    struct numcheck_rows rows;
    char *folder = scratch_folder();

    scratch_write(scratch_path(folder, "t.csv"), text);
    capture_start();
    assert_int_equal(numcheck_rows_read(scratch_path(folder, "t.csv"), &rows), -1);
    const char *told = capture_end();
    if (strstr(told, message) == NULL)
        print_error("told: %s\n", told);
    assert_non_null(strstr(told, message));
    numcheck_rows_free(&rows);
    scratch_remove(folder);
}

static void test_bad_inputs_are_named_by_line_and_column(void **state)
{
    (void)state;
    assert_refused("item,printd\n", "t.csv:1:2: a table of printed results has no column 'printd'; did you mean 'printed'?");
    assert_refused("item;printed\na;1\n", "these seem to be split by a semicolon");
    assert_refused("item,printed\na,about a third\n", "t.csv:2:2: (printed): a printed result, such as");
    assert_refused("item,low\na,1.2.3\n", "t.csv:2:2: (low): a number as printed");
    assert_refused("measure,low\nrisc,1\n", "t.csv:2:1: (measure): a measure of the manual");
    assert_refused("n\n12.5\n", "t.csv:2:1: (n): a whole number from 0 was expected");
    assert_refused("n\n-3\n", "t.csv:2:1: (n): a whole number from 0 was expected");
    assert_refused("low\n<3\n", "t.csv:2:1: (low): a number without < or > was expected");
    assert_refused("level\n0\n", "t.csv:2:1: (level): a level such as 95%");
    assert_refused("printed,low\n0.91 (0.45-1.85),0.45\n", "t.csv:2:2: (low): this number stands in the column 'printed', too");
    assert_refused("item,low\na\n", "t.csv:2: 2 cells were expected");
    assert_refused("item\n", "there is no row to check");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_impossible_interval_is_caught_and_read),
        cmocka_unit_test(test_rounding_explains_what_it_can),
        cmocka_unit_test(test_a_p_value_is_held_against_its_interval),
        cmocka_unit_test(test_a_percentage_needs_a_count_that_gives_it),
        cmocka_unit_test(test_counts_of_two_arms_give_the_estimate),
        cmocka_unit_test(test_medians_are_a_hint),
        cmocka_unit_test(test_sums_are_added_up),
        cmocka_unit_test(test_true_results_raise_no_alarm_and_slips_do),
        cmocka_unit_test(test_bad_inputs_are_named_by_line_and_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
