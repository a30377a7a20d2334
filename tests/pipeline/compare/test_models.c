/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regressions of a study: R 4.2.2, survival 3.5-3, coxph and cox.zph, rows repeated as often as they count. */
#include "tests/pipeline/compare/small_comparison.h"

#define COHORT \
    "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n  reference: inpatient\n" \
    "  covariates: [age, sex]\n"
#define MODELS(list) "compare: [{outcomes: [relapse], measures: [logrank_test], models: [" list "]}]\n"

static const char people[] =
    "1,4,,1,1,28,1\n2,13,,0,3,23,1\n1,27,,1,1,22,2\n2,17,,0,3,47,1\n1,13,,1,3,,1\n2,27,,1,2,54,2\n1,11,,1,1,59,1\n"
    "2,23,,1,3,56,1\n1,9,,1,3,21,2\n2,25,,1,3,35,1\n1,21,,1,2,40,1\n2,5,,1,1,57,2\n1,8,,1,2,60,1\n2,28,,1,2,48,1\n"
    "1,17,,0,1,36,2\n2,23,,1,2,25,1\n1,14,,0,3,53,1\n2,18,,1,1,41,2\n1,28,,0,3,52,1\n2,7,,1,2,26,1\n1,29,,0,1,27,2\n"
    "2,11,,1,1,50,1\n1,24,,0,2,44,1\n2,30,,1,3,33,2\n";

static struct key term(const char *measure, const char *name)
{
    return KEY(measure, name, "", "", NAN);
}

static void test_a_stratified_model_is_that_of_r(void **state)
{
    (void)state;
    struct small_comparison c = small_compare_counted(", weight: n", COHORT, RELAPSE,
                                                      MODELS("{cox: \"arm + age + strata(sex)\"}"), people, 2);
    const double arm = -0.1635203136438251, error = 0.4092536255926402;
    assert_int_equal(c.status, 0);
    assert_near(number_of(c.a.estimates, term("log_hazard_ratio", "arm=iop"), "estimate"), arm, 1e-11);
    assert_near(number_of(c.a.estimates, term("log_hazard_ratio", "arm=iop"), "std_error"), error, 1e-11);
    assert_near(number_of(c.a.estimates, term("hazard_ratio", "arm=iop"), "conf_high"), exp(arm + Z95 * error), 1e-11);
    assert_near(number_of(c.a.estimates, term("log_hazard_ratio", "age"), "estimate"), -0.0126332245539494, 1e-11);
    assert_near(number_of(c.a.estimates, term("loglik", "model"), "estimate"), -69.6464834321392, 1e-13);
    assert_near(number_of(c.a.estimates, term("ph_test", "arm"), "statistic"), 5.497141925417206, 1e-11);
    assert_near(number_of(c.a.estimates, term("ph_test", "GLOBAL"), "p_value"), 0.063069082898853, 1e-11);
    assert_counts(c.a.estimates, term("log_hazard_ratio", "age"), 30, 46); /* three have no age */
    assert_text(c.a.estimates, term("log_hazard_ratio", "age"), "adjustment", "arm + age + strata(sex)");
    assert_text(c.a.estimates, term("log_hazard_ratio", "age"), "method", "Cox, Efron ties, stratified");
    small_release(&c);
}

static void test_factors_and_ties_are_those_asked_for(void **state)
{
    (void)state;
    struct small_comparison c = small_compare_counted(", weight: n", COHORT, RELAPSE,
                                                      MODELS("{cox: \"arm+sex\", ties: breslow}"), people, 1);
    assert_int_equal(c.status, 0);
    assert_near(number_of(c.a.estimates, term("log_hazard_ratio", "arm=iop"), "estimate"), 0.0814760497366519, 1e-11);
    assert_near(number_of(c.a.estimates, term("log_hazard_ratio", "sex=male"), "estimate"), -0.3444127668445581, 1e-11);
    assert_text(c.a.estimates, term("hazard_ratio", "sex=male"), "method", "Cox, Breslow ties");
    assert_counts(c.a.estimates, term("hazard_ratio", "sex=male"), 33, 49);
    small_release(&c);
}

static void test_without_events_a_model_says_so(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(COHORT, RELAPSE, MODELS("{cox: arm + age}"),
                                              "1,5,,0,1,30,1\n1,9,,0,1,40,2\n2,7,,0,1,50,1\n2,8,,0,1,60,2\n");
    assert_int_equal(c.status, 0);
    assert_undefined(c.a.estimates, term("hazard_ratio", "arm=iop"), "no events");
    assert_undefined(c.a.estimates, term("loglik", "model"), "no events");
    small_release(&c);
}

#define COMPETING \
    "outcomes: {relapse: {time: days, event: \"what == 1\", competing: {death: \"what == 2\"}, event_is: bad}}\n"

/* The same people, four of whom died; crr of cmprsk 2.2-11, rows repeated as often as they count. */
static const char mortal[] =
    "1,4,,1,1,28,1\n2,13,,0,3,23,1\n1,27,,1,1,22,2\n2,17,,0,3,47,1\n1,13,,1,3,,1\n2,27,,1,2,54,2\n1,11,,1,1,59,1\n"
    "2,23,,1,3,56,1\n1,9,,1,3,21,2\n2,25,,1,3,35,1\n1,21,,1,2,40,1\n2,5,,1,1,57,2\n1,8,,2,2,60,1\n2,28,,1,2,48,1\n"
    "1,17,,0,1,36,2\n2,23,,2,2,25,1\n1,14,,0,3,53,1\n2,18,,1,1,41,2\n1,28,,0,3,52,1\n2,7,,2,2,26,1\n1,29,,0,1,27,2\n"
    "2,11,,1,1,50,1\n1,24,,2,2,44,1\n2,30,,1,3,33,2\n";

static struct key cause(const char *measure, const char *name, const char *of)
{
    struct key key = term(measure, name);
    key.cause = of;
    return key;
}

static void test_fine_and_grays_regression_is_that_of_r(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare_counted(", weight: n", COHORT, COMPETING,
                              MODELS("{finegray: \"arm + age + sex\"}, {finegray: \"arm + age\", cause: 2}, "
                                     "{finegray: arm, cause: 3}"), mortal, 2);
    assert_int_equal(c.status, 0);
    assert_near(number_of(c.a.estimates, cause("log_subhazard_ratio", "arm=iop", "event"), "estimate"), -0.1807584501530254, 1e-9);
    assert_near(number_of(c.a.estimates, cause("log_subhazard_ratio", "arm=iop", "event"), "std_error"), 0.4587539397898581, 1e-9);
    assert_near(number_of(c.a.estimates, cause("subhazard_ratio", "sex=male", "event"), "estimate"), exp(0.6938054743343292), 1e-9);
    assert_near(number_of(c.a.estimates, cause("log_subhazard_ratio", "age", "death"), "estimate"), -0.01506931795663005, 1e-8);
    assert_near(number_of(c.a.estimates, cause("log_subhazard_ratio", "age", "death"), "std_error"), 0.0337262959726365, 1e-8);
    assert_near(number_of(c.a.estimates, cause("loglik", "model", "death"), "estimate"), -28.492059097449, 1e-12);
    assert_near(number_of(c.a.estimates, cause("loglik", "null", "event"), "estimate"), -75.13636117322176, 1e-12);
    assert_near(number_of(c.a.estimates, cause("lr_test", "", "event"), "statistic"), 2 * (75.13636117322176 - 73.7041985324887), 1e-9);
    assert_counts(c.a.estimates, cause("subhazard_ratio", "age", "death"), 8, 46);
    assert_text(c.a.estimates, cause("subhazard_ratio", "age", "death"), "adjustment", "arm + age");
    assert_text(c.a.estimates, cause("subhazard_ratio", "age", "death"), "method", "Fine-Gray; robust errors");
    assert_undefined(c.a.estimates, cause("subhazard_ratio", "arm=iop", ""), "the outcome has no such cause");
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stratified_model_is_that_of_r),
        cmocka_unit_test(test_factors_and_ties_are_those_asked_for),
        cmocka_unit_test(test_without_events_a_model_says_so),
        cmocka_unit_test(test_fine_and_grays_regression_is_that_of_r),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
