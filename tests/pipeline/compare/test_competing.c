/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Subdistribution hazards, Gray's test, trend and bootstrap of a study: R 4.2.2, cmprsk 2.2-11, survival 3.5-3. */
#include "tests/pipeline/compare/small_comparison.h"

#define COMPETING \
    "outcomes: {relapse: {time: days, event: \"what == 1\", competing: {death: \"what == 2\"}, event_is: bad}}\n"
#define THREE "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\", outpatient: \"arm == " \
              "'outpatient'\"}\n  reference: inpatient\n"

static const char people[] = "1,5,,1,1,,\n1,12,,1,2,,\n1,30,,0,1,,\n1,12,,2,2,,\n1,40,,0,3,,\n"
                             "2,7,,1,1,,\n2,12,,2,1,,\n2,40,,0,2,,\n2,3,,1,1,,\n2,9,,1,2,,\n";
static const char more[] = "3,4,,1,2,,\n3,8,,2,1,,\n3,33,,1,1,,\n";

static void test_subhazard_ratios_and_gray_are_those_of_cmprsk(void **state)
{
    (void)state;
    struct small_comparison c = small_compare_counted(
        ", weight: n", TWO_ARMS, COMPETING,
        "compare: [{outcomes: [relapse], measures: [subhazard_ratio, log_subhazard_ratio, gray_test]}]\n", people, 2);
    const double estimate = -0.841600374480489, error = 0.694603592609207;
    const struct key ratio = KEY("subhazard_ratio", "", "iop", "inpatient", NAN);
    assert_int_equal(c.status, 0);
    assert_near(number_of(c.a.estimates, KEY("log_subhazard_ratio", "", "iop", "inpatient", NAN), "estimate"), estimate, 1e-9);
    assert_near(number_of(c.a.estimates, KEY("log_subhazard_ratio", "", "iop", "inpatient", NAN), "std_error"), error, 1e-9);
    assert_near(number_of(c.a.estimates, ratio, "estimate"), exp(estimate), 1e-9);
    assert_near(number_of(c.a.estimates, ratio, "conf_low"), exp(estimate - Z95 * error), 1e-9);
    assert_counts(c.a.estimates, ratio, 7, 16);
    assert_near(number_of(c.a.estimates, KEY("gray_test", "", "iop", "inpatient", NAN), "statistic"), 1.28432460770501, 1e-12);
    assert_near(number_of(c.a.estimates, KEY("gray_test", "", "iop", "inpatient", NAN), "p_value"), 0.25709649352192, 1e-12);
    small_release(&c);
}

static void test_three_arms_have_one_test_of_all_and_one_trend(void **state)
{
    (void)state;
    char lines[512];
    snprintf(lines, sizeof lines, "%s%s", people, more);
    struct small_comparison c =
        small_compare_counted(", weight: n", THREE, COMPETING,
                              "compare: [{outcomes: [relapse], measures: [gray_test, trend_test]}]\n", lines, 1);
    assert_int_equal(c.status, 0);
    assert_near(number_of(c.a.estimates, KEY("gray_test", "", "", "", NAN), "statistic"), 2.01437492227683, 1e-12);
    assert_near(number_of(c.a.estimates, KEY("gray_test", "", "", "", NAN), "df"), 2, 0);
    assert_near(number_of(c.a.estimates, KEY("trend_test", "", "", "", NAN), "statistic"), 3.48522035362351, 1e-12);
    assert_near(number_of(c.a.estimates, KEY("trend_test", "", "", "", NAN), "df"), 1, 0);
    size_t n_trends = 0, n;
    for (size_t i = 0; i < c.a.estimates->n_rows; i++) {
        const char *measure = column_text(table_column(c.a.estimates, "measure"), i, &n);
        n_trends += n == 10 && memcmp(measure, "trend_test", 10) == 0;
    }
    assert_int_equal(n_trends, 1);
    small_release(&c);
}

static void test_what_does_not_exist_says_why(void **state)
{
    (void)state;
    static const char compare[] =
        "compare: [{outcomes: [relapse], measures: [subhazard_ratio, gray_test, trend_test]}]\n";
    struct small_comparison none = small_compare(TWO_ARMS, COMPETING, compare, "1,5,,0,1,,\n1,9,,2,1,,\n2,7,,0,1,,\n2,8,,2,1,,\n");
    struct small_comparison one = small_compare(TWO_ARMS, COMPETING, compare, "1,5,,0,1,,\n1,9,,0,1,,\n2,7,,1,1,,\n2,8,,1,1,,\n");
    const struct key ratio = KEY("subhazard_ratio", "", "iop", "inpatient", NAN);
    assert_undefined(none.a.estimates, ratio, "no events in either arm");
    assert_undefined(none.a.estimates, KEY("gray_test", "", "iop", "inpatient", NAN), "no events in any arm");
    assert_undefined(none.a.estimates, KEY("trend_test", "", "iop", "inpatient", NAN), "no events in any arm");
    assert_undefined(one.a.estimates, ratio, "the estimate does not exist: no events in one of the arms");
    small_release(&none);
    small_release(&one);
}

static void test_bootstrap_stands_beside_the_contrasts_and_does_not_depend_on_threads(void **state)
{
    (void)state;
    static const char compare[] = "compare: [{outcomes: [relapse], measures: [risk_difference, rmst_difference, subhazard_ratio], "
                                  "at: [20], tau: 35, bootstrap: {n: 400}}]\n";
    char lines[8192];
    size_t length = 0;
    for (int i = 0; i < 120; i++)
        length += (size_t)snprintf(lines + length, sizeof lines - length, "%d,%d,,%d,1,,\n", 1 + i % 2, 1 + i * 37 % 61,
                                   i * 29 % 3);
    double low[2], high[2];
    for (int k = 0; k < 2; k++) {
        struct small_comparison c = small_compare_counted("", TWO_ARMS, COMPETING, compare, lines, k == 0 ? 1 : 4);
        const struct key plain = KEY("rmst_difference", "", "iop", "inpatient", 35);
        const struct key percentile = KEY("rmst_difference", "bootstrap percentile", "iop", "inpatient", 35);
        const struct key bca = KEY("risk_difference", "bootstrap BCa", "iop", "inpatient", 20);
        assert_int_equal(c.status, 0);
        assert_near(number_of(c.a.estimates, percentile, "estimate"), number_of(c.a.estimates, plain, "estimate"), 0);
        const double error = number_of(c.a.estimates, plain, "std_error");
        assert_true(fabs(number_of(c.a.estimates, percentile, "std_error") / error - 1) < 0.15);
        assert_true(fabs(number_of(c.a.estimates, percentile, "conf_low") - number_of(c.a.estimates, plain, "conf_low")) < error / 2);
        low[k] = number_of(c.a.estimates, bca, "conf_low");
        high[k] = number_of(c.a.estimates, bca, "conf_high");
        assert_true(low[k] < number_of(c.a.estimates, bca, "estimate") && number_of(c.a.estimates, bca, "estimate") < high[k]);
        small_release(&c);
    }
    assert_near(low[1], low[0], 0);
    assert_near(high[1], high[0], 0);
}

static void test_bootstrap_of_equal_people_has_no_limits(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE, "compare: [{outcomes: [relapse], measures: [rmst_difference], tau: 9, bootstrap: {n: 100}}]\n",
                      "1,5,,1,1,,\n1,5,,1,1,,\n2,7,,1,1,,\n2,7,,1,1,,\n");
    const struct key bca = KEY("rmst_difference", "bootstrap BCa", "iop", "inpatient", 9);
    assert_near(number_of(c.a.estimates, bca, "estimate"), -2, 1e-15);
    assert_true(isnan(number_of(c.a.estimates, bca, "conf_low")));
    assert_text(c.a.estimates, bca, "note", "no BCa limits: all replicates lie on one side of the estimate, or are equal");
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subhazard_ratios_and_gray_are_those_of_cmprsk),
        cmocka_unit_test(test_three_arms_have_one_test_of_all_and_one_trend),
        cmocka_unit_test(test_what_does_not_exist_says_why),
        cmocka_unit_test(test_bootstrap_stands_beside_the_contrasts_and_does_not_depend_on_threads),
        cmocka_unit_test(test_bootstrap_of_equal_people_has_no_limits),
    };
    return cmocka_run_group_tests_name("competing", tests, NULL, NULL);
}
