/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standardised and doubly robust numbers: whole refits in R (scripts/references/adjusted_models.R), and laws. */
#include "tests/pipeline/compare/adjusted_people.h"

static const char *const methods[] = {"regression", "regression_att", "doubly_robust", "robust_att"};
static const char *const estimands[] = {"ate", "att", "ate", "att"};
#define FOUR \
    "regression, {method: regression, name: regression_att, estimand: att}, doubly_robust, " \
    "{method: doubly_robust, name: robust_att, estimand: att}"

static void compare_with_r(const char *cohort, const char *error)
{
    static const struct adjusted_answers answers = {"tests/reference/adjusted_models.csv", "method", 28, methods, estimands, 1e-11, 1e-7};
    struct small_comparison c = adjusted_compare(cohort, COMPETING, ADJUST(FOUR));

    adjusted_assert(c.a.estimates, &answers, error);
    small_release(&c);
}

static void test_numbers_and_errors_are_those_of_whole_refits(void **state)
{
    (void)state;
    compare_with_r(ADJUSTED_COHORT, "error");
}

static void test_errors_within_clusters_are_those_of_whole_refits(void **state)
{
    (void)state;
    compare_with_r(CLUSTERED, "clustered");
}

/* A covariate that tells nothing leaves Aalen-Johansen's curve as it is: the censoring weights are its own. */
static void test_without_a_covariate_that_tells_something_risks_are_those_of_the_curve(void **state)
{
    (void)state;
    char *lines = adjusted_lines("tests/reference/adjusted_people.csv"), *same = calloc(1, strlen(lines) + 4096);

    for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *comma = strrchr(line, ',');
        while (comma[-1] != ',') /* age and sex become 40 and 1 */
            comma--;
        sprintf(same + strlen(same), "%.*s40,1\n", (int)(comma - line), line);
    }
    struct small_comparison c = small_compare(ADJUSTED_COHORT, COMPETING, ADJUST("regression"), same);
    for (size_t k = 0; k < 4; k++) {
        const size_t adjusted = adjusted_row(c.a.estimates, "regression", adjusted_keys[k].measure, adjusted_keys[k].arm,
                                             adjusted_keys[k].reference, adjusted_keys[k].time),
                     plain = adjusted_row(c.a.estimates, "unadjusted", adjusted_keys[k].measure, adjusted_keys[k].arm,
                                          adjusted_keys[k].reference, adjusted_keys[k].time);
        assert_near(adjusted_number(c.a.estimates, adjusted, "estimate"), adjusted_number(c.a.estimates, plain, "estimate"),
                    1e-12);
    }
    const size_t adjusted = adjusted_row(c.a.estimates, "regression", "log_hazard_ratio", "iop", "inpatient", NAN),
                 plain = adjusted_row(c.a.estimates, "unadjusted", "log_hazard_ratio", "iop", "inpatient", NAN);
    assert_near(adjusted_number(c.a.estimates, adjusted, "estimate"), adjusted_number(c.a.estimates, plain, "estimate"), 1e-10);
    small_release(&c);
    free(same);
    free(lines);
}

/* ---- resampling ------------------------------------------------------------------------------------------ */

#define RESAMPLED(list) \
    "compare: [{outcomes: [relapse], measures: [risk_difference, rmst_difference, risk_ratio], at: [60], tau: 80, " \
    "bootstrap: {n: 200}, adjust: [" list "]}]\n"

static void check_spread(const char *cohort)
{
    static const char *const adjustments[] = {"regression", "doubly_robust", "modified_poisson"},
                             *const measures[] = {"risk_difference", "rmst_difference"};
    char *lines = adjusted_lines("tests/reference/adjusted_people.csv"), *other = adjusted_reversed(lines);
    struct small_comparison a = small_compare_counted("", cohort, COMPETING, RESAMPLED("regression, doubly_robust, modified_poisson"), lines, 1),
                            b = small_compare_counted("", cohort, COMPETING, RESAMPLED("regression, doubly_robust, modified_poisson"), other, 2);
    for (size_t k = 0; k < 5; k++) {
        const char *adjustment = adjustments[k / 2], *measure = k == 4 ? "risk_ratio" : measures[k % 2];
        const size_t row = adjusted_row(a.a.estimates, adjustment, measure, "iop", "inpatient", k % 2 == 0 ? 60 : 80);
        const double error = adjusted_number(a.a.estimates, row, "std_error") * (k == 4 ? adjusted_number(a.a.estimates, row, "estimate") : 1),
                     spread = adjusted_resampled(a.a.estimates, adjustment, measure, "bootstrap percentile", "std_error");
        assert_true(spread > 0.75 * error && spread < 1.3 * error);
        assert_near(adjusted_resampled(a.a.estimates, adjustment, measure, "bootstrap BCa", "conf_high"),
                    adjusted_resampled(b.a.estimates, adjustment, measure, "bootstrap BCa", "conf_high"), 0);
    }
    small_release(&a);
    small_release(&b);
    free(other);
    free(lines);
}

static void test_replicates_of_regressions_spread_as_the_stacked_equations_say(void **state)
{
    (void)state;
    check_spread(ADJUSTED_COHORT);
    check_spread(CLUSTERED);
}

/* With a covariate that tells nothing all four are the curves of the same people, replicate by replicate. */
static void test_replicates_of_all_designs_are_of_the_same_people(void **state)
{
    (void)state;
    static const char *const measures[] = {"risk_difference", "rmst_difference", "risk_ratio"};
    char lines[16384], *to = lines;

    for (int i = 0; i < 200; i++)
        to += sprintf(to, "%d,%d,,%d,1,40,1\n", 1 + i % 2, 1 + i * 37 % 101, i % 5 > 2 ? 0 : 1 + i % 3 / 2);
    struct small_comparison c = small_compare(ADJUSTED_COHORT, COMPETING, RESAMPLED("iptw, regression, doubly_robust, modified_poisson"), lines);
    for (size_t k = 0; k < 3; k++)
        for (size_t e = 0; e < 3; e++) {
            static const char *const columns[] = {"conf_low", "conf_high", "std_error"};
            const double weights = adjusted_resampled(c.a.estimates, "iptw", measures[k], "bootstrap percentile", columns[e]);
            assert_true(isfinite(weights));
            assert_near(adjusted_resampled(c.a.estimates, "regression", measures[k], "bootstrap percentile", columns[e]), weights, 1e-9);
            assert_near(adjusted_resampled(c.a.estimates, "doubly_robust", measures[k], "bootstrap percentile", columns[e]), weights, 1e-9);
            if (k == 2)
                assert_near(adjusted_resampled(c.a.estimates, "modified_poisson", "risk_ratio", "bootstrap percentile", columns[e]), weights, 1e-9);
        }
    small_release(&c);
}

/* Two men, both in one arm: what is told of the others is what a study without the men tells. */
static void test_a_level_of_one_arm_alone_is_left_out_and_the_rest_stays(void **state)
{
    (void)state;
    char *lines = adjusted_lines("tests/reference/adjusted_people.csv"), *longer = malloc(strlen(lines) + 256);
    size_t n = strlen(lines);

    for (size_t i = 1; i < n; i++)
        if (lines[i] == '\n')
            lines[i - 1] = '1';
    sprintf(longer, "%s1,9,,1,3,40,2\n1,19,,1,3,41,2\n", lines);
    struct small_comparison all = small_compare(ADJUSTED_COHORT, COMPETING, ADJUST("regression, doubly_robust, overlap"), longer),
                            women = small_compare(ADJUSTED_COHORT, COMPETING, ADJUST("regression, doubly_robust, overlap"), lines);
    static const char *const adjustments[] = {"regression", "doubly_robust", "overlap"};

    for (size_t k = 0; k < 3; k++) {
        const size_t one = adjusted_row(all.a.estimates, adjustments[k], "risk_difference", "iop", "inpatient", 60),
                     other = adjusted_row(women.a.estimates, adjustments[k], "risk_difference", "iop", "inpatient", 60);
        assert_near(adjusted_number(all.a.estimates, one, "n"), 160, 0);
        assert_near(adjusted_number(all.a.estimates, one, "estimate"), adjusted_number(women.a.estimates, other, "estimate"),
                    1e-9);
        assert_near(adjusted_number(all.a.estimates, one, "std_error"), adjusted_number(women.a.estimates, other, "std_error"),
                    1e-6);
    }
    small_release(&all);
    small_release(&women);
    free(longer);
    free(lines);
}

static void test_nobody_with_an_event_gives_no_ratio(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        ADJUSTED_COHORT, COMPETING, ADJUST("regression"),
        "1,90,,0,1,20,1\n1,90,,0,1,45,2\n1,90,,0,1,62,1\n2,30,,1,1,50,1\n2,90,,0,1,30,2\n2,85,,1,1,15,1\n1,90,,0,1,41,2\n"
        "2,12,,1,1,44,2\n2,90,,0,1,33,1\n");
    const size_t ratio = adjusted_row(c.a.estimates, "regression", "risk_ratio", "iop", "inpatient", 60),
                 difference = adjusted_row(c.a.estimates, "regression", "risk_difference", "iop", "inpatient", 60);

    assert_true(text_is(c.a.estimates, "status", ratio, "undefined"));
    assert_true(text_is(c.a.estimates, "note", ratio, "no events in arm iop"));
    assert_true(text_is(c.a.estimates, "status", difference, "flagged"));
    small_release(&c);
}

static void test_late_entry_is_no_ground_for_a_regression_by_a_day(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        ADJUSTED_COHORT,
        "outcomes: {relapse: {time: days, event: \"what == 1\", entry: start, event_is: bad}}\n", ADJUST("regression, overlap"),
        "1,50,5,1,1,20,1\n1,90,0,0,1,45,2\n1,90,0,0,1,62,1\n2,30,0,1,1,50,1\n2,90,0,0,1,30,2\n2,85,2,0,1,15,1\n1,20,0,1,1,41,2\n"
        "2,12,0,1,1,44,2\n2,90,0,0,1,33,1\n");
    const size_t regression = adjusted_row(c.a.estimates, "regression", "risk_difference", "iop", "inpatient", 60),
                 overlap = adjusted_row(c.a.estimates, "overlap", "risk_difference", "iop", "inpatient", 60);

    assert_true(text_is(c.a.estimates, "status", regression, "withheld"));
    assert_true(isfinite(adjusted_number(c.a.estimates, overlap, "estimate")));
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replicates_of_regressions_spread_as_the_stacked_equations_say),
        cmocka_unit_test(test_replicates_of_all_designs_are_of_the_same_people),
        cmocka_unit_test(test_numbers_and_errors_are_those_of_whole_refits),
        cmocka_unit_test(test_errors_within_clusters_are_those_of_whole_refits),
        cmocka_unit_test(test_without_a_covariate_that_tells_something_risks_are_those_of_the_curve),
        cmocka_unit_test(test_a_level_of_one_arm_alone_is_left_out_and_the_rest_stays),
        cmocka_unit_test(test_nobody_with_an_event_gives_no_ratio),
        cmocka_unit_test(test_late_entry_is_no_ground_for_a_regression_by_a_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
