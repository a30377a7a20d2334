/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Margins answered: both directions of an event, ratios, survival and restricted means, power, and no verdict. */
#include "tests/pipeline/compare/small_comparison.h"

static double normal(double z) /* P(Z <= z) */
{
    return erfc(-z / M_SQRT2) / 2;
}

/* Counted rows: events and people of the two arms, and whether the event is bad. */
static struct small_comparison counted(int x1, int n1, int x0, int n0, const char *event_is, const char *margin)
{
    char lines[256], outcome[128], compare[512];

    snprintf(lines, sizeof lines, "1,1,,1,%d,,\n1,1,,0,%d,,\n2,1,,1,%d,,\n2,1,,0,%d,,\n", x1, n1 - x1, x0, n0 - x0);
    snprintf(outcome, sizeof outcome, "outcomes: {it: {event: \"what == 1\", event_is: %s}}\n", event_is);
    snprintf(
        compare, sizeof compare,
        "compare: [{outcomes: [it], measures: [risk_difference, risk_ratio, odds_ratio], non_inferiority: [%s]}]\n",
        margin);
    struct small_comparison c = small_compare_counted(", weight: n", TWO_ARMS, outcome, compare, lines, 1);
    assert_int_equal(c.status, 0);
    return c;
}

#define DIFFERENCE "{outcome: it, measure: risk_difference, margin: 0.1, because: a test}"
#define RATIO "{outcome: it, measure: risk_ratio, margin: 1.25, because: a test, role: primary}"

static void assert_verdict(const struct small_comparison *c, const char *worse, const char *verdict,
                           const char *statistically)
{
    const struct table *v = c->a.verdicts;

    assert_int_equal(v->n_rows, 1);
    assert_true(text_is(v, "worse_is", 0, worse));
    if (!text_is(v, "verdict", 0, verdict) || !text_is(v, "statistically", 0, statistically))
        fail_msg("the verdict is not %s, %s", verdict, statistically);
}

static void test_a_bad_event_is_worse_when_there_is_more_of_it(void **state)
{
    (void)state;
    struct small_comparison inferior = counted(150, 300, 90, 300, "bad", DIFFERENCE),
                            inconclusive = counted(100, 300, 90, 300, "bad", DIFFERENCE),
                            non_inferior = counted(90, 300, 95, 300, "bad", DIFFERENCE),
                            better = counted(60, 300, 95, 300, "bad", DIFFERENCE),
                            worse_within = counted(340, 1000, 290, 1000, "bad", DIFFERENCE);

    assert_verdict(&inferior, "higher", "inferior", "worse"); /* +20 points, from 12.2 to 27.3 */
    assert_verdict(&inconclusive, "higher", "inconclusive", "not different");
    assert_verdict(&non_inferior, "higher", "non-inferior", "not different");
    assert_verdict(&better, "higher", "non-inferior", "better");
    assert_verdict(&worse_within, "higher", "non-inferior", "worse"); /* worse, but by less than the margin */
    small_release(&inferior);
    small_release(&inconclusive);
    small_release(&non_inferior);
    small_release(&better);
    small_release(&worse_within);
}

static void test_a_good_event_is_worse_when_there_is_less_of_it(void **state)
{
    (void)state;
    struct small_comparison inferior = counted(90, 300, 150, 300, "good", DIFFERENCE),
                            better = counted(150, 300, 90, 300, "good", DIFFERENCE),
                            inconclusive = counted(90, 300, 100, 300, "good", DIFFERENCE);

    assert_verdict(&inferior, "lower", "inferior", "worse");
    assert_verdict(&better, "lower", "non-inferior", "better");
    assert_verdict(&inconclusive, "lower", "inconclusive", "not different");
    small_release(&inferior);
    small_release(&better);
    small_release(&inconclusive);
}

static void test_ratio_margins_are_above_1_in_either_direction(void **state)
{
    (void)state;
    struct small_comparison bad = counted(300, 600, 180, 600, "bad", RATIO),
                            good = counted(180, 600, 300, 600, "good", RATIO),
                            fine = counted(300, 600, 290, 600, "good", RATIO);
    const double se = sqrt(1. / 300 - 1. / 600 + 1. / 180 - 1. / 600);

    assert_verdict(&bad, "higher", "inferior", "worse");
    assert_verdict(&good, "lower", "inferior", "worse");
    assert_verdict(&fine, "lower", "non-inferior", "not different");
    assert_near(column_real(table_column(bad.a.verdicts, "estimate"), 0), 300. / 180, 1e-14);
    assert_near(column_real(table_column(bad.a.verdicts, "conf_low"), 0), exp(log(300. / 180) - Z95 * se), 1e-12);
    /* The test against the margin lives on the log scale. */
    const struct key test = {"noninferiority_test", "risk_ratio", "iop", "inpatient", NAN, NULL, NULL, NULL};
    const double z = (log(1.25) - log(300. / 180)) / se;
    assert_near(number_of(bad.a.estimates, test, "statistic"), z, 1e-12);
    assert_near(number_of(bad.a.estimates, test, "p_value"), normal(-z), 1e-12);
    assert_near(number_of(good.a.estimates, test, "statistic"), z, 1e-12);
    small_release(&bad);
    small_release(&good);
    small_release(&fine);
}

static void test_no_difference_between_154_and_139_people_is_no_equivalence(void **state)
{
    (void)state;
    /* The sizes of the largest trial, 55 % abstinent: 40 % power at a margin of 10 points. */
    struct small_comparison c = counted(85, 154, 76, 139, "good", DIFFERENCE);
    const double p = 76. / 139, se = sqrt(p * (1 - p) * (1. / 154 + 1. / 139)), power = normal(.1 / se - Z95);
    const struct table *v = c.a.verdicts;

    assert_verdict(&c, "lower", "inconclusive", "not different");
    assert_near(column_real(table_column(v, "power"), 0), power, 1e-12);
    assert_true(fabs(power - 0.40) < 0.005);
    assert_int_equal(column_integer(table_column(v, "n_needed_80"), 0),
                     (int64_t)ceil(293 * pow((Z95 + 0.8416212335729143) * se / .1, 2)));
    assert_int_equal(column_integer(table_column(v, "n_needed_90"), 0),
                     (int64_t)ceil(293 * pow((Z95 + 1.2815515655446004) * se / .1, 2)));
    small_release(&c);
}

/* (z_0.975 + z_0.80)^2 and with z_0.90. */
#define TWO_SIDED_80 7.848879734349089
#define TWO_SIDED_90 10.507423061095714

/*
 * Schoenfeld 1981: arms of equal size need D = 4 (z_a + z_b)^2 / log(margin)^2 events; at 1.3 and 80 % that is the textbook's 457.
 * Here 60 of 120 people have the event.
 */
static void test_sizes_for_a_hazard_ratio_are_those_of_schoenfeld(void **state)
{
    (void)state;
    char lines[8192], *end = lines;

    assert_near(ceil(4 * TWO_SIDED_80 / pow(log(1.3), 2)), 457, 0);
    for (int i = 0; i < 120; i++)
        end += sprintf(end, "%d,%d,0,%d,1,30,1\n", 1 + i % 2, 10 + (i * 37) % 90, (i / 2) % 2);
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE,
                                              "compare:\n  - outcomes: [relapse]\n    measures: [hazard_ratio]\n"
                                              "    non_inferiority: [{outcome: relapse, measure: hazard_ratio, margin: 1.3, because: x}]\n",
                                              lines);
    const struct table *v = c.a.verdicts;

    assert_near(column_real(table_column(v, "power"), 0), normal(log(1.3) * sqrt(60 * 0.25) - Z95), 1e-12);
    assert_int_equal(column_integer(table_column(v, "n_needed_80"), 0), ceil(120 * TWO_SIDED_80 / (60 * 0.25 * pow(log(1.3), 2))));
    assert_int_equal(column_integer(table_column(v, "n_needed_90"), 0), ceil(120 * TWO_SIDED_90 / (60 * 0.25 * pow(log(1.3), 2))));
    small_release(&c);
}

/* Julious 2004: at a risk of 15 % in both arms and a margin of ten points 201 people an arm; a ratio by its logarithm. */
static void test_sizes_for_differences_and_ratios_of_risks_are_those_of_the_textbook(void **state)
{
    (void)state;
    struct small_comparison c = small_compare_counted(
        ", weight: n", TWO_ARMS, "outcomes: {relapse: {event: \"what == 1\", event_is: bad}}\n",
        "compare:\n  - outcomes: [relapse]\n    measures: [risk_difference, risk_ratio]\n    non_inferiority:\n"
        "      - {outcome: relapse, measure: risk_difference, margin: 0.1, because: x}\n"
        "      - {outcome: relapse, measure: risk_ratio, margin: 1.5, because: x}\n",
        "1,1,0,1,40,1,1\n1,1,0,0,160,1,1\n2,1,0,1,30,1,1\n2,1,0,0,170,1,1\n", 1);
    const struct table *v = c.a.verdicts;

    assert_int_equal(c.status, 0);
    assert_near(ceil(TWO_SIDED_80 * 2 * 0.15 * 0.85 / 0.01), 201, 0);
    assert_int_equal(column_integer(table_column(v, "n_needed_80"), 0), ceil(2 * TWO_SIDED_80 * 2 * 0.15 * 0.85 / 0.01));
    assert_int_equal(column_integer(table_column(v, "n_needed_90"), 0), ceil(2 * TWO_SIDED_90 * 2 * 0.15 * 0.85 / 0.01));
    assert_int_equal(column_integer(table_column(v, "n_needed_80"), 1),
                     ceil(2 * TWO_SIDED_80 * 2 * 0.85 / 0.15 / pow(log(1.5), 2)));
    assert_near(column_real(table_column(v, "power"), 1), normal(log(1.5) / sqrt(0.85 / 0.15 * 2 / 200) - Z95), 1e-12);
    small_release(&c);
}

static void test_power_does_not_follow_the_observed_difference(void **state)
{
    (void)state;
    struct small_comparison near = counted(76, 154, 76, 139, "good", DIFFERENCE),
                            far = counted(30, 154, 76, 139, "good", DIFFERENCE);

    assert_near(column_real(table_column(near.a.verdicts, "power"), 0),
                column_real(table_column(far.a.verdicts, "power"), 0), 0);
    small_release(&near);
    small_release(&far);
}

static void test_equivalence_is_two_one_sided_tests_with_the_90_percent_interval(void **state)
{
    (void)state;
    struct small_comparison c = counted(300, 600, 290, 600, "bad", DIFFERENCE);
    const struct key test = {"equivalence_test", "risk_difference", "iop", "inpatient", NAN, NULL, NULL, NULL};
    const double d = 10. / 600, se = sqrt(.25 / 600 + 290. / 600 * 310 / 600 / 600);
    const struct limits ninety = newcombe(300, 600, 290, 600, Z90);

    assert_near(number_of(c.a.estimates, test, "conf_level"), 0.90, 0);
    assert_near(number_of(c.a.estimates, test, "conf_low"), ninety.low, 1e-12);
    assert_near(number_of(c.a.estimates, test, "conf_high"), ninety.high, 1e-12);
    assert_near(number_of(c.a.estimates, test, "statistic"), (.1 - d) / se, 1e-12);
    assert_near(number_of(c.a.estimates, test, "p_value"), normal(-(.1 - d) / se), 1e-11);
    small_release(&c);
}

static void test_role_and_reason_are_carried_and_unadjusted_is_said(void **state)
{
    (void)state;
    struct small_comparison c = counted(300, 600, 290, 600, "bad", RATIO);

    assert_true(text_is(c.a.verdicts, "role", 0, "primary"));
    assert_true(text_is(c.a.verdicts, "because", 0, "a test"));
    assert_true(text_is(c.a.verdicts, "gate", 0, "unadjusted"));
    assert_near(column_real(table_column(c.a.verdicts, "margin"), 0), 1.25, 0);
    small_release(&c);
}

static void test_caveats_of_the_study_stand_beside_every_verdict(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, "outcomes: {it: {event: \"what == 1\", event_is: bad}}\n",
                      "caveats: [discharges are not people, small]\n"
                      "compare: [{outcomes: [it], measures: [risk_difference], non_inferiority: [" DIFFERENCE "]}]\n",
                      "1,1,,1,1,,\n1,1,,0,1,,\n2,1,,1,1,,\n2,1,,0,1,,\n");

    assert_true(text_is(c.a.verdicts, "gate", 0, "unadjusted; discharges are not people; small"));
    small_release(&c);
}

/* ---- times ---------------------------------------------------------------------------------------------------------
 */

static const char people[] = "1,5,,1,1,,\n1,12,,1,1,,\n1,30,,0,1,,\n1,40,,1,1,,\n1,60,,0,1,,\n"
                             "2,7,,1,1,,\n2,12,,1,1,,\n2,12,,1,1,,\n2,31,,0,1,,\n2,45,,1,1,,\n2,60,,0,1,,\n";

static void test_survival_and_restricted_means_fall_with_a_bad_event(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE,
                      "compare:\n  - outcomes: [relapse]\n    measures: [survival_difference, rmst_difference, "
                      "rmst_ratio]\n    at: [40]\n"
                      "    tau: 50\n    non_inferiority:\n"
                      "      - {outcome: relapse, measure: survival_difference, at: 40, margin: 0.1, because: a test}\n"
                      "      - {outcome: relapse, measure: rmst_difference, margin: 7, because: a test}\n"
                      "      - {outcome: relapse, measure: rmst_ratio, margin: 1.2, because: a test}\n",
                      people);
    const struct table *v = c.a.verdicts;
    const struct key mean = {"rmst_difference", NULL, "iop", "inpatient", 50, NULL, NULL, NULL};

    assert_int_equal(v->n_rows, 3);
    for (size_t i = 0; i < v->n_rows; i++) {
        assert_true(text_is(v, "worse_is", i, "lower"));
        assert_true(text_is(v, "verdict", i, "inconclusive"));
        assert_false(column_is_missing(table_column(v, "power"), i));
    }
    /* Read up to the analysis' tau, and power from the error of the difference. */
    assert_near(number_of(v, mean, "estimate"), number_of(c.a.estimates, mean, "estimate"), 0);
    assert_near(number_of(v, mean, "power"), normal(7 / number_of(c.a.estimates, mean, "std_error") - Z95), 1e-12);
    assert_near(
        number_of(c.a.estimates, KEY("noninferiority_test", "rmst_difference", "iop", "inpatient", 50), "statistic"),
        (7 + number_of(c.a.estimates, mean, "estimate")) / number_of(c.a.estimates, mean, "std_error"), 1e-12);
    small_release(&c);
}

static void test_margins_at_and_at_least_a_day_are_told_apart(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        TWO_ARMS, RELAPSE,
        "compare:\n  - outcomes: [relapse]\n    measures: [risk_difference]\n    at: [12]\n    at_least: [12]\n"
        "    non_inferiority:\n"
        "      - {outcome: relapse, measure: risk_difference, at: 12, margin: 0.1, because: a test}\n"
        "      - {outcome: relapse, measure: risk_difference, at_least: 12, margin: 0.1, because: a test}\n",
        people);

    assert_near(
        number_of(c.a.estimates, KEY("noninferiority_test", "risk_difference", "iop", "inpatient", 12), "estimate"),
        -0.1, 1e-14);
    assert_near(number_of(c.a.estimates,
                          KEY("noninferiority_test", "risk_difference, at least", "iop", "inpatient", 12), "estimate"),
                1. / 5 - 1. / 6, 1e-14);
    assert_true(text_is(c.a.verdicts, "note", 0, ""));
    assert_true(text_is(c.a.verdicts, "note", 1, "read as P(T >= day)"));
    small_release(&c);
}

static void test_without_a_number_there_is_no_verdict_but_its_reason(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE,
                      "compare:\n  - outcomes: [relapse]\n    measures: [risk_difference, risk_ratio, "
                      "rmst_difference]\n    at: [100]\n    tau: 100\n"
                      "    non_inferiority:\n"
                      "      - {outcome: relapse, measure: risk_difference, at: 100, margin: 0.1, because: a test}\n"
                      "      - {outcome: relapse, measure: rmst_difference, margin: 0.1, because: a test}\n",
                      people);
    const struct table *v = c.a.verdicts;

    assert_int_equal(v->n_rows, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(text_is(v, "verdict", i, "undefined"));
        assert_true(text_is(v, "statistically", i, ""));
        assert_true(column_is_missing(table_column(v, "power"), i));
        assert_true(column_is_missing(table_column(v, "n_needed_80"), i));
        assert_false(column_is_missing(table_column(v, "note"), i));
    }
    assert_undefined(c.a.estimates, KEY("equivalence_test", "risk_difference", "iop", "inpatient", 100),
                     "day 100 lies after the last day observed in arm iop (60)");
    small_release(&c);
}

static void test_no_event_in_either_arm_leaves_a_verdict_on_the_interval_but_no_test(void **state)
{
    (void)state;
    struct small_comparison c = counted(0, 300, 0, 300, "bad", DIFFERENCE);

    assert_verdict(&c, "higher", "non-inferior", "not different");
    /* The test would divide by an error of 0. */
    const struct key test = {"noninferiority_test", "risk_difference", "iop", "inpatient", NAN, NULL, NULL, NULL};
    assert_text(c.a.estimates, test, "status", "undefined");
    assert_text(c.a.estimates, test, "note", "the standard error is 0 or does not exist");
    assert_true(isnan(number_of(c.a.estimates, test, "p_value")));
    small_release(&c);
}

static void test_an_interval_without_limits_gives_no_verdict(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        TWO_ARMS, RELAPSE,
        "compare:\n  - outcomes: [relapse]\n    measures: [risk_difference]\n    at: [9]\n    non_inferiority:\n"
        "      - {outcome: relapse, measure: risk_difference, at: 9, margin: 0.1, because: a test}\n",
        "1,1,,0,1,,\n1,2,,1,1,,\n1,3,,1,1,,\n2,2,,1,1,,\n2,9,,0,1,,\n");

    assert_true(text_is(c.a.verdicts, "verdict", 0, "undefined"));
    assert_true(text_is(c.a.verdicts, "note", 0, "nobody is left in arm iop: no limits"));
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bad_event_is_worse_when_there_is_more_of_it),
        cmocka_unit_test(test_a_good_event_is_worse_when_there_is_less_of_it),
        cmocka_unit_test(test_ratio_margins_are_above_1_in_either_direction),
        cmocka_unit_test(test_no_difference_between_154_and_139_people_is_no_equivalence),
        cmocka_unit_test(test_sizes_for_a_hazard_ratio_are_those_of_schoenfeld),
        cmocka_unit_test(test_sizes_for_differences_and_ratios_of_risks_are_those_of_the_textbook),
        cmocka_unit_test(test_power_does_not_follow_the_observed_difference),
        cmocka_unit_test(test_equivalence_is_two_one_sided_tests_with_the_90_percent_interval),
        cmocka_unit_test(test_role_and_reason_are_carried_and_unadjusted_is_said),
        cmocka_unit_test(test_caveats_of_the_study_stand_beside_every_verdict),
        cmocka_unit_test(test_survival_and_restricted_means_fall_with_a_bad_event),
        cmocka_unit_test(test_margins_at_and_at_least_a_day_are_told_apart),
        cmocka_unit_test(test_without_a_number_there_is_no_verdict_but_its_reason),
        cmocka_unit_test(test_no_event_in_either_arm_leaves_a_verdict_on_the_interval_but_no_test),
        cmocka_unit_test(test_an_interval_without_limits_gives_no_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
