/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trials that are pooled, and subgroups: every number that R gives (scripts/references/slices.R). */
#include "compare/slices.h"

#include "tests/pipeline/compare/answers_by_key.h"

#define PEOPLE "  covariates: [sex, age]\n  strata: [start]\n"
#define POOLED                                                                                          \
    "compare:\n  - outcomes: [yes]\n    measures: [risk_difference, risk_ratio, odds_ratio]\n"                    \
    "    meta: {by: start, method: [reml, dl, pm, fixed, mh]}\n"                                              \
    "    non_inferiority: [{outcome: yes, measure: risk_difference, margin: 0.3, because: x}]\n"

static void test_trials_are_pooled_as_metafor_pools_them(void **state)
{
    (void)state;
    char *lines = read_lines("tests/reference/slices_rows.csv");
    struct small_comparison c =
        small_compare(TWO_ARMS PEOPLE, "outcomes: {yes: {event: \"what == 1\", event_is: bad}}\n", POOLED, lines);

    check_answers("tests/reference/slices_answers.csv", c.a.estimates, "yes,");
    small_release(&c);
    free(lines);
}

static void test_trials_are_never_added_together(void **state)
{
    (void)state;
    char *lines = read_lines("tests/reference/slices_rows.csv");
    struct small_comparison c =
        small_compare(TWO_ARMS PEOPLE, "outcomes: {yes: {event: \"what == 1\", event_is: bad}}\n", POOLED, lines);

    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        assert_false(text_is(c.a.estimates, "adjustment", i, "unadjusted") && text_is(c.a.estimates, "stratum", i, ""));
    assert_int_equal(c.a.verdicts->n_rows, 5); /* one a method */
    for (size_t i = 0; i < 5; i++)
        assert_false(text_is(c.a.verdicts, "verdict", i, "inconclusive (gate)"));
    small_release(&c);
    free(lines);
}

/* ---- few trials ----------------------------------------------------------------------------------------------------- */

/* Schneider 1996 and Alterman 1994: completed of day treatment and inpatient. */
static const char two_trials[] = "1,0,1,1,15,1,1\n1,0,1,0,17,1,1\n2,0,1,1,40,1,1\n2,0,1,0,2,1,1\n"
                                 "1,0,2,1,30,1,1\n1,0,2,0,26,1,1\n2,0,2,1,49,1,1\n2,0,2,0,6,1,1\n";

static size_t pooled_row(const struct table *t, const char *term)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "adjustment", i, "meta_reml") && text_is(t, "measure", i, "risk_difference") && text_is(t, "term", i, term))
            return i;
    fail_msg("no pooled row");
    return 0;
}

static void test_two_trials_show_both_kinds_of_limits_and_give_no_verdict(void **state)
{
    (void)state;
    struct small_comparison c = small_compare_counted(
        ", weight: n", TWO_ARMS PEOPLE, "outcomes: {yes: {event: \"what == 1\", event_is: good}}\n",
        "compare:\n  - outcomes: [yes]\n    measures: [risk_difference]\n    meta: {by: start, hartung_knapp: no}\n"
        "    non_inferiority: [{outcome: yes, measure: risk_difference, margin: 0.1, because: x}]\n",
        two_trials, 1);
    const struct table *t = c.a.estimates;

    assert_int_equal(c.status, 0);
    const size_t normal = pooled_row(t, ""), honest = pooled_row(t, "Hartung-Knapp");
    assert_near(column_real(table_column(t, "estimate"), normal), -0.409, 2e-3);
    assert_near(column_real(table_column(t, "conf_low"), normal), -0.533, 2e-3);
    assert_near(column_real(table_column(t, "conf_high"), normal), -0.285, 2e-3);
    assert_near(column_real(table_column(t, "conf_low"), honest), -1, 0); /* -1.214 lies outside */
    assert_near(column_real(table_column(t, "conf_high"), honest), 0.396, 2e-3);
    assert_int_equal(c.a.verdicts->n_rows, 1);
    assert_true(text_is(c.a.verdicts, "verdict", 0, "inconclusive (gate)"));
    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "measure", i, "prediction_interval")) {
            assert_true(text_is(t, "status", i, "undefined"));
            assert_true(text_is(t, "note", i, "a prediction interval needs three trials"));
        }
    small_release(&c);
}

static void test_a_single_trial_has_no_heterogeneity(void **state)
{
    (void)state;
    char one[128];
    snprintf(one, sizeof one, "%.*s", (int)(strstr(two_trials, "1,0,2,1,30") - two_trials), two_trials);
    struct small_comparison c = small_compare_counted(
        ", weight: n", TWO_ARMS PEOPLE, "outcomes: {yes: {event: \"what == 1\", event_is: good}}\n",
        "compare:\n  - outcomes: [yes]\n    measures: [risk_difference]\n    meta: {by: start}\n", one, 1);

    assert_int_equal(c.status, 0);
    assert_near(column_real(table_column(c.a.estimates, "estimate"), pooled_row(c.a.estimates, "")), 15. / 32 - 40. / 42, 1e-12);
    assert_true(text_is(c.a.estimates, "status", pooled_row(c.a.estimates, "Hartung-Knapp"), "undefined"));
    small_release(&c);
}

/* ---- subgroups ------------------------------------------------------------------------------------------------------ */

#define BY_GROUP                                                                                       \
    "compare:\n  - outcomes: [relapse]\n    measures: [risk_difference, hazard_ratio]\n    at: [60]\n"         \
    "    subgroups: [sex, start]\n"

static void test_subgroups_and_interactions_are_those_of_survival(void **state)
{
    (void)state;
    char *lines = read_lines("tests/reference/slices_rows.csv");
    struct small_comparison c = small_compare(TWO_ARMS PEOPLE, RELAPSE, BY_GROUP, lines);

    check_answers("tests/reference/slices_answers.csv", c.a.estimates, "relapse,");
    small_release(&c);
    free(lines);
}

static void test_an_effect_that_does_not_exist_in_a_group_says_why(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS PEOPLE, RELAPSE, BY_GROUP,
                                              "1,70,1,1,1,30,1\n1,80,1,1,1,30,1\n1,90,1,0,1,30,1\n2,70,1,1,1,30,1\n"
                                              "2,75,1,0,1,30,1\n2,85,1,1,1,30,2\n1,85,1,1,1,30,2\n1,66,1,0,1,30,2\n");
    size_t found = 0;

    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        if (text_is(c.a.estimates, "stratum", i, "sex=male") && text_is(c.a.estimates, "measure", i, "hazard_ratio")) {
            assert_true(text_is(c.a.estimates, "note", i, "one person in arm inpatient where sex=male"));
            found++;
        }
    assert_int_equal(found, 1);
    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        if (text_is(c.a.estimates, "measure", i, "interaction_test"))
            assert_true(text_is(c.a.estimates, "status", i, "undefined"));
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trials_are_pooled_as_metafor_pools_them),
        cmocka_unit_test(test_trials_are_never_added_together),
        cmocka_unit_test(test_two_trials_show_both_kinds_of_limits_and_give_no_verdict),
        cmocka_unit_test(test_a_single_trial_has_no_heterogeneity),
        cmocka_unit_test(test_subgroups_and_interactions_are_those_of_survival),
        cmocka_unit_test(test_an_effect_that_does_not_exist_in_a_group_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
