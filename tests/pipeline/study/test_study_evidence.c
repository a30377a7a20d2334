/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weeks and outcomes that are found in dated rows: every rule of the study file with its message. */
#include "tests/pipeline/study/study_test.h"

static const char STUDY[] =
    "study: dated\n" /* 1 */
    "privacy: {basis: public}\n" /* 2 */
    "tables:\n" /* 3 */
    "  clients: {file: a.csv, codebook: codebook.yaml, person: id}\n" /* 4 */
    "  tests: {file: b.csv, codebook: codebook.yaml, person: id, day: day}\n" /* 5 */
    "  visits: {file: c.csv, codebook: codebook.yaml, person: id, day: day}\n" /* 6 */
    "  doses: {file: d.csv, codebook: codebook.yaml, person: id, day: day}\n" /* 7 */
    "evidence:\n" /* 8 */
    "  hit: {tests: result == 'pos'}\n" /* 9 */
    "  held: {visits: status == 'held'}\n" /* 10 */
    "  death: {visits: status == 'died'}\n" /* 11 */
    "weeks:\n" /* 12 */
    "  w: {visits: held, label: label, pattern: W*, from: 1, to: 8, bad: hit, missing: bad}\n" /* 13 */
    "  d: {from: 1, to: 8, bad: hit, needs: held, missing: ignored}\n" /* 14 */
    "cohort:\n" /* 15 */
    "  arms: {a: arm == 'iop', b: arm == 'php'}\n" /* 16 */
    "  reference: a\n" /* 17 */
    "  follow_up: {days: 56}\n" /* 18 */
    "outcomes:\n" /* 19 */
    "  relapse: {first_of: [{test: hit, days: 2, within: 9}, {bad_weeks: 2, of: w}, {missed_visits: 3, of: w}],\n" /* 20 */
    "            missing: last_seen, seen_by: [hit, held], death: competing, event_is: bad}\n" /* 21 */
    "  dosed: {any: dose, at_least: 2, from: 0, to: 28, event_is: good}\n" /* 22 */
    "  clean: {good_weeks: [8, {weeks: [5, 6, 7], at_least: 2}], of: w, event_is: good}\n" /* 23 */
    "  stay: {days_until: {gap: 14, of: dose}, completed: left, event_is: bad}\n" /* 24 */
    "  moved: {first_of: {reason: [moved], column: why, day: los}, missing: censor, event_is: bad}\n" /* 25 */
    "compare:\n" /* 26 */
    "  - {outcomes: [relapse, dosed, clean, stay, moved], measures: risk_difference, at: 56}\n"; /* 27 */

static const char CODEBOOK[] = "codebook: dated\n"
                               "columns:\n"
                               "  id: {type: integer}\n"
                               "  day: {type: integer}\n"
                               "  arm: {type: category, codes: {1: iop, 2: php}}\n"
                               "  result: {type: category, codes: {1: pos, 2: neg}}\n"
                               "  status: {type: category, codes: {1: held, 2: missed, 3: died}}\n"
                               "  label: {type: category}\n"
                               "  why: {type: category, codes: {1: moved, 2: other}}\n"
                               "  los: {type: integer}\n";

static const struct rule RULES[] = {
    {"a_study_of_dated_rows_is_good", "study: dated", "study: dated", ""},
    {"weeks_of_visits_need_label_and_pattern", ", label: label, pattern: W*", "",
     "error: study.yaml:13:15: visits: needs 'label', the column that names the week, and 'pattern', such as WK*\n"},
    {"a_pattern_has_one_star", "pattern: W*", "pattern: W**",
     "error: study.yaml:13:44: pattern: one star, for the number of the week, was expected\n"},
    {"a_label_is_a_word", "label: label", "label: day",
     "error: study.yaml:13:28: label: a category or a text was expected; column 'day' holds whole numbers\n"},
    {"weeks_are_in_order", "from: 1, to: 8, bad: hit, needs", "from: 9, to: 8, bad: hit, needs",
     "error: study.yaml:14:13: weeks: 'from' lies after 'to'\n"},
    {"weeks_of_days_have_no_label_and_look_back_from_nothing", "needs: held", "needs: held, label: label, look_back: {of: hit, from: 7}",
     "error: study.yaml:14:53: weeks: 'label' and 'pattern' need 'visits', the kind of evidence that has the label\n"
     "error: study.yaml:14:76: look_back: looks back from a visit; weeks of days have none: list it under 'bad'\n"},
    {"a_look_back_goes_back", "pattern: W*,", "pattern: W*, look_back: {of: hit, from: 1, to: 7},",
     "error: study.yaml:13:75: look_back: 'from' is the day further back: {from: 7, to: 1} are the seven days before\n"},
    {"what_missing_counts_as_is_always_said", ", missing: ignored", "",
     "error: study.yaml:14:6: missing key 'missing': what a missing week counts as\n"},
    {"something_makes_weeks_bad_or_missing", " bad: hit, needs: held,", "",
     "error: study.yaml:14:6: weeks: nothing makes them bad or missing: name 'needs', 'bad' or 'look_back'\n"},
    {"a_kind_of_evidence_has_a_name", "test: hit", "test: hat",
     "error: study.yaml:20:31: test: 'hat' is no kind of evidence; name it under 'evidence'; did you mean 'hit'?\n"},
    {"a_test_is_evidence_of_tests", "test: hit", "test: held",
     "error: study.yaml:20:31: test: 'held' is evidence of visits\n"},
    {"several_days_count_in_a_row_or_within", ", within: 9", "",
     "error: study.yaml:20:42: days: say whether 2 days count 'in_a_row: yes' or 'within: N' days\n"},
    {"days_fit_into_their_window", "within: 9", "within: 1",
     "error: study.yaml:20:53: within: 2 days do not fit into 1\n"},
    {"a_window_is_given_once", "within: 9", "within: 9, in_a_row: yes",
     "error: study.yaml:20:53: within: either 'in_a_row' or 'within', not both\n"},
    {"weeks_have_a_name", "2, of: w", "2, of: x",
     "error: study.yaml:20:76: of: there are no weeks 'x'; name them under 'weeks'\n"},
    {"missed_visits_are_not_ignored", "3, of: w", "3, of: d",
     "error: study.yaml:20:103: missed_visits: the weeks 'd' ignore what is missing\n"},
    {"last_seen_needs_to_know_by_what", ", seen_by: [hit, held]", "",
     "error: study.yaml:21:22: missing: last_seen needs 'seen_by', the kinds of evidence by which somebody is seen\n"},
    {"what_counts_when_not_seen_is_always_said", "missing: last_seen, ", "",
     "error: study.yaml:20:12: missing key 'missing': what counts when somebody is not seen to the end: relapse, censor or "
     "last_seen\n"},
    {"death_is_a_kind_of_evidence", "  death: {visits: status == 'died'}\n", "",
     "error: study.yaml:20:62: competing: 'death' is no kind of evidence; name it under 'evidence'\n"},
    {"death_is_no_plain_censoring", "death: competing", "death: censor",
     "error: study.yaml:21:62: censor: 'death' is no plain censoring; let it compete, or say why with 'because'\n"},
    {"what_competes_does_not_censor", "death: competing", "death: competing, censor: death, because: x",
     "error: study.yaml:21:81: censor: 'death' competes already\n"},
    {"the_end_of_follow_up_is_needed", "  follow_up: {days: 56}\n", "",
     "error: study.yaml:19:3: first_of: who is never seen to have the event is followed to the end; add 'follow_up: {days: "
     "N}' to cohort\n"
     "error: study.yaml:23:3: days_until: who is never seen to have the event is followed to the end; add 'follow_up: "
     "{days: N}' to cohort\n"
     "error: study.yaml:24:3: first_of: who is never seen to have the event is followed to the end; add 'follow_up: {days: "
     "N}' to cohort\n"},
    {"a_week_is_among_those_that_are_judged", "{weeks: [5, 6, 7], at_least: 2}", "{weeks: [5, 9], at_least: 3}",
     "error: study.yaml:23:35: good_weeks: week 9 is not among the weeks 1 to 8 of 'w'\n"
     "error: study.yaml:23:53: at_least: there are only 2 weeks\n"},
    {"a_reason_is_a_label", "reason: [moved]", "reason: [mooved]",
     "error: study.yaml:25:31: reason: column 'why' has no label 'mooved'; did you mean 'moved'?\n"},
    {"a_new_episode_needs_linked_stays", "{test: hit, days: 2, within: 9}", "{new_episode: [detox]}",
     "error: study.yaml:20:24: new_episode: readmission is told by linked stays, and this study has none: 'tables: episodes:' "
     "with a person key; a column that the source has counted can be a 'reason' with its 'day'\n"},
    {"a_trigger_is_one_of_several", "{test: hit, days: 2, within: 9}", "{days: 2}",
     "error: study.yaml:20:24: first_of: {test: ...}, {use_day: ...}, {visit: ...}, {dose: ...}, {specimen: ...}, {on: ...}, "
     "{bad_weeks: N, of: ...}, {missed_visits: N, of: ...}, {new_episode: [...]} or {reason: [...], column: ..., day: ...} was expected\n"},
    {"groups_are_not_formed_by_the_reason_of_a_trigger", "arm == 'php'", "why == 'moved'",
     "error: study.yaml:16:30: arm 'b': column 'why' is dated after time zero (an outcome's condition uses it, and its "
     "codebook does not say 'known: before'); groups formed by what comes later have immortal time; say 'post_baseline: "
     "WHY' if it must be\n"},
};

static void test_rule(void **state)
{
    const struct rule *rule = *state;

    assert_rule_told(rule, STUDY, CODEBOOK);
}

int main(void)
{
    return run_rules(RULES, sizeof RULES / sizeof RULES[0], test_rule);
}
