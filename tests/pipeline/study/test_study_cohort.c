/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables, cohort and disclosure: columns, arms, conditions, immortal time. */
#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"

/* Each row breaks the good study in one place: the text that is replaced, by what, and what is told. */
#define TABLE(last)                                                                                              \
    "tables:\n  clients:\n    file: [data.csv, more.csv.gz]\n    codebook: codebook.yaml\n    weight: n\n    " last "\n"
#define PUBLIC_TABLE(last) "privacy: {basis: public}\n" TABLE(last)

static const struct rule RULES[] = {
    {"a_table_that_says_who_there_is_is_needed",
     "  clients:\n"
     "    file: [data.csv, more.csv.gz]\n"
     "    codebook: codebook.yaml\n"
     "    weight: n\n"
     "    programme: site\n",
     "  tests: {}\n",
     "error: study.yaml:7:3: tables: 'clients' or 'episodes', with a row a person or a counted row, was expected\n"
     "error: study.yaml:7:10: missing key 'file': the file or files with the rows\n"
     "error: study.yaml:7:10: missing key 'codebook': the codebook of the columns\n"
     "error: study.yaml:7:10: missing key 'person': column that tells persons apart\n"
     "error: study.yaml:7:10: missing key 'day': column of the day on which it was\n"},
    {"dated_rows_are_joined_by_a_person_key",
     "    weight: n\n    programme: site\n",
     "  tests: {file: t.csv, codebook: codebook.yaml, person: n, day: seen}\n",
     "error: study.yaml:10:10: tests: its rows are joined by person, but table 'clients' has no person key; name its "
     "column: 'person: NAME'\n"},
    {"words_and_numbers_name_nobody_in_common",
     "    weight: n\n    programme: site\n",
     "    person: n\n"
     "  visits: {file: v.csv, codebook: codebook.yaml, person: site, day: seen}\n",
     "error: study.yaml:11:58: person: one of 'clients' and 'visits' holds whole numbers, the other does not: they name "
     "nobody in common\n"},
    {"a_day_is_a_date_or_a_whole_number",
     "    weight: n\n    programme: site\n",
     "    person: n\n"
     "  doses: {file: v.csv, codebook: codebook.yaml, person: n, day: days}\n",
     "error: study.yaml:11:65: day: a column of dates or whole numbers (days) was expected; column 'days' holds real "
     "numbers\n"},
    {"a_window_has_its_days_in_order_and_only_tests_have_only",
     "    weight: n\n    programme: site\n",
     "    person: n\n"
     "  tests: {file: t.csv, codebook: codebook.yaml, person: n, day: los, only: negatives}\n"
     "  doses: {file: v.csv, codebook: codebook.yaml, person: n, day: los, only: positives,\n"
     "          window: {from: 3, to: -7}}\n",
     "error: study.yaml:11:76: only: positives was expected; value 'negatives'\n"
     "error: study.yaml:12:70: unknown key 'only' in 'doses'\n"
     "error: study.yaml:13:26: window: 'from' lies after 'to'\n"},
    {"an_unknown_column_of_a_dated_table_is_told_with_its_codebook",
     "    weight: n\n    programme: site\n",
     "    person: n\n"
     "  use_days: {file: v.csv, codebook: codebook.yaml, person: m, day: sen}\n",
     "error: study.yaml:11:60: person: there is no column 'm' in codebook 'example'\n"
     "error: study.yaml:11:68: day: there is no column 'sen' in codebook 'example'; did you mean 'seen'?\n"},
    {"evidence_is_rows_of_one_table_that_the_study_has",
     "    weight: n\n    programme: site\n",
     "    person: n\n"
     "  visits: {file: v.csv, codebook: codebook.yaml, person: n, day: seen}\n"
     "evidence:\n"
     "  a: {visits: plan == 'shrt'}\n"
     "  b: {tests: true}\n"
     "  c: {with: [a]}\n"
     "  d: {visits: true, doses: true}\n"
     "  e: {visits: arm == 'iop', without: [f, d, aa]}\n"
     "  f: {visits: true}\n",
     "error: study.yaml:13:24: column 'plan' has no label 'shrt'; did you mean 'short'?\n"
     "error: study.yaml:14:14: evidence: the study has no table 'tests'\n"
     "error: study.yaml:15:6: evidence: no table is named; one of tests, visits, specimens, use_days and doses, with a "
     "condition, was expected\n"
     "error: study.yaml:16:6: evidence: several tables are named; one of tests, visits, specimens, use_days and doses, "
     "with a condition, was expected\n"
     "error: study.yaml:17:39: without: 'f' is no kind of evidence; name it under 'evidence'\n"
     "error: study.yaml:17:45: without: 'aa' is no kind of evidence; name it under 'evidence'; did you mean 'a'?\n"},
    {"time_zero_is_a_day",
     "  unit: discharge",
     "  time_zero: {column: site}",
     "error: study.yaml:13:23: time_zero: a column of dates or whole numbers (days) was expected; column 'site' holds a "
     "category\n"},
    {"a_spreadsheet_is_not_read",
     "[data.csv, more.csv.gz]",
     "[data.dta, data.XLSX]",
     "error: study.yaml:8:22: file: .xlsx files are not read; .csv, .csv.gz, .sas7bdat, .xpt, .dta or .sav was expected\n"},
    {"a_codebook_that_is_not_there_is_told",
     "codebook: codebook.yaml",
     "codebook: nowhere.yaml",
     "error: study.yaml:9:15: codebook: 'nowhere.yaml' cannot be read: No such file or directory\n"},
    {"an_unknown_column_is_told_with_a_near_name",
     "programme: site",
     "programme: sites",
     "error: study.yaml:11:16: programme: there is no column 'sites' in codebook 'example'; did you mean 'site'?\n"},
    {"a_weight_is_a_column_of_whole_numbers",
     "weight: n",
     "weight: days",
     "error: study.yaml:10:13: weight: a column of whole numbers was expected; column 'days' holds real numbers\n"},
    {"a_person_is_no_real_number",
     "weight: n",
     "person: days",
     "error: study.yaml:10:13: person: a category, a text or a column of whole numbers was expected; column 'days' "
     "holds real numbers\n"},
    {"another_name_of_a_column_is_told",
     "covariates: [age,",
     "covariates: [AGE,",
     "error: study.yaml:23:16: covariates: 'AGE' is another name of column 'age'; write 'age'\n"},
    {"a_column_that_is_dropped_is_told",
     "programme: site",
     "person: caseid",
     "error: study.yaml:11:13: person: column 'caseid' is dropped unread (its role in codebook 'example')\n"},
    {"a_person_needs_a_key_where_the_basis_is_not_public",
     PUBLIC_TABLE("programme: site"),
     "privacy: {basis: limited_data_set}\n" TABLE("person: note"),
     "error: study.yaml:11:13: person: with this basis the keys are made unreadable and need a key: 'privacy: {basis: "
     "..., key_file: site.key}'; 'stepdown key new site.key' makes one\n"},
    {"a_person_needs_a_basis",
     PUBLIC_TABLE("programme: site"),
     "\n" TABLE("person: note"),
     "error: study.yaml:11:13: person: say why the records may be used: 'privacy: {basis: public}', or 'privacy: {basis: "
     "limited_data_set, key_file: site.key}', or basis expert; then the keys are made unreadable\n"},
    {"a_public_basis_has_no_key",
     "basis: public",
     "basis: public, key_file: site.key",
     "error: study.yaml:5:36: key_file: with 'basis: public' ids stay as they are; a key is used with limited_data_set "
     "and expert\n"},
    {"what_tells_persons_apart_is_nothing_else",
     PUBLIC_TABLE("programme: site"),
     "privacy: {basis: expert, key_file: site.key}\n" TABLE("person: n"),
     "error: study.yaml:10:13: weight: column 'n' tells persons apart; only its key is kept\n"},
    {"a_covariate_is_no_text",
     "covariates: [age,",
     "covariates: [note,",
     "error: study.yaml:23:16: covariates: a category or a column of numbers was expected; column 'note' holds text\n"},
    {"a_covariate_stands_once",
     "covariates: [age,",
     "covariates: [age, age,",
     "error: study.yaml:23:21: covariates: 'age' stands twice in the list\n"},
    {"a_stratum_is_no_real_number",
     "strata: [site]",
     "strata: [days]",
     "error: study.yaml:24:12: strata: a category or a column of whole numbers was expected; column 'days' holds real "
     "numbers\n"
     "error: study.yaml:24:12: strata: column 'days' is dated after time zero (an outcome is read from it); describe "
     "people by what was known at time zero, or say {column: days, post_baseline: WHY}\n"},
    {"a_single_arm_is_no_reference",
     "    php: \"arm == 'php'\"\n"
     "    inpatient: {when: arm == 'inpatient'}\n"
     "  reference: [inpatient]",
     "  reference: [iop]",
     "error: study.yaml:19:15: reference: every arm is a reference, so that nothing would be compared\n"
     "error: study.yaml:35:26: measures: 'risk_difference' compares arms, and this study has one\n"
     "error: study.yaml:35:43: measures: 'rmst_difference' compares arms, and this study has one\n"
     "error: study.yaml:35:75: measures: 'risk_ratio' compares arms, and this study has one\n"
     "error: study.yaml:44:22: measures: 'risk_difference' compares arms, and this study has one\n"
     "error: study.yaml:44:39: measures: 'chi_square_test' compares arms, and this study has one\n"
     "error: study.yaml:46:16: there is no arm 'php'\n"},
    {"several_arms_need_a_reference",
     "  reference: [inpatient]",
     "",
     "error: study.yaml:13:3: missing key 'reference': the arm, or arms, that the others are compared with\n"},
    {"a_reference_is_an_arm",
     "reference: [inpatient]",
     "reference: [inpatint]",
     "error: study.yaml:21:15: there is no arm 'inpatint'; did you mean 'inpatient'?\n"},
    {"a_reference_stands_once",
     "reference: [inpatient]",
     "reference: [inpatient, inpatient]",
     "error: study.yaml:21:26: reference: 'inpatient' stands twice in the list\n"},
    {"somebody_must_be_compared",
     "reference: [inpatient]",
     "reference: [inpatient, iop, php]",
     "error: study.yaml:21:15: reference: every arm is a reference, so that nothing would be compared\n"},
    {"follow_up_is_at_least_a_day",
     "{days: 365}",
     "{days: 0}",
     "error: study.yaml:25:21: days: a number of days (whole, from 1) was expected; value '0'\n"
     "error: study.yaml:28:48: completed: retained counts who completed as in treatment to the end of follow-up; add "
     "'follow_up: {days: N}' to cohort\n"},
    {"a_condition_is_told_at_its_character",
     "\"arm == 'iop'\"",
     "\"arm = 'iop'\"",
     "error: study.yaml:18:15: '=' is not a comparison; use '=='\n"},
    {"a_label_in_a_plain_condition_is_told_at_its_character",
     "when: arm == 'inpatient'",
     "when: arm == 'inpatiant'",
     "error: study.yaml:20:31: column 'arm' has no label 'inpatiant'; did you mean 'inpatient'?\n"},
    {"an_arm_may_not_use_what_is_known_after",
     "\"arm == 'iop'\"",
     "\"arm == 'iop' and los > 7\"",
     "error: study.yaml:18:11: arm 'iop': column 'los' is dated after time zero (its codebook says 'known: after'); "
     "groups formed by what comes later have immortal time; say 'post_baseline: WHY' if it must be\n"},
    {"eligibility_may_not_use_what_is_known_after",
     "- age >= 18",
     "- los >= 18",
     "error: study.yaml:15:7: eligible: column 'los' is dated after time zero (its codebook says 'known: after'); "
     "groups formed by what comes later have immortal time; say 'post_baseline: WHY' if it must be\n"},
    {"a_population_may_not_use_the_condition_of_an_outcome",
     "itt: true",
     "itt: status == 1",
     "error: study.yaml:22:22: population 'itt': column 'status' is dated after time zero (an outcome's condition uses "
     "it, and its codebook does not say 'known: before'); groups formed by what comes later have immortal time; say "
     "'post_baseline: WHY' if it must be\n"},
    {"a_covariate_may_not_be_the_reason_of_an_outcome",
     "covariates: [age,",
     "covariates: [ended,",
     "error: study.yaml:23:16: covariates: column 'ended' is dated after time zero (an outcome is read from it); "
     "describe people by what was known at time zero, or say {column: ended, post_baseline: WHY}\n"},
    {"a_stratum_may_not_be_known_after",
     "strata: [site]",
     "strata: [ended]",
     "error: study.yaml:24:12: strata: column 'ended' is dated after time zero (an outcome is read from it); describe "
     "people by what was known at time zero, or say {column: ended, post_baseline: WHY}\n"},
    {"nothing_hidden_needs_a_reason",
     "{threshold: 0, because: public-use data}",
     "{threshold: 0}",
     "error: study.yaml:50:25: disclosure: with threshold 0 nothing is hidden; say why that is right: 'because: "
     "public-use data'\n"},
};

static void test_rule(void **state)
{
    const struct rule *rule = *state;

    assert_rule_told(rule, GOOD_STUDY, GOOD_CODEBOOK);
}

int main(void)
{
    return run_rules(RULES, sizeof RULES / sizeof RULES[0], test_rule);
}
