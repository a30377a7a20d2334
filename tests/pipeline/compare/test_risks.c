/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rule reads a risk, what it gives, and what is said where no number exists. */
#include "tests/pipeline/compare/small_comparison.h"

/* The first censoring of any arm is on day 30. */
static const char censored_from_30[] = "1,5,,1,1,,\n1,12,,1,1,,\n1,30,,0,1,,\n1,40,,1,1,,\n1,60,,0,1,,\n"
                                       "2,7,,1,1,,\n2,12,,1,1,,\n2,12,,1,1,,\n2,31,,0,1,,\n2,45,,1,1,,\n2,60,,0,1,,\n";

#define RISKS \
    "compare: [{outcomes: [relapse], measures: [risk_difference, risk_ratio, odds_ratio, survival_difference], " \
    "at: [12, 30, 31, 40, 100], at_least: [12, 31]}]\n"

static void test_risk_is_events_by_n_until_somebody_is_censored_before(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, RISKS, censored_from_30);
    const struct table *t = c.a.estimates;
    const struct limits one = wilson(2, 5, Z95), other = wilson(3, 6, Z95), both = newcombe(2, 5, 3, 6, Z95);
    const struct key iop = {"risk", "", "iop", "", 12, NULL, NULL, NULL},
                     inpatient = {"risk", "", "inpatient", "", 12, NULL, NULL, NULL},
                     pair = {"risk_difference", "", "iop", "inpatient", 12, NULL, NULL, NULL};

    assert_number(t, iop, 2. / 5, sqrt(0.4 * 0.6 / 5), one.low, one.high);
    assert_number(t, inpatient, 3. / 6, sqrt(0.25 / 6), other.low, other.high);
    assert_number(t, pair, -0.1, sqrt(0.24 / 5 + 0.25 / 6), both.low, both.high);
    assert_counts(t, iop, 2, 5);
    assert_counts(t, pair, 5, 11);
    assert_text(t, iop, "method", "events/n; Wilson limits");
    assert_text(t, pair, "method", "events/n; Newcombe limits");
    /* Whoever is censored on day 30 itself was seen throughout day 30. */
    assert_text(t, KEY("risk", "", "iop", "", 30), "method", "events/n; Wilson limits");
    assert_counts(t, KEY("risk", "", "iop", "", 30), 2, 5);
    /* A censoring in one arm decides for all of them. */
    assert_text(t, KEY("risk", "", "inpatient", "", 31), "method", "1 - Kaplan-Meier; Greenwood errors");
    assert_text(t, KEY("risk", "at least", "inpatient", "", 31), "method", "1 - Kaplan-Meier; Greenwood errors");
    small_release(&c);
}

static void test_at_least_leaves_the_events_of_the_day_itself_out(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, RISKS, censored_from_30);
    const struct limits one = wilson(1, 5, Z95), both = newcombe(1, 5, 1, 6, Z95);

    assert_number(c.a.estimates, KEY("risk", "at least", "iop", "", 12), 0.2, sqrt(0.16 / 5), one.low, one.high);
    assert_number(c.a.estimates, KEY("risk_difference", "at least", "iop", "inpatient", 12), 1. / 5 - 1. / 6,
                  sqrt(0.16 / 5 + 5. / 36 / 6), both.low, both.high);
    small_release(&c);
}

static void test_with_censoring_risk_is_1_minus_kaplan_meier(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, RISKS, censored_from_30);
    const struct table *t = c.a.estimates;
    /* iop: 5, 4 and, after the censoring on day 30, 2 at risk; inpatient: 6 and 5 at risk. */
    const double s1 = 4. / 5 * 3 / 4 * 1 / 2, e1 = s1 * sqrt(1. / (5 * 4) + 1. / (4 * 3) + 1. / (2 * 1));
    const double s0 = 5. / 6 * 3 / 5, e0 = s0 * sqrt(1. / (6 * 5) + 2. / (5 * 3));
    const struct limits one = log_log(s1, e1);
    const double p1 = 1 - s1, p0 = 1 - s0, rr = log(p1 / p0), rr_error = hypot(e1 / p1, e0 / p0);
    const double odds = log(p1 / (1 - p1)) - log(p0 / (1 - p0)),
                 odds_error = hypot(e1 / (p1 * (1 - p1)), e0 / (p0 * (1 - p0)));
    const struct key pair = {"risk_difference", "", "iop", "inpatient", 40, NULL, NULL, NULL};

    assert_number(t, KEY("risk", "", "iop", "", 40), p1, e1, 1 - one.high, 1 - one.low);
    assert_number(t, pair, p1 - p0, hypot(e1, e0), p1 - p0 - Z95 * hypot(e1, e0), p1 - p0 + Z95 * hypot(e1, e0));
    assert_near(number_of(t, pair, "statistic"), (p1 - p0) / hypot(e1, e0), 1e-12);
    assert_near(number_of(t, pair, "p_value"), erfc((p1 - p0) / hypot(e1, e0) / M_SQRT2), 1e-12);
    assert_number(t, KEY("risk_ratio", "", "iop", "inpatient", 40), p1 / p0, rr_error, exp(rr - Z95 * rr_error),
                  exp(rr + Z95 * rr_error));
    assert_number(t, KEY("odds_ratio", "", "iop", "inpatient", 40), exp(odds), odds_error, exp(odds - Z95 * odds_error),
                  exp(odds + Z95 * odds_error));
    assert_number(t, KEY("survival_difference", "", "iop", "inpatient", 40), s1 - s0, hypot(e1, e0),
                  s1 - s0 - Z95 * hypot(e1, e0), s1 - s0 + Z95 * hypot(e1, e0));
    small_release(&c);
}

static void test_a_day_after_the_last_one_observed_is_undefined_and_named(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, RISKS, censored_from_30);
    static const char why[] = "day 100 lies after the last day observed in arm iop (60)";

    assert_undefined(c.a.estimates, KEY("risk", "", "iop", "", 100), why);
    assert_undefined(c.a.estimates, KEY("survival", "", "iop", "", 100), why);
    assert_undefined(c.a.estimates, KEY("risk_difference", "", "iop", "inpatient", 100), why);
    assert_undefined(c.a.estimates, KEY("survival_difference", "", "iop", "inpatient", 100), why);
    assert_undefined(c.a.estimates, KEY("odds_ratio", "", "iop", "inpatient", 100), why);
    small_release(&c);
}

/* ---- competing events ------------------------------------------------------------------------------------------ */

#define COMPETING \
    "outcomes: {relapse: {time: days, event: \"what == 1\", competing: {death: \"what == 2\"}, event_is: bad}}\n"

static const char with_deaths[] = "1,2,,1,1,,\n1,3,,2,1,,\n1,4,,0,1,,\n1,6,,1,1,,\n"
                                  "2,2,,2,1,,\n2,3,,1,1,,\n2,5,,1,1,,\n2,7,,0,1,,\n";

static void test_with_a_competing_event_risk_is_aalen_johansen(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        TWO_ARMS, COMPETING,
        "compare: [{outcomes: [relapse], measures: [risk_difference, cumulative_incidence, survival], at: [4, 5]}]\n",
        with_deaths);
    const struct table *t = c.a.estimates;
    /* Inpatient on day 5: relapse on days 3 and 5 with 3 and 2 at risk after the death on day 2. */
    const double f = 3. / 4 * 1 / 3 + 1. / 2 * 1 / 2, at_3 = 1. / 4;
    const double var =
        1. / 16 * pow((f - 0) / (3. / 4), 2) + 9. / 16 / 9 * pow(1 - (f - at_3) / (1. / 2), 2) + 1. / 4 / 4;
    const struct limits free = log_log(1 - f, sqrt(var));

    /* Nobody is censored before day 4: plain counts, whatever competes. */
    assert_text(t, (struct key){"risk", "", "iop", "", 4, NULL, NULL, "event"}, "method", "events/n; Wilson limits");
    assert_counts(t, (struct key){"risk", "", "iop", "", 4, NULL, NULL, "event"}, 1, 4);
    assert_number(t, (struct key){"risk", "", "inpatient", "", 5, NULL, NULL, "event"}, f, sqrt(var), 1 - free.high,
                  1 - free.low);
    assert_text(t, (struct key){"risk", "", "inpatient", "", 5, NULL, NULL, "event"}, "method",
                "Aalen-Johansen; Aalen errors");
    assert_near(
        number_of(t, (struct key){"cumulative_incidence", "", "inpatient", "", 5, NULL, NULL, "event"}, "estimate"), f,
        1e-15);
    assert_near(
        number_of(t, (struct key){"cumulative_incidence", "", "inpatient", "", 5, NULL, NULL, "death"}, "estimate"),
        0.25, 1e-15);
    assert_near(number_of(t, KEY("risk_difference", "", "iop", "inpatient", 5), "estimate"), 0.25 - f, 1e-15);
    /* Survival is freedom from either. */
    assert_near(number_of(t, KEY("survival", "", "inpatient", "", 5), "estimate"), 0.25, 1e-15);
    assert_text(t, KEY("survival", "", "inpatient", "", 5), "method",
                "Kaplan-Meier, free of event and competing events; Greenwood errors");
    small_release(&c);
}

static void test_where_all_have_had_the_event_a_competing_one_leaves_no_error_either(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, COMPETING, "compare: [{outcomes: [relapse], measures: [risk_difference], at: [9]}]\n",
                      "1,1,,0,1,,\n1,2,,1,1,,\n1,3,,1,1,,\n1,3,,1,1,,\n2,2,,2,1,,\n2,5,,1,1,,\n2,9,,0,1,,\n");

    assert_number(c.a.estimates, KEY("risk", "", "iop", "", 9), 1, NAN, NAN, NAN);
    assert_number(c.a.estimates, KEY("risk_difference", "", "iop", "inpatient", 9), 2. / 3, NAN, NAN, NAN);
    assert_text(c.a.estimates, KEY("risk", "", "iop", "", 9), "method", "Aalen-Johansen; Aalen errors");
    small_release(&c);
}

static void test_curves_of_competing_causes_add_up_to_what_is_not_survived(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        TWO_ARMS, COMPETING, "compare: [{outcomes: [relapse], measures: [survival], at: [5]}]\n", with_deaths);
    const struct table *t = c.a.curves;
    double sum = 0;

    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "arm", i, "inpatient") && column_real(table_column(t, "time"), i) == 5)
            sum += column_real(table_column(t, "estimate"), i);
    assert_near(sum, 0.75, 1e-15);
    for (size_t i = 0; i < t->n_rows; i++)
        assert_true(text_is(t, "measure", i, "cumulative_incidence"));
    small_release(&c);
}

/* ---- delayed entry ------------------------------------------------------------------------------------------------
 */

#define LATE "outcomes: {relapse: {time: days, entry: start, event: \"what == 1\", event_is: bad}}\n"

static void test_delayed_entry_of_one_person_makes_every_risk_kaplan_meier(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        TWO_ARMS, LATE, "compare: [{outcomes: [relapse], measures: [risk_difference, chi_square_test], at: [5]}]\n",
        "1,0,0,1,1,,\n1,5,0,1,1,,\n1,10,0,0,1,,\n1,70,3,0,1,,\n2,5,0,1,1,,\n2,20,0,1,1,,\n2,60,0,0,1,,\n2,60,0,0,1,,"
        "\n");
    const struct table *t = c.a.estimates;
    const double s = 2. / 3 * 2 / 3; /* day 0: 3 at risk, somebody with entry on day 0 among them; day 5: 3 again */

    assert_near(number_of(t, KEY("risk", "", "iop", "", 5), "estimate"), 1 - s, 1e-15);
    assert_text(t, KEY("risk", "", "inpatient", "", 5), "method", "1 - Kaplan-Meier; Greenwood errors");
    assert_undefined(t, KEY("chi_square_test", "", "iop", "inpatient", 5),
                     "somebody is observed only from a later day on, so risks are no plain counts");
    assert_true(isnan(number_of(t, KEY("chi_square_test", "", "iop", "inpatient", 5), "n")));
    small_release(&c);
}

static void test_entry_on_day_0_of_everybody_is_no_delayed_entry(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, LATE, "compare: [{outcomes: [relapse], measures: [risk_difference], at: [5]}]\n",
                      "1,0,0,1,1,,\n1,5,0,1,1,,\n1,10,0,0,1,,\n2,5,0,1,1,,\n2,20,0,1,1,,\n2,60,0,0,1,,\n");

    assert_text(c.a.estimates, KEY("risk", "", "iop", "", 5), "method", "events/n; Wilson limits");
    assert_counts(c.a.estimates, KEY("risk", "", "iop", "", 5), 2, 3);
    small_release(&c);
}

/* ---- nobody, everybody ------------------------------------------------------------------------------------------- */

static void test_without_events_in_an_arm_ratios_do_not_exist_and_the_risk_has_an_upper_limit(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        TWO_ARMS, RELAPSE,
        "compare: [{outcomes: [relapse], measures: [risk_difference, risk_ratio, odds_ratio], at: [10, 35]}]\n",
        "1,30,,0,1,,\n1,40,,0,1,,\n1,60,,0,1,,\n2,7,,1,1,,\n2,12,,1,1,,\n2,60,,0,1,,\n");
    const struct table *t = c.a.estimates;
    const struct limits both = newcombe(0, 3, 1, 3, Z95);

    assert_number(t, KEY("risk", "", "iop", "", 10), 0, 0, 0, Z95 * Z95 / (3 + Z95 * Z95));
    assert_text(t, KEY("risk", "", "iop", "", 10), "note", "no events in arm iop");
    assert_number(t, KEY("risk_difference", "", "iop", "inpatient", 10), -1. / 3, sqrt(2. / 9 / 3), both.low,
                  both.high);
    assert_undefined(t, KEY("risk_ratio", "", "iop", "inpatient", 10), "no events in arm iop");
    assert_undefined(t, KEY("odds_ratio", "", "iop", "inpatient", 10), "no events in arm iop");
    /* With censoring the error rests on the other arm alone: that is said. */
    assert_number(t, KEY("risk", "", "iop", "", 35), 0, 0, NAN, NAN);
    assert_text(t, KEY("risk_difference", "", "iop", "inpatient", 35), "note", "no events in arm iop");
    assert_near(number_of(t, KEY("risk_difference", "", "iop", "inpatient", 35), "estimate"), -2. / 3, 1e-15);
    assert_undefined(t, KEY("risk_ratio", "", "iop", "inpatient", 35), "no events in arm iop");
    small_release(&c);
}

static void test_where_everybody_has_the_event_odds_do_not_exist(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        TWO_ARMS, RELAPSE,
        "compare: [{outcomes: [relapse], measures: [risk_difference, risk_ratio, odds_ratio], at: [3]}]\n",
        "1,1,,1,1,,\n1,2,,1,1,,\n1,3,,1,1,,\n2,2,,1,1,,\n2,9,,1,1,,\n");
    const struct table *t = c.a.estimates;

    assert_near(number_of(t, KEY("risk", "", "iop", "", 3), "conf_high"), 1, 0);
    assert_undefined(t, KEY("odds_ratio", "", "iop", "inpatient", 3), "everybody in arm iop has the event");
    assert_near(number_of(t, KEY("risk_ratio", "", "iop", "inpatient", 3), "estimate"), 2, 1e-15);
    small_release(&c);
}

static void test_where_the_curve_has_reached_0_there_are_no_limits(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE,
                                              "compare: [{outcomes: [relapse], measures: [risk_difference, risk_ratio, "
                                              "odds_ratio, survival_difference], at: [9]}]\n",
                                              "1,1,,0,1,,\n1,2,,1,1,,\n1,3,,1,1,,\n2,2,,1,1,,\n2,9,,0,1,,\n");
    const struct table *t = c.a.estimates;
    static const char why[] = "nobody is left in arm iop: no limits";
    const struct key risk = {"risk", "", "iop", "", 9, NULL, NULL, NULL},
                     difference = {"risk_difference", "", "iop", "inpatient", 9, NULL, NULL, NULL},
                     survival = {"survival_difference", "", "iop", "inpatient", 9, NULL, NULL, NULL},
                     ratio = {"risk_ratio", "", "iop", "inpatient", 9, NULL, NULL, NULL};

    assert_number(t, risk, 1, NAN, NAN, NAN);
    assert_number(t, difference, 0.5, NAN, NAN, NAN);
    assert_number(t, survival, -0.5, NAN, NAN, NAN);
    assert_number(t, ratio, 2, NAN, NAN, NAN);
    assert_text(t, risk, "note", why);
    assert_text(t, difference, "note", why);
    assert_text(t, survival, "note", why);
    assert_true(isnan(number_of(t, difference, "p_value")));
    assert_undefined(t, KEY("odds_ratio", "", "iop", "inpatient", 9), "everybody in arm iop has the event");
    small_release(&c);
}

static void test_other_kinds_of_limits_are_taken_where_the_study_asks_for_them(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        TWO_ARMS, RELAPSE, "compare: [{outcomes: [relapse], measures: [survival], at: [40], conf_type: plain}]\n",
        censored_from_30);
    const double s = 0.3, e = s * sqrt(1. / 20 + 1. / 12 + 1. / 2);

    assert_number(c.a.estimates, KEY("survival", "", "iop", "", 40), s, e, 0, s + Z95 * e);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_risk_is_events_by_n_until_somebody_is_censored_before),
        cmocka_unit_test(test_at_least_leaves_the_events_of_the_day_itself_out),
        cmocka_unit_test(test_with_censoring_risk_is_1_minus_kaplan_meier),
        cmocka_unit_test(test_a_day_after_the_last_one_observed_is_undefined_and_named),
        cmocka_unit_test(test_with_a_competing_event_risk_is_aalen_johansen),
        cmocka_unit_test(test_where_all_have_had_the_event_a_competing_one_leaves_no_error_either),
        cmocka_unit_test(test_curves_of_competing_causes_add_up_to_what_is_not_survived),
        cmocka_unit_test(test_delayed_entry_of_one_person_makes_every_risk_kaplan_meier),
        cmocka_unit_test(test_entry_on_day_0_of_everybody_is_no_delayed_entry),
        cmocka_unit_test(test_without_events_in_an_arm_ratios_do_not_exist_and_the_risk_has_an_upper_limit),
        cmocka_unit_test(test_where_everybody_has_the_event_odds_do_not_exist),
        cmocka_unit_test(test_where_the_curve_has_reached_0_there_are_no_limits),
        cmocka_unit_test(test_other_kinds_of_limits_are_taken_where_the_study_asks_for_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
