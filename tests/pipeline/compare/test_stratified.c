/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adjusted by strata of columns: every number that R gives (scripts/references/stratified.R), and what is not identified. */
#include "compare/stratified.h"

#include "tests/pipeline/compare/answers_by_key.h"

#define PEOPLE "  covariates: [sex, age]\n  strata: [start]\n"
#define YES "outcomes: {yes: {event: \"what == 1\", event_is: bad}}\n"
#define ADJUST                                                                                                  \
    "    adjust:\n      - {method: mantel_haenszel, by: [start, sex]}\n      - {method: direct, by: [start, sex]}\n"          \
    "      - {method: direct, name: of_arm, estimand: att, by: [start, sex]}\n      - {method: indirect, by: [start, sex]}\n"

static void test_counts_by_strata_are_those_of_r(void **state)
{
    (void)state;
    char *lines = read_lines("tests/reference/slices_rows.csv");
    struct small_comparison c =
        small_compare(TWO_ARMS PEOPLE, YES,
                      "compare:\n  - outcomes: [yes]\n    measures: [risk_difference, risk_ratio, odds_ratio]\n" ADJUST
                      "    non_inferiority: [{outcome: yes, measure: risk_difference, margin: 0.3, because: x}]\n",
                      lines);

    check_answers("tests/reference/stratified_answers.csv", c.a.estimates, "yes,");
    assert_int_equal(c.a.verdicts->n_rows, 4); /* unadjusted, Mantel-Haenszel and two by direct standardisation */
    small_release(&c);
    free(lines);
}

static void test_censored_risks_are_standardised_from_their_curves(void **state)
{
    (void)state;
    char *lines = read_lines("tests/reference/slices_rows.csv");
    struct small_comparison c =
        small_compare(TWO_ARMS PEOPLE, RELAPSE,
                      "compare:\n  - outcomes: [relapse]\n    measures: [risk_difference, risk_ratio, odds_ratio]\n    at: [60]\n"
                      "    adjust: [{method: direct, by: [sex]}, {method: mantel_haenszel, by: [sex]}]\n",
                      lines);
    size_t found = 0;

    check_answers("tests/reference/stratified_answers.csv", c.a.estimates, "relapse,");
    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        if (text_is(c.a.estimates, "adjustment", i, "mantel_haenszel")) {
            assert_true(text_is(c.a.estimates, "status", i, "undefined"));
            assert_true(text_is(c.a.estimates, "note", i,
                                "Mantel-Haenszel pools counts of events, and some are censored before that day"));
            found++;
        }
    assert_int_equal(found, 3);
    small_release(&c);
    free(lines);
}

/* One number by adjustment and measure. */
static size_t find(const struct table *t, const char *adjustment, const char *measure)
{
    size_t found = t->n_rows;

    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "adjustment", i, adjustment) && text_is(t, "measure", i, measure))
            found = i;
    assert_true(found < t->n_rows);
    return found;
}

static void test_a_stratum_without_one_of_the_arms_is_named(void **state)
{
    (void)state;
    /* Nobody of the reference is a man: his risk there is not known. */
    struct small_comparison c = small_compare_counted(
        ", weight: n", TWO_ARMS PEOPLE, YES,
        "compare:\n  - outcomes: [yes]\n    measures: [risk_difference]\n"
        "    adjust: [{method: mantel_haenszel, by: [sex]}, {method: direct, by: [sex]}, {method: direct, name: atc, estimand: "
        "atc, by: [sex]}, {method: indirect, by: [sex]}]\n",
        "1,1,0,1,30,1,1\n1,1,0,0,50,1,1\n1,1,0,1,10,1,2\n1,1,0,0,5,1,2\n2,1,0,1,20,1,1\n2,1,0,0,70,1,1\n", 1);
    const struct table *t = c.a.estimates;
    static const char why[] = "nobody in arm inpatient where sex=male: not identified";

    assert_int_equal(c.status, 0);
    assert_near(column_real(table_column(t, "estimate"), find(t, "mantel_haenszel", "risk_difference")), 30. / 80 - 20. / 90, 1e-12);
    assert_true(text_is(t, "note", find(t, "mantel_haenszel", "risk_difference"), "1 stratum with one of the arms alone says nothing"));
    assert_true(text_is(t, "status", find(t, "direct", "risk_difference"), "withheld"));
    assert_true(text_is(t, "note", find(t, "direct", "risk_difference"), why));
    /* Of people like the reference's nobody is a man. */
    assert_near(column_real(table_column(t, "estimate"), find(t, "atc", "risk_difference")), 30. / 80 - 20. / 90, 1e-12);
    assert_true(text_is(t, "status", find(t, "indirect", "standardised_ratio"), "withheld"));
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_by_strata_are_those_of_r),
        cmocka_unit_test(test_censored_risks_are_standardised_from_their_curves),
        cmocka_unit_test(test_a_stratum_without_one_of_the_arms_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
