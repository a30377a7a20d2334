/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Log-rank and chi-square tests of two and of more arms, and when there is none. */
#include "tests/pipeline/compare/small_comparison.h"

#define TESTS "compare: [{outcomes: [relapse], measures: [logrank_test, chi_square_test], at: [12]}]\n"

static const struct key logrank = {"logrank_test", "", "iop", "inpatient", NAN, NULL, NULL, NULL},
                        chi_square = {"chi_square_test", "", "iop", "inpatient", 12, NULL, NULL, NULL};

/* Upper tail of chi-square with one degree of freedom. */
static double tail(double statistic)
{
    return erfc(sqrt(statistic / 2));
}

static void test_logrank_adds_observed_less_expected_over_the_event_days(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        TWO_ARMS, RELAPSE, TESTS, "1,5,,1,1,,\n1,12,,1,1,,\n1,30,,0,1,,\n2,7,,1,1,,\n2,12,,1,1,,\n2,40,,1,1,,\n");
    /* Days 5 (3 of 6 in iop), 7 (2 of 5), 12 (two events, 2 of 4), 40 (0 of 1). */
    const double expected = 3. / 6 + 2. / 5 + 2 * 2. / 4, variance = 1. / 4 + 6. / 25 + 2. * 2 / 3 * 1 / 4;
    const double statistic = (2 - expected) * (2 - expected) / variance;

    assert_near(number_of(c.a.estimates, logrank, "statistic"), statistic, 1e-12);
    assert_near(number_of(c.a.estimates, logrank, "p_value"), tail(statistic), 1e-12);
    assert_near(number_of(c.a.estimates, logrank, "df"), 1, 0);
    assert_counts(c.a.estimates, logrank, 5, 6);
    small_release(&c);
}

static void test_logrank_of_competing_risks_compares_the_hazards_of_the_event(void **state)
{
    (void)state;
    static const char died[] = "1,5,,1,1,,\n1,12,,1,1,,\n1,30,,2,1,,\n2,7,,1,1,,\n2,12,,1,1,,\n2,40,,1,1,,\n",
                      left[] = "1,5,,1,1,,\n1,12,,1,1,,\n1,30,,0,1,,\n2,7,,1,1,,\n2,12,,1,1,,\n2,40,,1,1,,\n";
    struct small_comparison competing = small_compare(
        TWO_ARMS,
        "outcomes: {relapse: {time: days, event: \"what == 1\", competing: {death: \"what == 2\"}, event_is: bad}}\n",
        TESTS, died);
    struct small_comparison censored = small_compare(TWO_ARMS, RELAPSE, TESTS, left);

    assert_near(number_of(competing.a.estimates, logrank, "statistic"),
                number_of(censored.a.estimates, logrank, "statistic"), 1e-15);
    assert_text(competing.a.estimates, logrank, "method", "log-rank of the event, competing events censored");
    small_release(&competing);
    small_release(&censored);
}

static void test_all_events_on_one_day_leave_no_variance(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE, TESTS, "1,9,,1,1,,\n1,9,,1,1,,\n2,9,,1,1,,\n2,9,,1,1,,\n2,9,,1,1,,\n");

    assert_undefined(c.a.estimates, logrank, "the variance is 0: at no event was there a choice between arms");
    assert_counts(c.a.estimates, logrank, 5, 5);
    assert_undefined(c.a.estimates, chi_square, "everybody has the event");
    small_release(&c);
}

static void test_without_any_event_there_is_no_test(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE, TESTS, "1,19,,0,1,,\n1,29,,0,1,,\n2,39,,0,1,,\n2,19,,0,1,,\n");

    assert_undefined(c.a.estimates, logrank, "no events in any arm");
    assert_undefined(c.a.estimates, chi_square, "no events in any arm");
    assert_counts(c.a.estimates, chi_square, 0, 4);
    small_release(&c);
}

static void test_chi_square_is_pearsons_at_a_day_of_plain_counts(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE, TESTS,
                      "1,5,,1,1,,\n1,12,,1,1,,\n1,30,,0,1,,\n1,30,,0,1,,\n2,7,,1,1,,\n2,15,,1,1,,\n2,40,,1,1,,\n");
    /* 2 of 4 against 1 of 3 by day 12. */
    const double statistic = 7. * pow(2 * 2 - 2 * 1, 2) / (4. * 3 * 3 * 4);

    assert_near(number_of(c.a.estimates, chi_square, "statistic"), statistic, 1e-12);
    assert_near(number_of(c.a.estimates, chi_square, "p_value"), tail(statistic), 1e-12);
    assert_counts(c.a.estimates, chi_square, 3, 7);
    small_release(&c);
}

static void test_chi_square_is_refused_once_somebody_is_censored_before(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE, TESTS, "1,5,,1,1,,\n1,11,,0,1,,\n1,30,,0,1,,\n2,7,,1,1,,\n2,15,,1,1,,\n");

    assert_undefined(c.a.estimates, chi_square, "somebody is censored before this day, so risks are no plain counts");
    small_release(&c);
}

static void test_three_arms_have_one_test_of_all_and_one_of_each_pair(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(THREE_ARMS "  reference: [inpatient, outpatient]\n", RELAPSE, TESTS,
                                              "1,5,,1,1,,\n1,12,,1,1,,\n1,30,,0,1,,\n2,7,,1,1,,\n2,12,,1,1,,\n2,40,,1,"
                                              "1,,\n3,3,,1,1,,\n3,8,,1,1,,\n3,21,,1,1,,\n");
    const struct table *t = c.a.estimates;
    const struct key all = {"logrank_test", "", "", "", NAN, NULL, NULL, NULL};

    /* R: survdiff(Surv(time, event) ~ arm) with these nine people, all arms and each pair. */
    assert_near(number_of(t, all, "statistic"), 0.87506425567386303, 1e-12);
    assert_near(number_of(t, all, "df"), 2, 0);
    assert_near(number_of(t, all, "p_value"), exp(-0.87506425567386303 / 2), 1e-12); /* two degrees of freedom */
    assert_counts(t, all, 8, 9);
    assert_near(number_of(t, logrank, "df"), 1, 0);
    assert_near(number_of(t, KEY("logrank_test", "", "iop", "outpatient", NAN), "statistic"), 0.48487626031164066,
                1e-12);
    assert_near(number_of(t, KEY("chi_square_test", "", "", "", 12), "n"), 9, 0);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logrank_adds_observed_less_expected_over_the_event_days),
        cmocka_unit_test(test_logrank_of_competing_risks_compares_the_hazards_of_the_event),
        cmocka_unit_test(test_all_events_on_one_day_leave_no_variance),
        cmocka_unit_test(test_without_any_event_there_is_no_test),
        cmocka_unit_test(test_chi_square_is_pearsons_at_a_day_of_plain_counts),
        cmocka_unit_test(test_chi_square_is_refused_once_somebody_is_censored_before),
        cmocka_unit_test(test_three_arms_have_one_test_of_all_and_one_of_each_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
