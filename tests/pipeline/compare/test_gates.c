/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is put beside numbers after they are computed: gates, negative controls, E-values. */
#include "compare/gates.h"

#include "compare/detection.h"
#include "compare/e_values.h"
#include "compare/negative_controls.h"
#include "tests/pipeline/compare/small_comparison.h"

static size_t find(const struct table *t, const char *outcome, const char *measure, const char *term)
{
    size_t found = t->n_rows;

    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "outcome", i, outcome) && text_is(t, "measure", i, measure) &&
            (table_column(t, "term") == NULL || text_is(t, "term", i, term)))
            found = i;
    assert_true(found < t->n_rows);
    return found;
}

/* Early events in one arm, late ones in the other: curves that cross. */
static char *crossing_lines(void)
{
    char *text = calloc(1, 1 << 16), *end = text;

    for (int i = 0; i < 120; i++)
        end += sprintf(end, "%d,%d,0,%d,1,30,1\n", 1 + i % 2, i % 2 ? 60 + i / 4 : 1 + 3 * (i / 2) % 170, i % 5 != 0);
    return text;
}

static void test_hazards_that_are_not_proportional_gate_the_ratio_and_nothing_else(void **state)
{
    (void)state;
    char *lines = crossing_lines();
    struct small_comparison c = small_compare(
        TWO_ARMS, RELAPSE,
        "compare:\n  - outcomes: [relapse]\n    measures: [hazard_ratio, rmst_difference, ph_test]\n    tau: 80\n"
        "    non_inferiority:\n      - {outcome: relapse, measure: hazard_ratio, margin: 1.25, because: x}\n"
        "      - {outcome: relapse, measure: rmst_difference, margin: 10, because: x}\n",
        lines);
    const struct table *t = c.a.estimates;

    assert_true(column_real(table_column(t, "p_value"), find(t, "relapse", "ph_test", "")) < GATE_PH_LEVEL);
    assert_true(text_is(t, "status", find(t, "relapse", "hazard_ratio", ""), "flagged"));
    assert_false(column_is_missing(table_column(t, "estimate"), find(t, "relapse", "hazard_ratio", "")));
    assert_true(text_is(t, "status", find(t, "relapse", "rmst_difference", ""), "shown"));
    assert_int_equal(gates_close_verdicts(t, c.a.verdicts), 0);
    assert_true(text_is(c.a.verdicts, "verdict", find(c.a.verdicts, "relapse", "hazard_ratio", ""), "inconclusive (gate)"));
    assert_false(text_is(c.a.verdicts, "verdict", find(c.a.verdicts, "relapse", "rmst_difference", ""), "inconclusive (gate)"));
    size_t n;
    const char *gate =
        column_text(table_column(c.a.verdicts, "gate"), find(c.a.verdicts, "relapse", "hazard_ratio", ""), &n);
    assert_non_null(memmem(gate, n, "hazards are not proportional (p = ", 34));
    small_release(&c);
    free(lines);
}

#define TWO_OUTCOMES                                                                        \
    "outcomes:\n  relapse: {event: \"what == 1\", event_is: bad}\n  control: {event: \"age > 50\", event_is: bad}\n"
#define CONTROLLED                                                                                               \
    "compare:\n  - outcomes: [relapse, control]\n    measures: [risk_difference, risk_ratio]\n    negative_controls: [control]\n" \
    "    non_inferiority: [{outcome: relapse, measure: risk_difference, margin: 0.1, because: x}]\n"

static struct small_comparison with_control(int in_arm, int in_reference)
{
    char lines[512];

    snprintf(lines, sizeof lines,
             "1,1,0,1,%d,60,1\n1,1,0,0,%d,40,1\n2,1,0,1,%d,60,1\n2,1,0,0,%d,40,1\n1,1,0,1,50,40,1\n2,1,0,1,50,40,1\n", in_arm,
             150 - in_arm, in_reference, 150 - in_reference);
    struct small_comparison c = small_compare_counted(", weight: n", TWO_ARMS, TWO_OUTCOMES, CONTROLLED, lines, 1);
    assert_int_equal(c.status, 0);
    assert_int_equal(negative_controls_mark(c.small.study, c.a.estimates, c.a.verdicts), 0);
    return c;
}

static void test_a_negative_control_that_differs_is_told_beside_the_others(void **state)
{
    (void)state;
    static const char words[] = "negative control 'control' differs between these arms: they differ in more than the treatment";
    struct small_comparison c = with_control(100, 40);
    size_t n;
    const char *gate = column_text(table_column(c.a.verdicts, "gate"), 0, &n);

    assert_true(text_is(c.a.estimates, "note", find(c.a.estimates, "relapse", "risk_difference", ""), words));
    assert_true(text_is(c.a.estimates, "note", find(c.a.estimates, "control", "risk_difference", ""), ""));
    assert_non_null(memmem(gate, n, words, strlen(words)));
    small_release(&c);
}

static void test_a_negative_control_that_agrees_says_nothing(void **state)
{
    (void)state;
    struct small_comparison c = with_control(70, 68);

    assert_true(text_is(c.a.estimates, "note", find(c.a.estimates, "relapse", "risk_difference", ""), ""));
    assert_true(text_is(c.a.verdicts, "gate", 0, "unadjusted"));
    small_release(&c);
}

static void test_e_values_follow_the_ratios(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare_counted(", weight: n", TWO_ARMS, "outcomes: {relapse: {event: \"what == 1\", event_is: bad}}\n",
                              "compare:\n  - outcomes: [relapse]\n    measures: [risk_ratio, odds_ratio, e_value]\n",
                              "1,1,0,1,90,1,1\n1,1,0,0,110,1,1\n2,1,0,1,60,1,1\n2,1,0,0,140,1,1\n", 1);
    const struct table *t = c.a.estimates;

    assert_int_equal(c.status, 0);
    assert_int_equal(e_values_add(c.small.study, c.a.estimates), 0);
    const size_t risk = find(t, "relapse", "e_value", "risk_ratio"), odds = find(t, "relapse", "e_value", "odds_ratio");
    const double rr = 1.5, low = rr * exp(-Z95 * sqrt(1. / 90 - 1. / 200 + 1. / 60 - 1. / 200)),
                 root = sqrt(90. * 140 / (110 * 60));
    assert_near(column_real(table_column(t, "estimate"), risk), rr + sqrt(rr * (rr - 1)), 1e-12);
    assert_near(column_real(table_column(t, "conf_low"), risk), low + sqrt(low * (low - 1)), 1e-12);
    assert_near(column_real(table_column(t, "estimate"), odds), root + sqrt(root * (root - 1)), 1e-12); /* 150 of 400: common */
    assert_true(text_is(t, "method", odds, "E-value, common outcome: square root of the odds ratio"));
    small_release(&c);
}

/* ---- detection -------------------------------------------------------------------------------------------------------- */

/* The arm is tested `often` times in 100 days, the reference 5 times. */
static struct small_comparison looked_at(int often, struct table **looks)
{
    struct small_comparison c = small_compare(
        TWO_ARMS, RELAPSE,
        "compare:\n  - outcomes: [relapse]\n    measures: [risk_difference]\n    at: [90]\n"
        "    non_inferiority: [{outcome: relapse, measure: risk_difference, at: 90, margin: 0.5, because: x}]\n",
        "1,100,0,0,1,1,1\n1,80,0,1,1,1,1\n1,120,0,0,1,1,1\n2,100,0,0,1,1,1\n2,70,0,1,1,1,1\n2,130,0,0,1,1,1\n");
    struct table *people = c.cohort.people;
    *looks = table_alloc("looks", "");
    struct column *looked = table_add_column(*looks, "n_looked", COLUMN_INT32, 0, "", "");
    assert_non_null(looked);
    assert_int_equal(table_resize(*looks, people->n_rows), 0);
    looked = table_column(*looks, "n_looked");
    for (size_t i = 0; i < people->n_rows; i++)
        column_set_integer(looked, i, column_code(table_column(people, "arm"), i) == 0 ? often : 5);
    const struct comparison_input input = {.n_rows = people->n_rows,
                                           .arm = table_column(people, "arm"),
                                           .weight = table_column(people, "weight"),
                                           .member = table_column(people, "population:all"),
                                           .cause = table_column(c.outcomes[0], "cause"),
                                           .time = table_column(c.outcomes[0], "time"),
                                           .looked = looked};
    const struct people from = {&input, c.small.records, table_column(people, "record")};
    struct comparison comparison;
    assert_int_equal(comparison_solve(c.small.study, &c.small.study->analyses[0], &c.small.study->outcomes[0],
                                      &c.small.study->cohort.populations.items[0], &input, 1, &comparison), 0);
    assert_int_equal(detection_add(&comparison, &from, c.a.estimates), 0);
    comparison_free(&comparison);
    assert_int_equal(detection_mark(c.a.estimates, c.a.verdicts), 0);
    return c;
}

static void test_an_arm_that_is_looked_at_more_than_twice_as_often_is_told(void **state)
{
    (void)state;
    struct table *looks;
    struct small_comparison c = looked_at(11, &looks);
    const struct table *t = c.a.estimates;
    const size_t ratio = find(t, "relapse", "rate_ratio", "looked at, per 100 days");

    assert_near(column_real(table_column(t, "estimate"), ratio), 2.2, 1e-12); /* 33 and 15 days in 300 */
    assert_near(column_real(table_column(t, "person_time"), find(t, "relapse", "rate", "looked at, per 100 days")), 300, 0);
    assert_true(text_is(t, "status", ratio, "flagged"));
    assert_true(text_is(c.a.verdicts, "gate", 0, "unadjusted; detection: looked at 2.2 times as often as the reference"));
    size_t n;
    const char *note = column_text(table_column(t, "note"), find(t, "relapse", "risk_difference", ""), &n);
    assert_non_null(memmem(note, n, "detection: looked at 2.2 times", 30));
    table_free(looks);
    small_release(&c);
}

static void test_an_arm_that_is_looked_at_twice_as_often_is_not(void **state)
{
    (void)state;
    struct table *looks;
    struct small_comparison c = looked_at(10, &looks);

    assert_true(text_is(c.a.estimates, "status", find(c.a.estimates, "relapse", "rate_ratio", "looked at, per 100 days"), "shown"));
    assert_true(text_is(c.a.verdicts, "gate", 0, "unadjusted"));
    table_free(looks);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hazards_that_are_not_proportional_gate_the_ratio_and_nothing_else),
        cmocka_unit_test(test_a_negative_control_that_differs_is_told_beside_the_others),
        cmocka_unit_test(test_a_negative_control_that_agrees_says_nothing),
        cmocka_unit_test(test_e_values_follow_the_ratios),
        cmocka_unit_test(test_an_arm_that_is_looked_at_more_than_twice_as_often_is_told),
        cmocka_unit_test(test_an_arm_that_is_looked_at_twice_as_often_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
