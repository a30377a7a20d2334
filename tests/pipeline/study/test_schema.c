/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shape of a study file: keys, types, values, and keys of later versions. */
#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"

#define NEEDS_STAYS                                                                                                 \
    ": needs the stays of a person together: 'tables: episodes:' with a 'person' column; without one "              \
    "'tables: clients:' gives completion, length of stay and retention of single discharges, but no episodes, "     \
    "step-down, prior treatment or readmission\n"

/* Each row breaks the good study in one place: the text that is replaced, by what, and what is told. */
static const struct rule RULES[] = {
    {"an_unknown_key_is_told_with_a_near_name",
     "title:",
     "titel:",
     "error: study.yaml:2:1: unknown key 'titel'; did you mean 'title'?\n"},
    {"an_unknown_key_without_a_near_name_names_its_parent",
     "  unit: discharge",
     "  colour: red",
     "error: study.yaml:13:3: unknown key 'colour' in 'cohort'\n"},
    {"a_forgotten_space_after_a_colon_is_told",
     "  - analysis: ended",
     "  - {analysis:ended}\n"
     "  - analysis: ended",
     "error: study.yaml:44:5: missing key 'outcomes': what is compared\n"
     "error: study.yaml:44:5: missing key 'measures': what is computed\n"
     "error: study.yaml:44:6: unknown key 'analysis:ended'; write a space after ':'\n"},
    {"a_missing_key_says_what_it_is_for",
     "study: iop-vs-inpatient\n",
     "",
     "error: study.yaml:1:1: missing key 'study': its name\n"},
    {"a_missing_key_is_told_at_its_keys",
     "because: ok, role: primary",
     "role: primary",
     "error: study.yaml:42:9: missing key 'because': why this margin, declared beforehand\n"},
    {"a_key_that_stands_twice_is_told_with_both_places",
     "seed: 20261121",
     "seed: 20261121\n"
     "title: Again",
     "error: study.yaml:4:1: key 'title' stands twice; the first is at 2:1\n"},
    {"an_empty_value_is_told",
     "title: Short or long",
     "title:",
     "error: study.yaml:2:7: title: a text was expected; here is nothing\n"},
    {"a_list_where_a_text_belongs_is_told",
     "title: Short or long",
     "title: [a, b]",
     "error: study.yaml:2:8: title: a text was expected; here is a list\n"},
    {"keys_where_a_text_belongs_are_told",
     "title: Short or long",
     "title: {a: b}",
     "error: study.yaml:2:8: title: a text was expected; here are keys\n"},
    {"a_text_where_keys_belong_is_told",
     "privacy: {basis: public}",
     "privacy: public",
     "error: study.yaml:5:10: privacy: {basis: ...} was expected; value 'public'\n"},
    {"a_list_of_days_is_expected",
     "at: [180, 90]",
     "at: soon",
     "error: study.yaml:38:9: at: a list of day numbers was expected; value 'soon'\n"},
    {"each_wrong_item_of_a_list_is_told",
     "at: [180, 90]",
     "at: [180, 1.5, -3, x, 90]",
     "error: study.yaml:38:15: at: a list of day numbers was expected; value '1.5'\n"
     "error: study.yaml:38:20: at: a list of day numbers was expected; value '-3'\n"
     "error: study.yaml:38:24: at: a list of day numbers was expected; value 'x'\n"},
    {"a_negative_seed_is_told",
     "seed: 20261121",
     "seed: -1",
     "error: study.yaml:3:7: seed: a whole number from 0 to 9007199254740991 was expected; value '-1'\n"},
    {"a_seed_of_forty_digits_is_told",
     "seed: 20261121",
     "seed: 2044444444444444444444444444444444444444",
     "error: study.yaml:3:7: seed: a whole number from 0 to 9007199254740991 was expected; value "
     "'2044444444444444444444444444444444444444'\n"},
    {"a_number_in_hexadecimal_digits_is_told",
     "seed: 20261121",
     "seed: 0x1F",
     "error: study.yaml:3:7: seed: a whole number from 0 to 9007199254740991 was expected; value '0x1F'\n"},
    {"infinity_is_no_number",
     "tau: 365",
     "tau: .inf",
     "error: study.yaml:40:10: tau: a number of days (whole, from 1) was expected; value '.inf'\n"},
    {"nan_is_no_number",
     "margin: 0.1",
     "margin: nan",
     "error: study.yaml:42:71: margin: a number was expected; value 'nan'\n"},
    {"a_word_out_of_a_few_is_expected",
     "basis: public",
     "basis: publik",
     "error: study.yaml:5:18: basis: public, limited_data_set or expert was expected; value 'publik'; did you mean "
     "'public'?\n"},
    {"a_date_that_does_not_exist_is_told",
     "date: 2026-01-15",
     "date: 2026-02-30",
     "error: study.yaml:4:41: date: a date as YYYY-MM-DD was expected; value '2026-02-30'\n"},
    {"a_name_with_a_blank_is_told",
     "study: iop-vs-inpatient",
     "study: iop vs inpatient",
     "error: study.yaml:1:8: study: a name (1 to 40 letters, digits, '_' or '-') was expected; value 'iop vs "
     "inpatient'\n"},
    {"a_name_of_41_letters_is_told",
     "study: iop-vs-inpatient",
     "study: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "error: study.yaml:1:8: study: a name (1 to 40 letters, digits, '_' or '-') was expected; value "
     "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'\n"},
    {"a_path_upwards_is_told",
     "codebook: codebook.yaml",
     "codebook: ../codebook.yaml",
     "error: study.yaml:9:15: codebook: the path leads upwards by '..'; value '../codebook.yaml'\n"},
    {"a_path_with_a_pipe_is_told",
     "[data.csv, more.csv.gz]",
     "'|sort data.csv'",
     "error: study.yaml:8:11: file: the path contains '|'; value '|sort data.csv'\n"},
    {"an_absolute_path_is_told",
     "published: published.csv",
     "published: /srv/published.csv",
     "error: study.yaml:52:12: published: the path is absolute; give it relative to the study file, or allow it with "
     "--allow-absolute; value '/srv/published.csv'\n"},
    {"an_empty_list_is_told",
     "reference: [inpatient]",
     "reference: []",
     "error: study.yaml:21:14: reference: a list of names was expected; here is nothing\n"},
    {"an_escape_for_a_control_character_is_told",
     "title: Short or long",
     "title: \"a\\x1b[2J\"",
     "error: study.yaml:2:8: title: control characters cannot stand in a text\n"},
    {"an_escape_for_a_nul_is_told",
     "title: Short or long",
     "title: \"a\\0b\"",
     "error: study.yaml:2:8: title: control characters cannot stand in a text\n"},
    {"a_value_is_shown_without_its_control_characters",
     "study: iop-vs-inpatient",
     "\"study\": \"a\\eb\"\n"
     "\"x\\ey\": 1",
     "error: study.yaml:1:10: study: control characters cannot stand in a text\n"
     "error: study.yaml:2:1: unknown key 'x\\x1by'\n"},
    {"a_key_that_is_a_list_is_told",
     "seed: 20261121",
     "? [a, b]\n"
     ": 1",
     "error: study.yaml:3:3: a key is one text, not a list or keys\n"},
    {"an_empty_map_of_levels_says_nothing",
     "disclosure:",
     "levels: {}\n"
     "disclosure:",
     "error: study.yaml:50:9: levels: {COLUMN: {code: level, ...}} was expected; here is nothing\n"},
    {"what_needs_linked_stays_is_refused_without_them",
     "disclosure:",
     "link: {gap_days: 30}\n"
     "disclosure:",
     "error: study.yaml:50:7: link" NEEDS_STAYS},
    {"an_index_stay_needs_linked_stays",
     "  unit: discharge",
     "  index: {first_stay_in: [iop]}\n"
     "  cluster: programme",
     "error: study.yaml:13:10: index" NEEDS_STAYS
     "error: study.yaml:14:12: cluster: there is no column 'programme' in codebook 'example'\n"},
    {"the_study_s_last_day_needs_linked_stays",
     "{days: 365}",
     "{days: 365, until: 2021-12-31, end: [plan]}",
     "error: study.yaml:25:33: until" NEEDS_STAYS
     "error: study.yaml:25:51: end" NEEDS_STAYS},
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
