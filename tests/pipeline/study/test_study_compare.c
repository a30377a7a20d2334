/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Analyses, verdicts and the headline: names, measures, days, margins. */
#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"

/* Each row breaks the good study in one place: the text that is replaced, by what, and what is told. */
static const struct rule RULES[] = {
    {"an_unknown_outcome_is_told_with_a_near_name",
     "outcomes: [relapse, stay]",
     "outcomes: [relaps, stay]",
     "error: study.yaml:36:16: there is no outcome 'relaps'; did you mean 'relapse'?\n"},
    {"an_outcome_stands_once_in_an_analysis",
     "outcomes: [relapse, stay]",
     "outcomes: [relapse, stay, stay]",
     "error: study.yaml:36:31: outcomes: 'stay' stands twice in the list\n"},
    {"an_unknown_measure_is_told_with_a_near_name",
     "[survival, risk_difference,",
     "[survivl, risk_difference,",
     "error: study.yaml:37:16: there is no measure 'survivl'; did you mean 'survival'?\n"},
    {"a_later_measure_is_not_unknown",
     "[survival, risk_difference,",
     "[time_ratio, risk_difference,",
     "error: study.yaml:37:16: measure 'time_ratio' is not available in this version of stepdown\n"},
    {"terms_of_a_model_are_the_arm_and_covariates",
     "    conf_type: plain",
     "    models: [{cox: \"arm + agee + age + age + strata(arm)\"}, {cox: \"age\"}, {cox: \"arm * age\"}]",
     "error: study.yaml:49:20: models: 'agee' is neither 'arm' nor one of the cohort's covariates; did you mean 'age'?\n"
     "error: study.yaml:49:20: models: 'age' stands twice\n"
     "error: study.yaml:49:20: models: 'arm' stands twice\n"
     "error: study.yaml:49:67: models: no term is 'arm', so that the model would compare nothing\n"
     "error: study.yaml:49:81: models: columns joined by '+' and strata(column, ...) were expected; value 'arm * age'\n"},
    {"terms_of_a_propensity_are_covariates_known_at_time_zero",
     "    conf_type: plain",
     "    adjust: [{method: overlap, propensity: [agee, days, \"rcs(age, 9)\", \"age:\", \"rcs(age,4):age\"]}]",
     "error: study.yaml:49:45: propensity: 'agee' is not one of the cohort's covariates; did you mean 'age'?\n"
     "error: study.yaml:49:51: propensity: 'days' is dated after time zero, so that the treatment may have changed it; it "
     "cannot be adjusted for\n"
     "error: study.yaml:49:57: propensity: a column, rcs(COLUMN, 4), or several of them joined by ':' was expected; value "
     "'rcs(age, 9)'\n"
     "error: study.yaml:49:72: propensity: a column, rcs(COLUMN, 4), or several of them joined by ':' was expected; value "
     "'age:'\n"},
    {"keys_of_an_adjustment_belong_to_its_method",
     "    conf_type: plain",
     "    adjust: [overlap, overlap, {method: iptw, caliper: 0.2, strata: 4, trim: 0.6}, {method: match, truncate: 0.9}, "
     "{method: regression, score_strata: 5}]",
     "error: study.yaml:49:23: adjust: 'overlap' is the name of another one, at 49:14; give one of them a 'name'\n"
     "error: study.yaml:49:56: adjust: 'caliper' belongs to match, not to 'iptw'; remove it\n"
     "error: study.yaml:49:69: adjust: 'strata' belongs to stratify, not to 'iptw'; remove it\n"
     "error: study.yaml:49:78: trim: the least score, below 0.5, or [LEAST, LARGEST] was expected, such as 0.05 or [0.05, "
     "0.95]\n"
     "error: study.yaml:49:110: adjust: 'truncate' belongs to weights, not to 'match'; remove it\n"
     "error: study.yaml:49:151: adjust: 'score_strata' belongs to methods with a model of the arm, not to 'regression'; remove "
     "it\n"},
    {"risk_ratios_of_modified_poisson_are_asked_for",
     "    conf_type: plain",
     "    adjust: [{method: modified_poisson, estimand: att, terms: age}]",
     "error: study.yaml:49:14: adjust: 'modified_poisson' gives risk ratios alone; add 'risk_ratio' to the measures, or take "
     "'regression'\n"
     "error: study.yaml:49:51: adjust: 'estimand' belongs to stratify, regression, doubly_robust and direct, not to "
     "'modified_poisson'; remove it\n"},
    {"methods_of_adjustment_are_known",
     "    conf_type: plain",
     "    adjust: overlaps",
     "error: study.yaml:49:13: adjust: a method (overlap, iptw, att, atc, match, stratify, regression, doubly_robust, modified_poisson, "
     "mantel_haenszel, direct or indirect) was expected; value "
     "'overlaps'; did you mean 'overlap'?\n"},
    {"the_headline_s_adjustment_is_made_somewhere",
     "population: itt}",
     "population: itt, adjust: overlap}",
     "error: study.yaml:34:10: primary: no analysis of 'compare' computes risk_difference of outcome 'relapse' at 180 with "
     "adjustment 'overlap' in this population, arm and reference; add it there\n"},
    {"ties_of_a_model_are_known",
     "    conf_type: plain",
     "    models: [{cox: arm, ties: efro}]",
     "error: study.yaml:49:31: ties: efron, breslow or exact was expected; value 'efro'; did you mean 'efron'?\n"},
    {"a_model_is_of_one_kind",
     "    conf_type: plain",
     "    models: [{cox: arm, finegray: arm}, {ties: efron}, {finegray: arm, ties: efron}, {cox: arm, cause: 2},"
     " {finegray: \"arm + strata(age)\"}]",
     "error: study.yaml:49:14: models: one of 'cox', 'finegray', 'aft' and 'logistic' was expected\n"
     "error: study.yaml:49:41: models: one of 'cox', 'finegray', 'aft' and 'logistic' was expected\n"
     "error: study.yaml:49:78: models: 'ties' belongs to 'cox'\n"
     "error: study.yaml:49:104: models: 'cause' belongs to 'finegray'\n"
     "error: study.yaml:49:119: models: 'finegray' has no strata\n"},
    {"a_model_s_keys_belong_to_its_kind",
     "    conf_type: plain",
     "    models: [{aft: arm, ties: efron}, {cox: arm, distribution: weibul}, {aft: \"arm + strata(age)\", firth: yes},"
     " {cox: \"arm + age\", frailty: age}, {cox: arm, frailty: clinic}, {cox: arm, firth: yes, ties: exact}, {finegray: arm, frailty: age}]",
     "error: study.yaml:49:31: models: 'ties' belongs to 'cox'\n"
     "error: study.yaml:49:64: distribution: weibull, exponential, lognormal or loglogistic was expected; value 'weibul'; did you "
     "mean 'weibull'?\n"
     "error: study.yaml:49:79: models: 'aft' has no strata\n"
     "error: study.yaml:49:107: models: 'firth' belongs to 'cox'\n"
     "error: study.yaml:49:141: models: 'age' is a term already; a group has a coefficient or a frailty, not both\n"
     "error: study.yaml:49:167: models: frailty: 'clinic' is neither one of the cohort's covariates nor of its strata\n"
     "error: study.yaml:49:194: models: 'firth' goes with neither 'ties: exact' nor 'frailty' nor 'recurrent'\n"
     "error: study.yaml:49:238: models: 'frailty' belongs to 'cox'\n"},
    {"people_are_divided_by_what_is_known_at_time_zero",
     "    conf_type: plain",
     "    subgroups: [sit, age, site, site, plan]\n"
     "    meta: {by: ended, method: [reml, dl, reml]}",
     "error: study.yaml:49:17: subgroups: there is no column 'sit' in codebook 'example'; did you mean 'site'?\n"
     "error: study.yaml:49:33: subgroups: 'site' stands twice in the list\n"
     "error: study.yaml:49:39: subgroups: 'plan' is not among the covariates or strata of the cohort; add it there, where it "
     "is checked that it was known at time zero\n"
     "error: study.yaml:50:16: meta: 'ended' is not among the covariates or strata of the cohort; add it there, where it is "
     "checked that it was known at time zero\n"
     "error: study.yaml:50:42: meta: method 'reml' stands twice\n"},
    {"methods_of_pooling_are_known",
     "    conf_type: plain",
     "    meta: {by: site, method: remll}",
     "error: study.yaml:49:30: method: fixed, dl, reml, pm or mh was expected; value 'remll'; did you mean 'reml'?\n"},
    {"a_negative_control_is_one_of_several_outcomes",
     "    conf_type: plain",
     "    negative_controls: [done, yes, relapse, yess]",
     "error: study.yaml:49:36: negative_controls: outcome 'relapse' is not among the outcomes of this analysis; add it\n"
     "error: study.yaml:49:45: there is no outcome 'yess'; did you mean 'yes'?\n"},
    {"what_is_imputed_is_adjusted_for",
     "    conf_type: plain",
     "    imputation: {n: 1}\n"
     "  - {outcomes: [done], measures: [risk], imputation: {n: 20}}",
     "error: study.yaml:49:21: n: a whole number from 2 to 1000 was expected; value '1'\n"
     "error: study.yaml:50:54: imputation: no adjustment of this analysis reads covariates by a model, so that nothing would be "
     "done with what is drawn; add 'adjust'\n"},
    {"tipping_points_turn_verdicts",
     "    conf_type: plain",
     "    tipping_points: yes",
     "error: study.yaml:49:21: tipping_points: there is no verdict to turn; add 'non_inferiority' to this analysis\n"},
    {"an_e_value_is_of_a_ratio",
     "measures: [risk, risk_difference, chi_square_test]",
     "measures: [risk, e_value, chi_square_test]",
     "error: study.yaml:46:16: measures: 'e_value' is the E-value of a ratio; add 'risk_ratio', 'odds_ratio' or "
     "'hazard_ratio'\n"},
    {"one_verdict_is_primary",
     "because: ok, population: itt}",
     "because: ok, role: primary}",
     "error: study.yaml:43:96: role: one verdict of a study is primary, and that is the one at 42:95; make this one "
     "'secondary', 'sensitivity' or 'exploratory'\n"},
    {"the_primary_verdict_is_on_the_headline",
     "margin: 0.1, because: ok, role: primary}\n"
     "      - {outcome: relapse, measure: risk_ratio, at_least: 90, margin: 1.25, because: ok, population: itt}",
     "margin: 0.1, because: ok}\n"
     "      - {outcome: relapse, measure: risk_ratio, at_least: 90, margin: 1.25, because: ok, role: primary}",
     "error: study.yaml:43:96: role: this verdict is primary, and 'primary' at 34:10 names another number; one of them is "
     "wrong\n"},
    {"a_measure_stands_once",
     "[survival, risk_difference,",
     "[survival, survival, risk_difference,",
     "error: study.yaml:37:26: measures: 'survival' stands twice in the list\n"},
    {"a_measure_on_a_day_needs_days",
     "conf_type: plain",
     "conf_type: plain\n"
     "  - {outcomes: [stay], measures: [risk, survival]}",
     "error: study.yaml:50:35: measures: 'risk' is read on a day; add 'at: [DAY, ...]' to this analysis\n"
     "error: study.yaml:50:41: measures: 'survival' is read on a day; add 'at: [DAY, ...]' to this analysis\n"},
    {"a_restricted_mean_needs_tau",
     "    tau: 365\n",
     "",
     "error: study.yaml:37:43: measures: 'rmst_difference' needs 'tau', the day up to which the mean is taken\n"},
    {"yes_or_no_has_no_curve",
     "measures: [risk, risk_difference, chi_square_test]",
     "measures: [risk, survival, logrank_test]",
     "error: study.yaml:46:22: measures: 'survival' needs days, and every outcome of this analysis is yes or no\n"
     "error: study.yaml:46:32: measures: 'logrank_test' needs days, and every outcome of this analysis is yes or no\n"},
    {"yes_or_no_has_no_day",
     "    conf_type: plain",
     "    at: 90\n"
     "    at_least: [90]",
     "error: study.yaml:49:9: at: every outcome of this analysis is yes or no and is not read on a day; remove 'at'\n"
     "error: study.yaml:50:15: at_least: every outcome of this analysis is yes or no and is not read on a day; remove "
     "'at_least'\n"},
    {"a_day_stands_once",
     "at: [180, 90]",
     "at: [180, 90, 90]",
     "error: study.yaml:38:9: at: 90 stands twice in the list\n"},
    {"a_quantile_lies_between_0_and_1",
     "tau: 365",
     "tau: 365\n"
     "    quantiles: [0.5, 1]",
     "error: study.yaml:41:22: quantiles: a list of probabilities between 0 and 1 was expected; value '1'\n"},
    {"an_unknown_population_is_told",
     "populations: itt\n",
     "populations: it\n",
     "error: study.yaml:47:18: there is no population 'it'; did you mean 'itt'?\n"},
    {"an_unknown_reference_is_told",
     "reference: php\n",
     "reference: ph\n",
     "error: study.yaml:48:16: there is no arm 'ph'; did you mean 'php'?\n"},
    {"an_analysis_must_compare_something",
     "reference: php\n",
     "reference: [iop, php, inpatient]\n",
     "error: study.yaml:48:17: reference: every arm is a reference, so that nothing would be compared\n"},
    {"an_interval_is_of_a_known_kind",
     "conf_type: plain",
     "conf_type: loglog",
     "error: study.yaml:49:16: conf_type: log-log, log, plain or arcsin was expected; value 'loglog'; did you mean "
     "'log-log'?\n"},
    {"two_analyses_have_two_names",
     "- analysis: ended",
     "- analysis: main",
     "error: study.yaml:44:15: analysis: 'main' is the name of another one, at 36:5\n"},
    {"a_margin_of_0_is_told",
     "margin: 0.1",
     "margin: 0",
     "error: study.yaml:42:71: margin: a margin is a loss above 0; with 0 nothing but 'better' would pass\n"},
    {"a_negative_margin_is_told_with_what_to_write",
     "margin: 0.1",
     "margin: -0.1",
     "error: study.yaml:42:71: margin: a margin is a loss above 0, and event_is gives the direction; value '-0.1'; did "
     "you mean 0.1?\n"},
    {"a_margin_in_points_is_told_with_what_to_write",
     "margin: 0.1",
     "margin: 10",
     "error: study.yaml:42:71: margin: a difference of two probabilities lies below 1; value '10'; did you mean 0.1 "
     "(10 points)?\n"},
    {"a_margin_of_thousands_is_told",
     "margin: 0.1",
     "margin: 1000",
     "error: study.yaml:42:71: margin: a difference of two probabilities lies below 1; value '1000'\n"},
    {"the_margin_of_a_ratio_is_above_1",
     "margin: 1.25",
     "margin: 0.8",
     "error: study.yaml:43:71: margin: the margin of a risk_ratio is above 1, whichever way the event points; value "
     "'0.8'; did you mean 1.25?\n"},
    {"a_negative_margin_of_a_ratio_is_told",
     "margin: 1.25",
     "margin: -1.25",
     "error: study.yaml:43:71: margin: the margin of a risk_ratio is above 1 (1.25: up to a quarter worse); value "
     "'-1.25'\n"},
    {"a_margin_of_a_restricted_mean_lies_below_tau",
     "measure: risk_difference, at: 180, margin: 0.1",
     "measure: rmst_difference, margin: 365",
     "error: study.yaml:42:62: margin: restricted means up to day 365 differ by less than that; value '365'\n"},
    {"a_margin_needs_its_reason",
     "margin: 0.1, because: ok,",
     "margin: 0.1,",
     "error: study.yaml:42:9: missing key 'because': why this margin, declared beforehand\n"},
    {"a_verdict_needs_its_margin",
     "margin: 0.1, because: ok,",
     "because: ok,",
     "error: study.yaml:42:9: missing key 'margin': the largest loss that is still not worse\n"},
    {"a_verdict_rests_on_a_contrast",
     "measure: risk_difference, at: 180, margin: 0.1",
     "measure: survival, at: 180, margin: 0.1",
     "error: study.yaml:42:37: non_inferiority: 'survival' does not compare an arm with a reference; a verdict rests "
     "on a difference or a ratio of arm and reference\n"},
    {"a_verdict_needs_its_day",
     "measure: risk_difference, at: 180, margin: 0.1",
     "measure: risk_difference, margin: 0.1",
     "error: study.yaml:42:9: non_inferiority: 'risk_difference' of outcome 'relapse' is read on a day; add 'at: DAY'\n"},
    {"a_verdict_on_a_mean_has_no_day",
     "measure: risk_difference, at: 180, margin: 0.1",
     "measure: rmst_difference, at: 180, margin: 5",
     "error: study.yaml:42:58: non_inferiority: 'rmst_difference' is not read on a day but up to the analysis' tau; "
     "remove 'at'\n"},
    {"a_verdict_is_read_on_one_day",
     "at: 180, margin",
     "at: 180, at_least: 90, margin",
     "error: study.yaml:42:73: non_inferiority: either 'at' (reads P(T > day)) or 'at_least' (P(T >= day)), not both\n"},
    {"a_verdict_is_read_on_a_day_of_its_analysis",
     "at: 180, margin",
     "at: 91, margin",
     "error: study.yaml:42:58: non_inferiority: day 91 is not in 'at' of this analysis; add it\n"},
    {"a_verdict_is_on_a_measure_of_its_analysis",
     "measure: risk_difference, at: 180, margin: 0.1",
     "measure: odds_ratio, at: 180, margin: 1.1",
     "error: study.yaml:42:37: non_inferiority: 'odds_ratio' is not among the measures of this analysis; add it\n"},
    {"a_verdict_is_on_an_outcome_of_its_analysis",
     "{outcome: relapse, measure: risk_difference, at: 180, margin",
     "{outcome: left, measure: risk_difference, at: 180, margin",
     "error: study.yaml:42:19: non_inferiority: outcome 'left' is not among the outcomes of this analysis; add it\n"},
    {"a_verdict_is_in_a_population_of_its_analysis",
     "conf_type: plain",
     "non_inferiority: [{outcome: yes, measure: risk_difference, margin: 0.1, because: ok, population: stayed}]",
     "error: study.yaml:49:102: population 'stayed' is not among the populations of this analysis\n"},
    {"a_verdict_on_yes_or_no_has_no_day",
     "conf_type: plain",
     "non_inferiority: [{outcome: yes, measure: risk_difference, at: 90, margin: 0.1, because: ok}]",
     "error: study.yaml:49:68: non_inferiority: outcome 'yes' is yes or no and is not read on a day; remove 'at'\n"},
    {"no_verdict_on_an_outcome_that_leaves_out_reasons",
     "conf_type: plain",
     "non_inferiority: [{outcome: done, measure: risk_difference, margin: 0.1, because: ok}]",
     "error: study.yaml:49:33: non_inferiority: outcome 'done' leaves out rows by a reason that is known only "
     "afterwards ('exclude'), so that it describes and gives no verdict\n"},
    {"a_verdict_is_asked_for_once",
     "role: primary}\n",
     "role: primary}\n"
     "      - {outcome: relapse, measure: risk_difference, at: 180, margin: 0.2, because: ok}\n",
     "error: study.yaml:43:9: non_inferiority: this verdict is asked for at 42:9 already\n"},
    {"a_role_is_one_of_three",
     "role: primary}",
     "role: main}",
     "error: study.yaml:42:95: role: primary, secondary, sensitivity or exploratory was expected; value 'main'\n"},
    {"an_unknown_outcome_of_a_verdict_is_told",
     "- {outcome: relapse, measure: risk_difference",
     "- {outcome: relaps, measure: risk_difference",
     "error: study.yaml:42:19: there is no outcome 'relaps'; did you mean 'relapse'?\n"},
    {"an_unknown_outcome_of_the_headline_is_told",
     "primary: {outcome: relapse",
     "primary: {outcome: relapsed",
     "error: study.yaml:34:20: there is no outcome 'relapsed'; did you mean 'relapse'?\n"},
    {"the_headline_needs_its_day",
     "measure: risk_difference, at: 180, population: itt",
     "measure: risk_difference, population: itt",
     "error: study.yaml:34:10: primary: 'risk_difference' of outcome 'relapse' is read on a day; add 'at: DAY'\n"},
    {"the_headline_is_a_number_that_is_computed",
     "measure: risk_difference, at: 180, population: itt",
     "measure: risk_difference, at: 365, population: itt",
     "error: study.yaml:34:10: primary: no analysis of 'compare' computes risk_difference of outcome 'relapse' at 365 "
     "in this population, arm and reference; add it there\n"},
    {"the_headline_is_in_a_known_population",
     "at: 180, population: itt",
     "at: 180, population: pp",
     "error: study.yaml:34:76: there is no population 'pp'\n"},
    {"the_headline_is_of_a_known_arm_and_reference",
     "at: 180, population: itt",
     "at: 180, arm: ipo, reference: inpatint",
     "error: study.yaml:34:69: there is no arm 'ipo'; did you mean 'iop'?\n"
     "error: study.yaml:34:85: there is no arm 'inpatint'; did you mean 'inpatient'?\n"},
    {"the_headline_compares_no_reference_with_itself",
     "at: 180, population: itt",
     "at: 180, arm: inpatient",
     "error: study.yaml:34:10: primary: no analysis of 'compare' computes risk_difference of outcome 'relapse' at 180 "
     "in this population, arm and reference; add it there\n"},
    {"the_headline_is_of_a_known_analysis",
     "at: 180, population: itt",
     "at: 180, analysis: mian",
     "error: study.yaml:34:74: there is no analysis 'mian'; did you mean 'main'?\n"},
    {"the_headline_is_of_an_analysis_that_computes_it",
     "at: 180, population: itt",
     "at: 180, analysis: ended",
     "error: study.yaml:34:10: primary: no analysis of 'compare' computes risk_difference of outcome 'relapse' at 180 "
     "in this population, arm and reference; add it there\n"},
};

static void test_rule(void **state)
{
    const struct rule *rule = *state;

    assert_rule_told(rule, GOOD_STUDY, GOOD_CODEBOOK);
}

/* The arm with the shorter plan would lose by its plan alone. */
static void test_fixed_day_retention_has_no_verdict_where_planned_lengths_differ(void **state)
{
    (void)state;
    char *left = replaced(GOOD_STUDY, "completed: retained,\n         completed_if: plan == 'short' and los >= 90,", "completed: left,"),
         *judged = replaced(left, "{outcome: relapse, measure: risk_ratio", "{outcome: stay, measure: risk_ratio"),
         *equal = replaced(judged, "completed: left,", "completed: left, planned_lengths: equal,");

    assert_study_told(left, GOOD_CODEBOOK, ""); /* it may be described */
    assert_study_told(judged, GOOD_CODEBOOK,
                      "error: study.yaml:42:19: non_inferiority: outcome 'stay' counts who completed as having left ('completed: "
                      "left'), so that an arm with a shorter planned stay loses by its plan alone; use 'completed: retained' or "
                      "'competing', or declare 'planned_lengths: equal'\n");
    assert_study_told(equal, GOOD_CODEBOOK, "");
    free(left);
    free(judged);
    free(equal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_day_retention_has_no_verdict_where_planned_lengths_differ),
    };
    const int failed = run_rules(RULES, sizeof RULES / sizeof RULES[0], test_rule);

    return cmocka_run_group_tests(tests, enter_folder, leave_folder) + failed;
}
