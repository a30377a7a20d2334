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

/* Made-up people of six sites (`start`) whose hazards differ. */
static const char sites[] =
    "1,90,1,0,1,21,1\n2,90,1,0,1,34,2\n1,90,1,0,1,30,2\n2,90,1,0,1,60,1\n1,90,1,0,1,40,2\n2,90,1,0,1,49,1\n"
    "1,90,1,0,1,26,2\n2,90,1,0,1,38,1\n1,90,2,0,1,22,1\n2,90,2,0,1,57,2\n1,3,2,1,1,31,1\n2,20,2,1,1,35,2\n"
    "1,31,2,1,1,45,1\n2,27,2,1,1,56,1\n1,90,2,0,1,46,2\n2,90,2,0,1,28,1\n1,6,3,1,1,41,2\n2,15,3,1,1,47,1\n"
    "1,8,3,1,1,29,2\n2,36,3,1,1,40,2\n1,45,3,1,1,45,2\n2,24,3,1,1,47,1\n1,21,3,1,1,32,2\n2,39,3,1,1,34,1\n"
    "1,90,4,0,1,42,1\n2,12,4,1,1,37,2\n1,30,4,1,1,35,1\n2,53,4,1,1,44,2\n1,90,4,0,1,29,1\n2,25,4,1,1,27,2\n"
    "1,12,4,1,1,39,1\n2,23,4,1,1,47,2\n1,59,5,1,1,39,1\n2,11,5,1,1,59,2\n1,11,5,1,1,34,2\n2,26,5,1,1,25,2\n"
    "1,19,5,1,1,40,1\n2,25,5,1,1,46,2\n1,8,5,1,1,54,2\n2,9,5,1,1,27,2\n1,16,6,1,1,35,2\n2,2,6,1,1,55,1\n"
    "1,14,6,1,1,27,1\n2,4,6,1,1,52,2\n1,54,6,1,1,37,2\n2,14,6,1,1,31,1\n1,7,6,1,1,45,1\n2,1,6,1,1,52,2\n";

/* coxph with frailty(start, distribution = "gamma", sparse = FALSE), whose outer loop ends near the maximum and not at it. */
static void test_sites_have_frailties(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n  reference: inpatient\n"
        "  covariates: [age, sex, start]\n",
        RELAPSE, MODELS("{cox: \"arm + age\", frailty: start}"), sites);
    assert_near(number_of(c.a.estimates, term("log_hazard_ratio", "arm=iop"), "estimate"), -0.418990551707244, 1e-6);
    assert_near(number_of(c.a.estimates, term("log_hazard_ratio", "arm=iop"), "std_error"), 0.380282448873736, 1e-6);
    assert_near(number_of(c.a.estimates, term("log_hazard_ratio", "age"), "estimate"), 0.025307777460428, 1e-5);
    assert_near(number_of(c.a.estimates, term("frailty_variance", ""), "estimate"), 1.2213543888559, 1e-5);
    assert_near(number_of(c.a.estimates, term("frailty_variance", ""), "statistic"), 2 * (114.91167473651 - 105.0971540486), 1e-10);
    assert_text(c.a.estimates, term("hazard_ratio", "arm=iop"), "method", "Cox, Efron ties; gamma frailty by start, 6 groups");
    assert_counts(c.a.estimates, term("hazard_ratio", "age"), 34, 48);
    small_release(&c);
}

static void test_a_level_without_events_has_a_ratio_with_firths_penalty(void **state)
{
    (void)state;
    static const char lines[] = "1,5,,0,1,30,1\n1,9,,0,1,40,2\n1,9,,0,1,44,2\n2,7,,1,1,50,1\n2,8,,1,1,60,2\n2,4,,0,1,33,1\n";
    struct small_comparison c = small_compare(COHORT, RELAPSE, MODELS("{cox: arm, firth: yes}"), lines);
    /* By hand, r = exp(b): events among 2 r + 2 and 2 r + 1; d/db of -log(2r + 2) - log(2r + 1) + log(p1 q1 + p2 q2) / 2 is 0,
       p1 = r / (r + 1), p2 = 2 r / (2 r + 1), found by halving in 40 digits. */
    assert_near(number_of(c.a.estimates, term("log_hazard_ratio", "arm=iop"), "estimate"), -2.022251041199031672, 1e-8);
    assert_text(c.a.estimates, term("hazard_ratio", "arm=iop"), "method", "Cox, Efron ties; Firth's penalty");
    small_release(&c);
    c = small_compare(COHORT, RELAPSE, MODELS("{cox: arm}"), lines);
    assert_undefined(c.a.estimates, term("hazard_ratio", "arm=iop"),
                     "estimate does not exist: arm=iop (no event in this level); the likelihood rises towards minus infinity");
    small_release(&c);
}

/* survreg of survival 3.5-3 to a tolerance of 1e-13. */
static void test_times_are_stretched_as_in_r(void **state)
{
    (void)state;
    static const struct {
        const char *model, *method;
        double arm, error, age, scale, loglik;
    } of[] = {
        {"{aft: \"arm + age + sex\"}", "Weibull; accelerated failure time", 0.063297411340019372, 0.158259919745951078,
         0.005224523869450355, -0.900549551672609416, -118.8872931559415},
        {"{aft: \"arm + age + sex\", distribution: exponential}", "exponential; accelerated failure time", 0.264627519468271621,
         0.38732697596513826, 0.006446072313613044, NAN, -130.6114314046650},
        {"{aft: \"arm + age + sex\", distribution: lognormal}", "log-normal; accelerated failure time", -0.099271965030919895,
         0.209720702076105714, 0.005572970711310592, -0.440698886478544605, -122.8409088250005},
        {"{aft: \"arm + age + sex\", distribution: loglogistic}", "log-logistic; accelerated failure time", -0.12489270728178434,
         0.206640529060931111, 0.00593514961554408, -1.02952883837562315, -122.4946795762139},
    };
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        char models[256];
        snprintf(models, sizeof models, MODELS("%s"), of[i].model);
        struct small_comparison c = small_compare_counted(", weight: n", COHORT, RELAPSE, models, people, 2);
        assert_int_equal(c.status, 0);
        assert_near(number_of(c.a.estimates, term("log_time_ratio", "arm=iop"), "estimate"), of[i].arm, 1e-9);
        assert_near(number_of(c.a.estimates, term("log_time_ratio", "arm=iop"), "std_error"), of[i].error, 1e-9);
        assert_near(number_of(c.a.estimates, term("time_ratio", "age"), "estimate"), exp(of[i].age), 1e-11);
        assert_near(number_of(c.a.estimates, term("loglik", "model"), "estimate"), of[i].loglik, 1e-12);
        if (!isnan(of[i].scale))
            assert_near(number_of(c.a.estimates, term("coefficient", "log(scale)"), "estimate"), of[i].scale, 1e-9);
        assert_text(c.a.estimates, term("time_ratio", "age"), "method", of[i].method);
        assert_counts(c.a.estimates, term("time_ratio", "age"), 30, 46);
        small_release(&c);
    }
}

static void test_an_event_on_day_0_has_no_logarithm(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(COHORT, RELAPSE, MODELS("{aft: arm}"),
                                              "1,5,,1,1,30,1\n1,9,,0,1,40,2\n2,0,,1,1,50,1\n2,8,,1,1,60,2\n");
    assert_undefined(c.a.estimates, term("time_ratio", "arm=iop"), "an event on day 0, which has no logarithm");
    small_release(&c);
    /* Who is seen on day 0 alone is no event, and says nothing. */
    c = small_compare(COHORT, RELAPSE, MODELS("{aft: arm, distribution: exponential}"),
                      "1,5,,1,1,30,1\n1,9,,0,1,40,2\n2,0,,0,1,50,1\n2,8,,1,1,60,2\n2,6,,1,1,60,2\n");
    assert_near(number_of(c.a.estimates, term("time_ratio", "arm=iop"), "estimate"), (14.0 / 1) / (14.0 / 2), 1e-9);
    assert_counts(c.a.estimates, term("time_ratio", "arm=iop"), 3, 4);
    small_release(&c);
}

/* glm(relapsed ~ arm + age + sex, binomial), rows repeated as often as they count; a Cox model has nothing to say here. */
static void test_a_logistic_model_is_that_of_r(void **state)
{
    (void)state;
    struct small_comparison c = small_compare_counted(
        ", weight: n", COHORT, "outcomes: {relapse: {event: \"what == 1\", event_is: bad}}\n",
        "compare: [{outcomes: [relapse], measures: [risk_difference], models: [{logistic: \"arm + age + sex\"}, {cox: arm}]}]\n",
        people, 2);
    const double arm = -1.43826498141422099, error = 0.72427203117616756;
    assert_int_equal(c.status, 0);
    assert_near(number_of(c.a.estimates, term("log_odds_ratio", "arm=iop"), "estimate"), arm, 1e-11);
    /* Errors of R are of the step before the last. */
    assert_near(number_of(c.a.estimates, term("log_odds_ratio", "arm=iop"), "std_error"), error, 1e-8);
    assert_near(number_of(c.a.estimates, term("odds_ratio", "arm=iop"), "conf_high"), exp(arm + Z95 * error), 1e-8);
    assert_near(number_of(c.a.estimates, term("log_odds_ratio", "arm=iop"), "p_value"), 0.04705467968877544, 1e-7);
    assert_near(number_of(c.a.estimates, term("log_odds_ratio", "(intercept)"), "estimate"), 0.41021414207419377, 1e-10);
    assert_near(number_of(c.a.estimates, term("log_odds_ratio", "sex=male"), "estimate"), 1.76693586410828418, 1e-11);
    assert_near(number_of(c.a.estimates, term("loglik", "model"), "estimate"), -25.90090646609001, 1e-12);
    assert_near(number_of(c.a.estimates, term("loglik", "null"), "estimate"), -29.7201632327972, 1e-12);
    assert_near(number_of(c.a.estimates, term("lr_test", ""), "statistic"), 2 * (29.7201632327972 - 25.90090646609001), 1e-11);
    assert_counts(c.a.estimates, term("odds_ratio", "age"), 30, 46);
    assert_text(c.a.estimates, term("odds_ratio", "age"), "method", "logistic");
    small_release(&c);
}

static void test_without_events_a_logistic_model_says_so(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(COHORT, "outcomes: {relapse: {event: \"what == 1\", event_is: bad}}\n",
                                              "compare: [{outcomes: [relapse], measures: [risk_difference],"
                                              " models: [{logistic: arm + age}]}]\n",
                                              "1,5,,0,1,30,1\n1,9,,0,1,40,2\n2,7,,0,1,50,1\n2,8,,0,1,60,2\n");
    assert_int_equal(c.status, 0);
    assert_undefined(c.a.estimates, term("odds_ratio", "arm=iop"), "no events");
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stratified_model_is_that_of_r),
        cmocka_unit_test(test_factors_and_ties_are_those_asked_for),
        cmocka_unit_test(test_without_events_a_model_says_so),
        cmocka_unit_test(test_a_logistic_model_is_that_of_r),
        cmocka_unit_test(test_without_events_a_logistic_model_says_so),
        cmocka_unit_test(test_fine_and_grays_regression_is_that_of_r),
        cmocka_unit_test(test_sites_have_frailties),
        cmocka_unit_test(test_a_level_without_events_has_a_ratio_with_firths_penalty),
        cmocka_unit_test(test_times_are_stretched_as_in_r),
        cmocka_unit_test(test_an_event_on_day_0_has_no_logarithm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
