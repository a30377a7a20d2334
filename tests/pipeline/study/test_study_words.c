/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `words`, and outcomes by published definitions: what is told about mistakes. */
#include "tests/pipeline/study/study_test.h"

static const char PEOPLE[] = "codebook: people\ncolumns:\n"
                             "  id: {type: integer}\n"
                             "  arm: {type: category, codes: {1: iop, 2: inpatient}}\n"
                             "  start: {type: integer}\n"
                             "  second: {type: integer}\n"
                             "  day: {type: integer}\n";

static const char STUDY[] =
    "study: words\n" /* 1 */
    "privacy: {basis: public}\n" /* 2 */
    "tables:\n" /* 3 */
    "  clients: {file: a.csv, codebook: codebook.yaml, person: id}\n" /* 4 */
    "  visits: {file: b.csv, codebook: codebook.yaml, person: id, day: day}\n" /* 5 */
    "  tests: {file: c.csv, codebook: codebook.yaml, person: id, day: day, only: positives}\n" /* 6 */
    "evidence: {held: {visits: \"true\"}}\n" /* 7 */
    "words:\n" /* 8 */
    "  weekly:\n" /* 9 */
    "    positive: positive\n" /* 10 */
    "    seen: held\n" /* 11 */
    "    start: {column: start, otherwise: -1, only: positives}\n" /* 12 */
    "    from: -30\n" /* 13 */
    "    end: [{when: \"arm == 'iop'\", column: second, days: 168}, 98]\n" /* 14 */
    "    phases: second\n" /* 15 */
    "cohort:\n" /* 16 */
    "  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n" /* 17 */
    "  reference: inpatient\n" /* 18 */
    "outcomes:\n" /* 19 */
    "  relapse: {library: Rs_lee_2016, word: weekly, phase: 2, event_is: bad}\n" /* 20 */
    "  clean: {library: Rd_fudala_2003, at_least: 0.5, at_most: 1, event_is: good}\n" /* 21 */
    "compare: [{outcomes: [relapse, clean], measures: [risk_difference], at: [90]}]\n"; /* 22 */

static const struct rule RULES[] = {
    {"a good study makes words", "study: words", "study: words", ""},
    {"the positive kind is a kind of evidence", "positive: positive", "positive: positiv",
     "error: study.yaml:10:15: positive: 'positiv' is no kind of evidence; name it under 'evidence'; did you mean "
     "'positive'?\n"},
    {"seen kinds are kinds of evidence", "seen: held", "seen: [held, gone]",
     "error: study.yaml:11:18: seen: 'gone' is no kind of evidence; name it under 'evidence'\n"},
    {"words have an end", "    end: [{when: \"arm == 'iop'\", column: second, days: 168}, 98]\n", "",
     "error: study.yaml:10:5: missing key 'end': last day looked at\n"},
    {"the start is a column", "column: start", "column: begin",
     "error: study.yaml:12:21: start: there is no column 'begin' in codebook 'people'\n"},
    {"the start is a column of days", "column: start", "column: arm",
     "error: study.yaml:12:21: start: a column of dates or whole numbers (days) was expected; column 'arm' holds a "
     "category\n"},
    {"only positives needs a start", "otherwise: -1, ", "",
     "error: study.yaml:12:34: only: say with 'otherwise' where the weeks of these people begin\n"},
    {"an end is a column of days", "column: second, days", "column: secnd, days",
     "error: study.yaml:14:42: end: there is no column 'secnd' in codebook 'people'; did you mean 'second'?\n"},
    {"the condition of an end is compiled", "arm == 'iop'\", column", "arm == 'php'\", column",
     "error: study.yaml:14:27: column 'arm' has no label 'php'; its labels are 'iop', 'inpatient'\n"},
    {"an end that is never reached is told", "days: 168}, 98]", "days: 168}, 98, 100]",
     "error: study.yaml:14:66: end: the rule before this one holds for everybody, so that this one is never reached\n"},
    {"a phase begins on a day of a column", "phases: second", "phases: [second, second]",
     "error: study.yaml:15:22: phases: 'second' stands twice in the list\n"},
    {"a definition is found by its name", "Rs_lee_2016", "Rs_lee_2061",
     "error: study.yaml:20:22: library: there is no definition 'Rs_lee_2061'; did you mean 'Rs_lee_2016'?\n"},
    {"words are found by their name", "word: weekly", "word: weakly",
     "error: study.yaml:20:41: word: there are no words 'weakly'; did you mean 'weekly'?\n"},
    {"a phase exists", "phase: 2", "phase: 3", "error: study.yaml:20:56: phase: words 'weekly' have 2 phases\n"},
    {"a value needs a measure that reads it", "at_least: 0.5, at_most: 1, ", "",
     "error: study.yaml:22:32: outcomes: 'clean' is a value, and no measure of this analysis reads one; add 'mean' or "
     "'mean_difference'\n"},
    {"a mean needs a value", "measures: [risk_difference]", "measures: [risk_difference, mean]",
     "error: study.yaml:22:68: measures: 'mean' reads a value, and every outcome of this analysis is an event\n"},
    {"an event needs a measure that reads it",
     "at_least: 0.5, at_most: 1, event_is: good}\ncompare: [{outcomes: [relapse, clean], measures: [risk_difference], at: [90]}]",
     "event_is: good}\ncompare: [{outcomes: [relapse, clean], measures: [mean]}]",
     "error: study.yaml:22:23: outcomes: 'relapse' is an event, and no measure of this analysis reads one\n"},
    {"the primary measure of a value is a mean",
     "at_least: 0.5, at_most: 1, event_is: good}\ncompare: [{outcomes: [relapse, clean], measures: [risk_difference], at: [90]}]",
     "event_is: good}\ncompare: [{outcomes: [relapse, clean], measures: [risk_difference, mean], at: [90]}]\n"
     "primary: {outcome: clean, measure: risk_difference}",
     "error: study.yaml:23:10: primary: 'risk_difference' reads an event, and outcome 'clean' is a value; its measures are "
     "'mean' and 'mean_difference'\n"},
    {"an event takes no bound", "phase: 2, ", "at_most: 3, ",
     "error: study.yaml:20:58: library: definition 'Rs_lee_2016' is an event already (time); it takes no bound\n"},
    {"bounds hold something between them", "at_least: 0.5", "at_least: 2",
     "error: study.yaml:21:58: at_most: it lies below 'at_least'\n"},
    {"definitions need words",
     "words:\n  weekly:\n    positive: positive\n    seen: held\n    start: {column: start, otherwise: -1, only: positives}\n"
     "    from: -30\n    end: [{when: \"arm == 'iop'\", column: second, days: 168}, 98]\n    phases: second\n",
     "",
     "error: study.yaml:12:22: library: definition 'Rs_lee_2016' reads weekly words, and the study makes none; say how under 'words'\n"
     "error: study.yaml:13:20: library: definition 'Rd_fudala_2003' reads weekly words, and the study makes none; say how under 'words'\n"},
    {"of several words one is named", "cohort:\n", "  other: {positive: positive, end: 90}\ncohort:\n",
     "error: study.yaml:22:20: library: on which words? The study makes several; say 'word: NAME'\n"},
    {"a study may have definitions of its own", "cohort:\n", "definitions: own.yaml\ncohort:\n", ""},
    {"mistakes in them are told with their place", "cohort:\n", "definitions: bad.yaml\ncohort:\n",
     "error: bad.yaml:1:1: missing key 'definitions': the definitions by name\n"},
};
enum { N_RULES = sizeof RULES / sizeof RULES[0] };

static void test_rule(void **state)
{
    scratch_write("own.yaml", "library: own\ndefinitions: {mine: {source: s, rule: r, count: negative}}\n");
    scratch_write("bad.yaml", "library: bad\n");
    assert_rule_told(*state, STUDY, PEOPLE);
}

int main(void)
{
    return run_rules(RULES, N_RULES, test_rule);
}
