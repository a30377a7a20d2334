/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hazard ratios between arms and the test that they are constant: R 4.2.2, survival 3.5-3, coxph and cox.zph, Efron. */
#include "tests/pipeline/compare/small_comparison.h"

#define HAZARDS \
    "compare: [{outcomes: [relapse], measures: [hazard_ratio, log_hazard_ratio, ph_test]}]\n"

/* arm, days, start, what, how many, cluster (in place of age) */
static const char people[] = "1,5,,1,1,1,\n1,12,,1,2,2,\n1,30,,0,1,2,\n1,12,,1,1,3,\n"
                             "2,7,,1,1,1,\n2,12,,1,1,2,\n2,40,,1,2,3,\n2,3,,1,1,3,\n";

static const struct key ratio = {"hazard_ratio", "", "iop", "inpatient", NAN, NULL, NULL, NULL},
                        log_ratio = {"log_hazard_ratio", "", "iop", "inpatient", NAN, NULL, NULL, NULL},
                        constant = {"ph_test", "", "iop", "inpatient", NAN, NULL, NULL, NULL};

static void test_hazard_ratios_are_those_of_r(void **state)
{
    (void)state;
    struct small_comparison c = small_compare_counted(", weight: n", TWO_ARMS, RELAPSE, HAZARDS, people, 2);
    const double estimate = 0.228597872017853, error = 0.766414856865882;

    assert_int_equal(c.status, 0);
    assert_near(number_of(c.a.estimates, log_ratio, "estimate"), estimate, 1e-12);
    assert_near(number_of(c.a.estimates, log_ratio, "std_error"), error, 1e-12);
    assert_near(number_of(c.a.estimates, ratio, "estimate"), exp(estimate), 1e-12);
    assert_near(number_of(c.a.estimates, ratio, "conf_high"), exp(estimate + Z95 * error), 1e-12);
    assert_near(number_of(c.a.estimates, constant, "statistic"), 0.97204358097165, 1e-11);
    assert_near(number_of(c.a.estimates, constant, "p_value"), 0.324171044027336, 1e-11);
    assert_counts(c.a.estimates, ratio, 9, 10);
    assert_text(c.a.estimates, ratio, "method", "Cox, Efron ties");
    small_release(&c);
}

static void test_clusters_make_the_errors_robust(void **state)
{
    (void)state;
    static const char cohort[] = "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n"
                                 "  reference: inpatient\n  cluster: start\n";
    static const char clustered[] = "1,5,1,1,1,,\n1,12,2,1,2,,\n1,30,2,0,1,,\n1,12,3,1,1,,\n"
                                    "2,7,1,1,1,,\n2,12,2,1,1,,\n2,40,3,1,2,,\n2,3,3,1,1,,\n";
    struct small_comparison c = small_compare_counted(", weight: n", cohort, RELAPSE, HAZARDS, clustered, 2);

    assert_int_equal(c.status, 0);
    assert_near(number_of(c.a.estimates, log_ratio, "estimate"), 0.228597872017854, 1e-12);
    assert_near(number_of(c.a.estimates, log_ratio, "std_error"), 0.511479069433945, 1e-12);
    assert_text(c.a.estimates, ratio, "method", "Cox, Efron ties; robust by cluster");
    small_release(&c);
}

static void test_a_ratio_that_does_not_exist_says_why(void **state)
{
    (void)state;
    struct small_comparison none = small_compare(TWO_ARMS, RELAPSE, HAZARDS, "1,5,,0,1,,\n1,9,,0,1,,\n2,7,,0,1,,\n2,8,,0,1,,\n");
    struct small_comparison one = small_compare(TWO_ARMS, RELAPSE, HAZARDS, "1,5,,0,1,,\n1,9,,0,1,,\n2,7,,1,1,,\n2,8,,1,1,,\n");
    struct small_comparison apart = small_compare(TWO_ARMS, RELAPSE, HAZARDS, "1,5,,0,1,,\n1,6,,0,1,,\n2,7,,1,1,,\n2,8,,1,1,,\n");

    assert_undefined(none.a.estimates, ratio, "no events in either arm");
    assert_undefined(none.a.estimates, constant, "no events in any arm");
    assert_undefined(one.a.estimates, ratio, "the estimate does not exist: no events in arm iop");
    assert_undefined(apart.a.estimates, ratio, "at no event were people of both arms at risk");
    assert_undefined(apart.a.estimates, constant, "there is no hazard ratio to test");
    small_release(&none);
    small_release(&one);
    small_release(&apart);
}

static void test_a_margin_may_be_a_hazard_ratio(void **state)
{
    (void)state;
    struct small_comparison c = small_compare_counted(
        ", weight: n", TWO_ARMS, RELAPSE,
        "compare: [{outcomes: [relapse], measures: [hazard_ratio, log_hazard_ratio], non_inferiority: [{outcome: relapse, measure: "
        "hazard_ratio, margin: 8, because: a test}, {outcome: relapse, measure: log_hazard_ratio, margin: 0.2, because: "
        "a test}]}]\n",
        people, 1);
    size_t n;

    assert_int_equal(c.status, 0);
    assert_int_equal(c.a.verdicts->n_rows, 2);
    const char *text = column_text(table_column(c.a.verdicts, "verdict"), 0, &n);
    assert_true(n == 12 && memcmp(text, "non-inferior", 12) == 0);
    text = column_text(table_column(c.a.verdicts, "verdict"), 1, &n);
    assert_true(n == 12 && memcmp(text, "inconclusive", 12) == 0);
    small_release(&c);
}

static void test_events_of_day_0_count_and_late_entry_is_heeded(void **state)
{
    (void)state;
    static const char entering[] = "outcomes: {relapse: {time: days, event: \"what == 1\", entry: start, event_is: bad}}\n";
    struct small_comparison c = small_compare(TWO_ARMS, entering, HAZARDS,
                                              "1,0,0,1,1,,\n1,9,3,1,1,,\n2,7,0,1,1,,\n2,9,0,0,1,,\n");
    /* Day 0: one of iop, two of inpatient at risk; day 7: one and two; day 9: one and one. */
    const double theta = exp(number_of(c.a.estimates, log_ratio, "estimate"));
    assert_near(theta / (theta + 2) * 2 + theta / (theta + 1), 2, 1e-10);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hazard_ratios_are_those_of_r),
        cmocka_unit_test(test_clusters_make_the_errors_robust),
        cmocka_unit_test(test_a_ratio_that_does_not_exist_says_why),
        cmocka_unit_test(test_a_margin_may_be_a_hazard_ratio),
        cmocka_unit_test(test_events_of_day_0_count_and_late_entry_is_heeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
