/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Survival at a day, medians and restricted means of arms and pairs. */
#include "tests/pipeline/compare/small_comparison.h"

#define DURATIONS \
    "compare: [{outcomes: [relapse], measures: [survival, quantile_time, rmst_difference, rmst_ratio], at: [12], " \
    "at_least: [12], tau: 50, quantiles: [0.25, 0.5, 0.75]}]\n"

static const char people[] = "1,5,,1,1,,\n1,12,,1,1,,\n1,30,,0,1,,\n1,40,,1,1,,\n1,60,,0,1,,\n"
                             "2,7,,1,1,,\n2,12,,1,1,,\n2,12,,1,1,,\n2,31,,0,1,,\n2,45,,1,1,,\n2,60,,0,1,,\n";

static void test_survival_is_read_after_a_day_or_from_it_on(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, DURATIONS, people);
    const double after = 3. / 5, at_least = 4. / 5;
    const double e_after = after * sqrt(1. / 20 + 1. / 12), e_at_least = at_least * sqrt(1. / 20);
    const struct limits one = log_log(after, e_after), other = log_log(at_least, e_at_least);

    assert_number(c.a.estimates, KEY("survival", "", "iop", "", 12), after, e_after, one.low, one.high);
    assert_number(c.a.estimates, KEY("survival", "at least", "iop", "", 12), at_least, e_at_least, other.low,
                  other.high);
    small_release(&c);
}

static void test_person_time_is_what_was_seen_up_to_the_day(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, DURATIONS, people);

    assert_near(number_of(c.a.estimates, KEY("survival", "", "iop", "", 12), "person_time"), 5 + 4 * 12, 0);
    assert_near(number_of(c.a.estimates, KEY("rmst", "", "iop", "", 50), "person_time"), 5 + 12 + 30 + 40 + 50, 0);
    small_release(&c);
}

static void test_quantiles_are_first_days_or_midpoints_and_say_when_there_is_none(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, DURATIONS, people);
    const struct key first = {"quantile_time", "0.25", "iop", "", NAN, NULL, NULL, NULL},
                     midpoint = {"quantile_time", "0.5", "inpatient", "", NAN, NULL, NULL, NULL},
                     none = {"quantile_time", "0.75", "iop", "", NAN, NULL, NULL, NULL};

    assert_near(number_of(c.a.estimates, first, "estimate"), 12, 0);
    assert_near(number_of(c.a.estimates, midpoint, "estimate"), (12. + 45) / 2, 0); /* S is 1/2 from day 12 to day 45 */
    assert_text(c.a.estimates, midpoint, "note", "midpoint of the flat part of the curve");
    assert_undefined(c.a.estimates, none, "the curve of arm iop does not come down to 0.25");
    small_release(&c);
}

static void test_restricted_means_are_areas_and_their_errors_sums_over_events(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, DURATIONS, people);
    const double area1 = 5 + .8 * 7 + .6 * 28 + .3 * 10;
    const double rest1[3] = {.8 * 7 + .6 * 28 + .3 * 10, .6 * 28 + .3 * 10, .3 * 10};
    const double e1 = sqrt(rest1[0] * rest1[0] / 20 + rest1[1] * rest1[1] / 12 + rest1[2] * rest1[2] / 2);
    const double area0 = 7 + 5. / 6 * 5 + .5 * 33 + .25 * 5;
    const double rest0[3] = {5. / 6 * 5 + .5 * 33 + .25 * 5, .5 * 33 + .25 * 5, .25 * 5};
    const double e0 = sqrt(rest0[0] * rest0[0] / 30 + rest0[1] * rest0[1] * 2 / 15 + rest0[2] * rest0[2] / 2);
    const double d = area1 - area0, e = hypot(e1, e0), ratio = log(area1 / area0),
                 ratio_error = hypot(e1 / area1, e0 / area0);
    const struct key pair = {"rmst_difference", "", "iop", "inpatient", 50, NULL, NULL, NULL};

    assert_number(c.a.estimates, KEY("rmst", "", "iop", "", 50), area1, e1, area1 - Z95 * e1,
                  fmin(50, area1 + Z95 * e1));
    assert_number(c.a.estimates, pair, d, e, d - Z95 * e, d + Z95 * e);
    assert_near(number_of(c.a.estimates, pair, "statistic"), d / e, 1e-12);
    assert_number(c.a.estimates, KEY("rmst_ratio", "", "iop", "inpatient", 50), area1 / area0, ratio_error,
                  exp(ratio - Z95 * ratio_error), exp(ratio + Z95 * ratio_error));
    assert_counts(c.a.estimates, pair, 7, 11);
    small_release(&c);
}

static void test_a_tau_beyond_the_last_day_is_undefined_and_the_largest_one_is_named(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE,
                      "compare: [{outcomes: [relapse], measures: [rmst_difference, rmst_ratio], tau: 61}]\n", people);
    static const char why[] = "day 61 lies after the last day observed in arm iop; the largest allowed tau is 60";

    assert_undefined(c.a.estimates, KEY("rmst", "", "iop", "", 61), why);
    assert_undefined(c.a.estimates, KEY("rmst_difference", "", "iop", "inpatient", 61), why);
    assert_undefined(c.a.estimates, KEY("rmst_ratio", "", "iop", "inpatient", 61), why);
    small_release(&c);
}

static void test_a_tau_beyond_the_last_day_is_fine_where_nobody_is_left(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE, "compare: [{outcomes: [relapse], measures: [rmst_difference], tau: 500}]\n",
                      "1,5,,1,1,,\n1,12,,1,1,,\n2,7,,1,1,,\n2,30,,1,1,,\n");

    assert_near(number_of(c.a.estimates, KEY("rmst", "", "iop", "", 500), "estimate"), 8.5, 1e-15);
    assert_near(number_of(c.a.estimates, KEY("rmst_difference", "", "iop", "inpatient", 500), "estimate"), -10, 1e-15);
    small_release(&c);
}

static void test_a_restricted_mean_of_0_has_no_ratio(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        TWO_ARMS, RELAPSE, "compare: [{outcomes: [relapse], measures: [rmst_difference, rmst_ratio], tau: 10}]\n",
        "1,0,,1,1,,\n1,0,,1,1,,\n2,7,,1,1,,\n2,30,,1,1,,\n");

    assert_near(number_of(c.a.estimates, KEY("rmst", "", "iop", "", 10), "estimate"), 0, 0);
    assert_undefined(c.a.estimates, KEY("rmst_ratio", "", "iop", "inpatient", 10), "a restricted mean is 0");
    small_release(&c);
}

static void test_where_all_have_the_event_on_one_day_a_restricted_mean_has_no_limits(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE, "compare: [{outcomes: [relapse], measures: [rmst_difference], tau: 20}]\n",
                      "1,5,,1,1,,\n1,5,,1,1,,\n2,7,,1,1,,\n2,30,,1,1,,\n");
    const double e = 13 * sqrt(1. / 2) / 2; /* (20 - 7) / 2 days are left after day 7, 1 event of 2 at risk */

    assert_number(c.a.estimates, KEY("rmst", "", "iop", "", 20), 5, 0, NAN, NAN);
    assert_text(c.a.estimates, KEY("rmst", "", "iop", "", 20), "note",
                "nobody is left in arm iop: no limits");
    assert_near(number_of(c.a.estimates, KEY("rmst_difference", "", "iop", "inpatient", 20), "std_error"), e, 1e-14);
    small_release(&c);
}

static void test_yes_or_no_outcomes_have_no_days_and_say_so(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS,
                      "outcomes:\n  relapse: {time: days, event: \"what == 1\", event_is: bad}\n"
                      "  ever: {event: \"what == 1\", event_is: bad}\n",
                      "compare: [{outcomes: [relapse, ever], measures: [rmst_difference, survival_difference, "
                      "quantile_time, logrank_test], "
                      "at: [12], tau: 50}]\n",
                      people);
    static const char why[] = "the outcome has no time";

    assert_undefined(c.a.estimates, (struct key){"rmst_difference", "", "iop", "inpatient", 50, "ever", NULL, NULL},
                     why);
    assert_undefined(c.a.estimates,
                     (struct key){"survival_difference", "", "iop", "inpatient", NAN, "ever", NULL, NULL}, why);
    assert_undefined(c.a.estimates, (struct key){"quantile_time", "0.5", "iop", "", NAN, "ever", NULL, NULL}, why);
    assert_undefined(c.a.estimates, (struct key){"logrank_test", "", "iop", "inpatient", NAN, "ever", NULL, NULL}, why);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_survival_is_read_after_a_day_or_from_it_on),
        cmocka_unit_test(test_person_time_is_what_was_seen_up_to_the_day),
        cmocka_unit_test(test_quantiles_are_first_days_or_midpoints_and_say_when_there_is_none),
        cmocka_unit_test(test_restricted_means_are_areas_and_their_errors_sums_over_events),
        cmocka_unit_test(test_a_tau_beyond_the_last_day_is_undefined_and_the_largest_one_is_named),
        cmocka_unit_test(test_a_tau_beyond_the_last_day_is_fine_where_nobody_is_left),
        cmocka_unit_test(test_a_restricted_mean_of_0_has_no_ratio),
        cmocka_unit_test(test_where_all_have_the_event_on_one_day_a_restricted_mean_has_no_limits),
        cmocka_unit_test(test_yes_or_no_outcomes_have_no_days_and_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
