/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/tipping.h"

#include "tests/pipeline/compare/small_comparison.h"

#define YES "outcomes: {relapse: {event: \"what == 1\", event_is: bad}}\n"
#define ASK(at, day)                                                                                              \
    "compare:\n  - outcomes: [relapse]\n    measures: [risk_difference]\n" at                                                 \
    "    tipping_points: yes\n    non_inferiority: [{outcome: relapse, measure: risk_difference, " day "margin: 0.10, because: x}]\n"

/* Newcombe's interval and the rule of the margin, written once more: +1 non-inferior, -1 inferior, 0 inconclusive. */
static int answer(double a, double n1, double c, double n0)
{
    const struct limits arm = wilson(a, n1, Z95), reference = wilson(c, n0, Z95);
    const double p1 = a / n1, p0 = c / n0, d = p1 - p0;
    const double low = d - sqrt(pow(p1 - arm.low, 2) + pow(reference.high - p0, 2)),
                 high = d + sqrt(pow(arm.high - p1, 2) + pow(p0 - reference.low, 2));

    return high < 0.10 ? 1 : low > 0.10 ? -1 : 0;
}

static const char *word(int answer)
{
    return answer > 0 ? "non-inferior" : answer < 0 ? "inferior" : "inconclusive";
}

static void check(const struct table *t, int a, int n1, int m1, int c, int n0, int m0)
{
    const int x = (int)lround((double)m1 * a / (n1 - m1)), y = (int)lround((double)m0 * c / (n0 - m0));
    const int same = answer(a + x, n1, c + y, n0);
    int nearest = -1;

    for (int k = 0; k <= m1; k++)
        if (answer(a + k, n1, c + y, n0) != same && (nearest < 0 || abs(k - x) < abs(nearest - x)))
            nearest = k;
    assert_int_equal(t->n_rows, 1);
    assert_int_equal(column_integer(table_column(t, "lost_arm"), 0), m1);
    assert_int_equal(column_integer(table_column(t, "lost_reference"), 0), m0);
    assert_int_equal(column_integer(table_column(t, "n_arm"), 0), n1);
    assert_true(text_is(t, "verdict_same", 0, word(same)));
    assert_true(text_is(t, "verdict_worst", 0, word(answer(a + m1, n1, c, n0))));
    assert_true(text_is(t, "verdict_best", 0, word(answer(a, n1, c + m0, n0))));
    if (nearest < 0) {
        assert_true(column_is_missing(table_column(t, "tipping_events"), 0));
        assert_true(text_is(t, "turns_to", 0, ""));
        return;
    }
    assert_int_equal(column_integer(table_column(t, "tipping_events"), 0), nearest);
    assert_near(column_real(table_column(t, "tipping_risk"), 0), (double)nearest / m1, 1e-15);
    assert_true(text_is(t, "turns_to", 0, word(answer(a + nearest, n1, c + y, n0))));
}

static void test_the_nearest_number_of_events_that_turns_a_verdict(void **state)
{
    (void)state;
    /* 1000 in the arm: 180 of 850 relapsed, 150 not seen; 1000 in the reference: 200 of 950, 50 not seen. */
    struct small_comparison c =
        small_compare_counted(", weight: n", TWO_ARMS, YES, ASK("", ""),
                              "1,1,0,1,180,1,1\n1,1,0,0,670,1,1\n1,1,0,,150,1,1\n2,1,0,1,200,1,1\n2,1,0,0,750,1,1\n2,1,0,,50,1,1\n", 1);

    assert_int_equal(c.status, 0);
    check(c.a.tipping, 180, 1000, 150, 200, 1000, 50);
    assert_true(text_is(c.a.tipping, "verdict_same", 0, "non-inferior"));
    assert_true(text_is(c.a.tipping, "turns_to", 0, "inconclusive"));
    small_release(&c);
}

static void test_the_censored_are_those_not_seen_by_the_day(void **state)
{
    (void)state;
    /* Censored on day 90 is known to be free of it by then, events after it do not count. */
    struct small_comparison c = small_compare_counted(
        ", weight: n", TWO_ARMS, RELAPSE, ASK("    at: [90]\n", "at: 90, "),
        "1,40,0,1,90,1,1\n1,91,0,1,70,1,1\n1,60,0,0,40,1,1\n1,90,0,0,200,1,1\n2,90,0,1,100,1,1\n2,89,0,0,30,1,1\n2,95,0,0,270,1,1\n", 1);

    assert_int_equal(c.status, 0);
    check(c.a.tipping, 90, 400, 40, 100, 400, 30);
    small_release(&c);
}

static void test_a_verdict_that_nothing_turns_says_so(void **state)
{
    (void)state;
    struct small_comparison c = small_compare_counted(
        ", weight: n", TWO_ARMS, YES, ASK("", ""),
        "1,1,0,1,900,1,1\n1,1,0,0,90,1,1\n1,1,0,,10,1,1\n2,1,0,1,200,1,1\n2,1,0,0,795,1,1\n2,1,0,,5,1,1\n", 1);

    assert_int_equal(c.status, 0);
    check(c.a.tipping, 900, 1000, 10, 200, 1000, 5);
    assert_true(text_is(c.a.tipping, "note", 0, "whatever the arm's lost did, the verdict stays"));
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_nearest_number_of_events_that_turns_a_verdict),
                                       cmocka_unit_test(test_the_censored_are_those_not_seen_by_the_day),
                                       cmocka_unit_test(test_a_verdict_that_nothing_turns_says_so)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
