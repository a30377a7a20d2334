/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/overlap.h"

#include <math.h>

#include "compare/estimates.h"
#include "compare/results.h"
#include "tests/pipeline/support/small_study.h"

static const char columns[] = "  setting: {type: category, codes: {1: inpatient, 2: outpatient, 3: other}}\n"
                              "  trial: {type: category, codes: {1: A, 2: B, 3: C}}\n"
                              "  year: {type: integer, range: [0, 9], known: before}\n";

static const char study[] = "cohort:\n"
                            "  arms: {in: \"setting == 'inpatient'\", out: \"setting == 'outpatient'\", other: \"setting == "
                            "'other'\"}\n"
                            "  reference: in\n  strata: [%s]\n"
                            "outcomes: {it: {event: \"year > 3\", event_is: bad}}\n"
                            "compare: [{outcomes: [it], measures: [risk_difference]}]\n";

/* Trial A recruited inpatients, B outpatients and others, C others and inpatients; every year all of them. */
static const char lines[] = "1,1,1\n1,1,2\n1,3,3\n2,2,1\n2,2,2\n2,,3\n3,2,1\n3,3,2\n3,2,3\n";

struct judged {
    struct small_study small;
    struct table *cohort, *estimates, *verdicts;
    char told[512];
};

static void add_estimate(struct table *estimates, const char *arm, const char *reference, enum measure measure)
{
    struct estimate row = ESTIMATE_NONE;

    row.outcome = "it";
    row.measure = measure;
    row.arm = arm;
    row.reference = reference;
    row.estimate = 0.25;
    row.statistic = 3.84;
    row.n = 6;
    assert_int_equal(estimates_add(estimates, &row), 0);
}

static struct judged judge(const char *stratum)
{
    char text[1024];
    struct judged j;
    const struct verdict_row verdict = {.analysis = "main", .outcome = "it", .population = "all", .adjustment = "unadjusted",
                                        .estimand = "", .measure = MEASURE_risk_difference, .arm = "out", .reference = "in",
                                        .margin = 0.1, .because = "", .worse_is = "higher", .role = "primary",
                                        .estimate = 0.25, .verdict = "inferior", .statistically = "worse", .gate = "",
                                        .note = ""};

    snprintf(text, sizeof text, study, stratum);
    j.small = small_study_open(columns, "", text, lines);
    j.cohort = table_alloc("cohort", "");
    assert_non_null(table_add_column(j.cohort, "record", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_category(j.cohort, "arm", (const char *const[]){"in", "out", "other"}, 3, ""));
    assert_int_equal(table_resize(j.cohort, j.small.records->n_rows), 0);
    for (size_t i = 0; i < j.cohort->n_rows; i++) {
        column_set_integer(table_column(j.cohort, "record"), i, (int64_t)i);
        column_set_code(table_column(j.cohort, "arm"), i, column_code(table_column(j.small.records, "setting"), i));
    }
    assert_non_null(j.estimates = estimates_alloc());
    assert_non_null(j.verdicts = verdicts_alloc());
    add_estimate(j.estimates, "in", "", MEASURE_risk);
    add_estimate(j.estimates, "out", "in", MEASURE_risk_difference);
    add_estimate(j.estimates, "other", "in", MEASURE_risk_difference);
    add_estimate(j.estimates, "", "", MEASURE_chi_square_test);
    assert_int_equal(verdicts_add(j.verdicts, &verdict), 0);
    capture_start();
    assert_int_equal(overlap_withhold(j.small.study, j.cohort, j.small.records, NULL, j.estimates, j.verdicts), 0);
    snprintf(j.told, sizeof j.told, "%s", capture_end());
    return j;
}

static void release(struct judged *j)
{
    table_free(j->estimates);
    table_free(j->verdicts);
    table_free(j->cohort);
    small_study_close(&j->small);
}

static void assert_cell(const struct table *table, const char *column, size_t row, const char *wanted)
{
    size_t n;
    const char *text = column_text(table_column(table, column), row, &n);

    assert_int_equal(n, strlen(wanted));
    assert_memory_equal(text, wanted, n);
}

static void test_arms_that_never_meet_in_a_stratum_are_not_compared(void **state)
{
    (void)state;
    struct judged j = judge("trial");

    assert_non_null(strstr(j.told, "warning: "));
    if (strstr(j.told, "3 comparisons") == NULL)
        print_error("told: %s\n", j.told);
    assert_non_null(strstr(j.told, "setting is nested in trial: no overlap; 3 comparisons of such arms are withheld"));
    assert_cell(j.estimates, "status", 1, "withheld");
    assert_cell(j.estimates, "note", 1, "setting is nested in trial: no overlap");
    assert_true(isnan(column_real(table_column(j.estimates, "estimate"), 1)));
    assert_true(isnan(column_real(table_column(j.estimates, "statistic"), 1)));
    assert_int_equal(column_integer(table_column(j.estimates, "n"), 1), 6);
    assert_cell(j.estimates, "status", 3, "withheld"); /* a test of all arms at once compares them too */
    assert_cell(j.verdicts, "verdict", 0, "undefined");
    assert_cell(j.verdicts, "statistically", 0, "");
    assert_true(isnan(column_real(table_column(j.verdicts, "estimate"), 0)));
    release(&j);
}

static void test_single_arms_and_arms_that_meet_stay_as_they_are(void **state)
{
    (void)state;
    struct judged j = judge("trial");

    assert_cell(j.estimates, "status", 0, "shown");
    assert_cell(j.estimates, "status", 2, "shown"); /* others and inpatients meet in trial C */
    assert_near(column_real(table_column(j.estimates, "estimate"), 2), 0.25, 0);
    release(&j);
    j = judge("year");
    assert_string_equal(j.told, "");
    assert_cell(j.estimates, "status", 1, "shown");
    assert_cell(j.verdicts, "verdict", 0, "inferior");
    release(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arms_that_never_meet_in_a_stratum_are_not_compared),
        cmocka_unit_test(test_single_arms_and_arms_that_meet_stay_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
