/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adjusted numbers: stacked estimating equations in R (scripts/references/adjusted.R), laws, and what cannot be adjusted. */
#include "tests/pipeline/compare/adjusted_people.h"

static const char *const estimands[] = {"iptw", "att", "atc", "overlap", "stable"};
static const char *const names[] = {"ate", "att", "atc", "ato", "ate"};
#define FIVE "iptw, att, atc, overlap, {method: iptw, name: stable, stabilised: yes}"

static void compare_with_r(const char *cohort, const char *error)
{
    static const struct adjusted_answers answers = {"tests/reference/adjusted_answers.csv", "estimand", 33, estimands, names, 1e-10, 1e-8};
    struct small_comparison c = adjusted_compare(cohort, COMPETING, ADJUST(FIVE));

    adjusted_assert(c.a.estimates, &answers, error);
    small_release(&c);
}

static void test_weighted_numbers_and_errors_are_those_of_stacked_equations(void **state)
{
    (void)state;
    compare_with_r(ADJUSTED_COHORT, "error");
}

static void test_errors_within_clusters_are_those_of_stacked_equations(void **state)
{
    (void)state;
    compare_with_r(CLUSTERED, "clustered");
}

/* ---- laws -------------------------------------------------------------------------------------------- */

static void test_overlap_weights_balance_the_means_exactly(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING, ADJUST("overlap, iptw"));
    const struct table *balance = c.a.balance;
    size_t n = 0, n_rough = 0;

    for (size_t i = 0; i < balance->n_rows; i++) {
        const double smd = column_real(table_column(balance, "smd"), i);
        if (text_is(balance, "adjustment", i, "overlap")) {
            assert_true(fabs(smd) < 1e-9);
            n++;
        } else if (text_is(balance, "adjustment", i, "iptw"))
            n_rough += fabs(smd) > 1e-6;
    }
    assert_true(n == 4); /* age, sex, and its two levels */
    assert_true(n_rough > 0);
    small_release(&c);
}

/* All rows but those that effective sizes and, with stabilised weights, hazard ratios have. */
static void assert_same_rows(const struct table *a, const struct table *b, const char *one, const char *other)
{
    const bool stable = strcmp(other, "stable") == 0;

    for (size_t i = 0; i < a->n_rows; i++) {
        if (!text_is(a, "adjustment", i, one) || text_is(a, "measure", i, "effective_sample_size") ||
            (stable && text_is(a, "measure", i, "log_hazard_ratio")))
            continue;
        size_t n_measure, n_arm, n_reference;
        const char *measure = column_text(table_column(a, "measure"), i, &n_measure),
                   *arm = column_text(table_column(a, "arm"), i, &n_arm),
                   *reference = column_text(table_column(a, "reference"), i, &n_reference);
        char texts[3][64];
        snprintf(texts[0], sizeof texts[0], "%.*s", (int)n_measure, measure);
        snprintf(texts[1], sizeof texts[1], "%.*s", (int)n_arm, arm);
        snprintf(texts[2], sizeof texts[2], "%.*s", (int)n_reference, reference);
        const size_t j = adjusted_row(b, other, texts[0], texts[1], texts[2], column_real(table_column(a, "time"), i));
        assert_near(adjusted_number(a, i, "estimate"), adjusted_number(b, j, "estimate"), 1e-11);
        assert_near(adjusted_number(a, i, "std_error"), adjusted_number(b, j, "std_error"), 1e-9);
    }
}

static void test_stabilised_weights_change_hazard_ratios_alone(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(
        ADJUSTED_COHORT, COMPETING, ADJUST("iptw, {method: iptw, name: stable, stabilised: yes}"));

    assert_same_rows(c.a.estimates, c.a.estimates, "iptw", "stable");
    small_release(&c);
}

/* A product brings the terms that it is made of, and the order of terms does not matter. */
static void test_products_stand_beside_their_parts(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(
        ADJUSTED_COHORT, COMPETING,
        ADJUST("{method: att, propensity: [\"age:sex\"]}, {method: att, name: long, propensity: [sex, age, \"sex:age\"]}"));

    assert_same_rows(c.a.estimates, c.a.estimates, "att", "long");
    small_release(&c);
}

/* One stratum for each sex by a score that knows sex alone: the strata's shares are the fitted ones. */
static void test_strata_of_a_saturated_score_are_weighting_by_it(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(
        ADJUSTED_COHORT, COMPETING,
        ADJUST("{method: iptw, propensity: sex}, {method: stratify, propensity: sex, strata: 2}"));

    assert_same_rows(c.a.estimates, c.a.estimates, "iptw", "stratify");
    small_release(&c);
}

static void test_row_order_changes_no_bit_of_a_match(void **state)
{
    (void)state;
    char *lines = adjusted_lines("tests/reference/adjusted_people.csv"), *other = adjusted_reversed(lines);
    const char *match = ADJUST("{method: match, caliper: 0.2}, {method: match, name: two, ratio: 2, exact: sex}");
    struct small_comparison a = small_compare(ADJUSTED_COHORT, COMPETING, match, lines),
                            b = small_compare(ADJUSTED_COHORT, COMPETING, match, other);
    assert_true(a.a.estimates->n_rows == b.a.estimates->n_rows);
    for (size_t i = 0; i < a.a.estimates->n_rows; i++) {
        const double x = adjusted_number(a.a.estimates, i, "estimate"), y = adjusted_number(b.a.estimates, i, "estimate");
        const double s = adjusted_number(a.a.estimates, i, "std_error"), t = adjusted_number(b.a.estimates, i, "std_error");
        assert_true((x == y || (isnan(x) && isnan(y))) && (s == t || (isnan(s) && isnan(t))));
    }
    small_release(&a);
    small_release(&b);
    free(other);
    free(lines);
}

#define RESAMPLED \
    "compare: [{outcomes: [relapse], measures: [risk_difference, rmst_difference, risk_ratio], at: [60], tau: 80, " \
    "bootstrap: {n: 200}, adjust: [overlap, {method: stratify, strata: 3}, match]}]\n"

/* The propensity is fitted anew in every replicate, so the spread of the replicates is what the linear parts say. */
static void test_replicates_spread_as_the_influence_says(void **state)
{
    (void)state;
    static const char *const adjustments[] = {"overlap", "stratify"}, *const measures[] = {"risk_difference", "rmst_difference"};
    char *lines = adjusted_lines("tests/reference/adjusted_people.csv"), *other = adjusted_reversed(lines);
    struct small_comparison a = small_compare_counted("", ADJUSTED_COHORT, COMPETING, RESAMPLED, lines, 1),
                            b = small_compare_counted("", ADJUSTED_COHORT, COMPETING, RESAMPLED, other, 1);

    for (size_t k = 0; k < 4; k++) {
        const char *adjustment = adjustments[k / 2], *measure = measures[k % 2];
        const size_t row = adjusted_row(a.a.estimates, adjustment, measure, "iop", "inpatient", k % 2 == 0 ? 60 : 80);
        const double error = adjusted_number(a.a.estimates, row, "std_error"),
                     spread = adjusted_resampled(a.a.estimates, adjustment, measure, "bootstrap percentile", "std_error");
        assert_true(spread > 0.8 * error && spread < 1.3 * error);
        assert_near(adjusted_resampled(a.a.estimates, adjustment, measure, "bootstrap BCa", "conf_high"),
                    adjusted_resampled(b.a.estimates, adjustment, measure, "bootstrap BCa", "conf_high"), 0);
        assert_true(adjusted_resampled(a.a.estimates, adjustment, measure, "bootstrap BCa", "conf_low") <
                    adjusted_number(a.a.estimates, row, "estimate"));
    }
    assert_int_equal(adjusted_resampled_row(a.a.estimates, "match", "risk_difference", "bootstrap percentile"), a.a.estimates->n_rows);
    small_release(&a);
    small_release(&b);
    free(other);
    free(lines);
}

static void test_overlap_counts_everybody_once(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING, ADJUST("overlap"));
    int64_t n[2] = {0, 0};

    assert_true(c.a.overlap->n_rows == 40);
    for (size_t i = 0; i < c.a.overlap->n_rows; i++)
        n[text_is(c.a.overlap, "people_of", i, "iop")] += column_integer(table_column(c.a.overlap, "n"), i);
    assert_true(n[0] + n[1] == 160 && n[1] > 0 && n[0] > 0);
    small_release(&c);
}

static void test_curves_of_an_adjustment_pass_through_its_risks(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING, ADJUST("overlap, iptw, match"));
    static const char *const adjustments[] = {"overlap", "iptw", "match"}, *const arms[] = {"iop", "inpatient"};
    const struct table *curves = c.a.curves;

    for (size_t k = 0; k < 6; k++) {
        const size_t risk = adjusted_row(c.a.estimates, adjustments[k / 2], "risk", arms[k % 2], "", 60);
        double estimate = NAN, error = NAN;
        for (size_t i = 0; i < curves->n_rows; i++)
            if (text_is(curves, "adjustment", i, adjustments[k / 2]) && text_is(curves, "arm", i, arms[k % 2]) &&
                text_is(curves, "cause", i, "event") && column_real(table_column(curves, "time"), i) <= 60) {
                estimate = column_real(table_column(curves, "estimate"), i);
                error = column_real(table_column(curves, "std_error"), i);
            }
        assert_near(estimate, adjusted_number(c.a.estimates, risk, "estimate"), 1e-13);
        assert_near(error, adjusted_number(c.a.estimates, risk, "std_error"), 1e-11);
    }
    small_release(&c);
}

/* ---- what cannot be adjusted, or only with doubt ----------------------------------------------------- */

static bool has_note(const struct table *estimates, size_t row, const char *words)
{
    size_t n;
    const char *text = column_text(table_column(estimates, "note"), row, &n);

    return memmem(text, n, words, strlen(words)) != NULL;
}

static void test_arms_that_never_meet_are_withheld(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(ADJUSTED_COHORT, COMPETING, ADJUST("overlap"),
                      "1,5,,1,1,20,1\n1,50,,0,1,25,2\n1,70,,0,1,22,1\n2,30,,1,1,50,1\n2,80,,0,1,60,2\n2,85,,0,1,55,1\n");
    const size_t row = adjusted_row(c.a.estimates, "overlap", "risk_difference", "iop", "inpatient", 60);

    assert_true(text_is(c.a.estimates, "status", row, "withheld"));
    assert_true(has_note(c.a.estimates, row, "no overlap: the arms differ in age"));
    assert_true(isnan(adjusted_number(c.a.estimates, row, "estimate")));
    assert_true(text_is(c.a.estimates, "status",
                        adjusted_row(c.a.estimates, "unadjusted", "risk_difference", "iop", "inpatient", 60), "shown"));
    small_release(&c);
}

static void test_few_people_for_many_columns_are_flagged(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        ADJUSTED_COHORT, COMPETING, ADJUST("overlap"),
        "1,5,,1,1,20,1\n1,50,,0,1,45,2\n1,90,,0,1,62,1\n2,30,,1,1,50,1\n2,90,,0,1,30,2\n2,85,,0,1,15,1\n1,20,,1,1,41,2\n"
        "2,12,,1,1,44,2\n2,90,,0,1,33,1\n");
    const size_t row = adjusted_row(c.a.estimates, "overlap", "risk_difference", "iop", "inpatient", 60);

    assert_true(text_is(c.a.estimates, "status", row, "flagged"));
    assert_true(has_note(c.a.estimates, row, "events per variable"));
    assert_true(has_note(c.a.estimates, row, "effective sample size"));
    assert_true(isfinite(adjusted_number(c.a.estimates, row, "estimate")));
    small_release(&c);
}

static void test_a_stratum_without_an_arm_is_named(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        ADJUSTED_COHORT, COMPETING, ADJUST("{method: stratify, propensity: age, strata: 8}"),
        "1,5,,1,1,20,1\n1,50,,0,1,45,2\n1,90,,0,1,62,1\n2,30,,1,1,50,1\n2,90,,0,1,30,2\n2,85,,0,1,15,1\n1,20,,1,1,41,2\n"
        "2,12,,1,1,44,2\n2,90,,0,1,16,1\n");
    const size_t row = adjusted_row(c.a.estimates, "stratify", "risk_difference", "iop", "inpatient", 60);

    assert_true(text_is(c.a.estimates, "status", row, "withheld"));
    assert_true(has_note(c.a.estimates, row, "of the score has nobody of arm"));
    small_release(&c);
}

static void test_people_without_a_covariate_are_left_out_and_counted(void **state)
{
    (void)state;
    char *lines = adjusted_lines("tests/reference/adjusted_people.csv"), *longer = malloc(strlen(lines) + 64);

    sprintf(longer, "%s1,9,,1,3,,1\n2,19,,1,3,,2\n", lines);
    struct small_comparison c = small_compare(ADJUSTED_COHORT, COMPETING, ADJUST("overlap"), longer),
                            d = small_compare(ADJUSTED_COHORT, COMPETING, ADJUST("overlap"), lines);
    const size_t size = adjusted_row(c.a.estimates, "overlap", "effective_sample_size", "iop", "", NAN);

    assert_true(has_note(c.a.estimates, size, "2 people of both arms without all covariates are left out"));
    assert_same_rows(c.a.estimates, d.a.estimates, "overlap", "overlap");
    small_release(&c);
    small_release(&d);
    free(longer);
    free(lines);
}

#define MARGIN \
    "compare: [{outcomes: [relapse], measures: [risk_difference, hazard_ratio], at: [60], adjust: [overlap, iptw], " \
    "non_inferiority: [{outcome: relapse, measure: risk_difference, at: 60, margin: 0.1, because: agreed}, " \
    "{outcome: relapse, measure: hazard_ratio, margin: 1.3, because: agreed}]}]\n"

/* iop - inpatient: -0.27 with an error of 0.08, so a loss of 0.1 is ruled out. */
static void test_margins_are_answered_by_adjusted_numbers_too(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING, MARGIN);
    const struct table *verdicts = c.a.verdicts;
    int n_risk = 0, n_hazard = 0, n_tests = 0;

    for (size_t i = 0; i < verdicts->n_rows; i++) {
        if (text_is(verdicts, "adjustment", i, "unadjusted"))
            continue;
        assert_true(text_is(verdicts, "estimand", i, text_is(verdicts, "adjustment", i, "iptw") ? "ate" : "ato"));
        n_hazard += text_is(verdicts, "measure", i, "hazard_ratio") ? 1 : 0;
        if (!text_is(verdicts, "measure", i, "risk_difference"))
            continue;
        size_t n;
        const char *adjustment = column_text(table_column(verdicts, "adjustment"), i, &n);
        const size_t row = adjusted_row(c.a.estimates, n == 4 ? "iptw" : "overlap", "risk_difference", "iop", "inpatient", 60);
        assert_true(adjustment != NULL && text_is(verdicts, "verdict", i, "non-inferior"));
        assert_true(text_is(verdicts, "statistically", i, "better"));
        assert_near(column_real(table_column(verdicts, "conf_high"), i), adjusted_number(c.a.estimates, row, "conf_high"), 0);
        n_risk++;
    }
    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        n_tests += text_is(c.a.estimates, "adjustment", i, "iptw") &&
                   (text_is(c.a.estimates, "measure", i, "noninferiority_test") ||
                    text_is(c.a.estimates, "measure", i, "equivalence_test"));
    assert_true(n_risk == 2 && n_hazard == 2 && n_tests == 4);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weighted_numbers_and_errors_are_those_of_stacked_equations),
        cmocka_unit_test(test_errors_within_clusters_are_those_of_stacked_equations),
        cmocka_unit_test(test_overlap_weights_balance_the_means_exactly),
        cmocka_unit_test(test_stabilised_weights_change_hazard_ratios_alone),
        cmocka_unit_test(test_products_stand_beside_their_parts),
        cmocka_unit_test(test_strata_of_a_saturated_score_are_weighting_by_it),
        cmocka_unit_test(test_row_order_changes_no_bit_of_a_match),
        cmocka_unit_test(test_replicates_spread_as_the_influence_says),
        cmocka_unit_test(test_overlap_counts_everybody_once),
        cmocka_unit_test(test_curves_of_an_adjustment_pass_through_its_risks),
        cmocka_unit_test(test_arms_that_never_meet_are_withheld),
        cmocka_unit_test(test_few_people_for_many_columns_are_flagged),
        cmocka_unit_test(test_a_stratum_without_an_arm_is_named),
        cmocka_unit_test(test_margins_are_answered_by_adjusted_numbers_too),
        cmocka_unit_test(test_people_without_a_covariate_are_left_out_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
