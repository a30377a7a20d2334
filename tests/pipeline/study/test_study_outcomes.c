/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outcomes: what each rule needs, and every reason in one list. */
#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"

/* Each row breaks the good study in one place: the text that is replaced, by what, and what is told. */
static const struct rule RULES[] = {
    {"an_outcome_without_a_rule_is_told",
     "{event: plan == 'short' and los >= 90, event_is: good}",
     "{event_is: good}",
     "error: study.yaml:33:8: yes: {event: ...}, {time: ..., event: ...}, {days_until: ..., completed: ...}, "
     "{reason: ..., event: ...}, {first_of: [...], missing: ...}, {any: ...}, {good_weeks: ..., of: ...}, {library: ..., "
     "word: ...} or {process: ...} was expected\n"},
    {"the_direction_of_the_event_is_required",
     "los >= 90, event_is: good}",
     "los >= 90}",
     "error: study.yaml:33:8: missing key 'event_is': is the event bad or good?\n"},
    {"the_direction_is_bad_or_good",
     "los >= 90, event_is: good}",
     "los >= 90, event_is: god}",
     "error: study.yaml:33:57: event_is: bad or good was expected; value 'god'; did you mean 'good'?\n"},
    {"a_time_is_a_column_of_numbers",
     "{time: days,",
     "{time: seen,",
     "error: study.yaml:27:19: time: a column of numbers was expected; column 'seen' holds dates\n"},
    {"an_entry_is_a_column_of_numbers",
     "entry: 0",
     "entry: arm",
     "error: study.yaml:27:52: entry: a column of numbers was expected; column 'arm' holds a category\n"},
    {"a_yes_or_no_outcome_has_no_entry",
     "{event: plan",
     "{entry: age, event: plan",
     "error: study.yaml:33:16: entry: an outcome without 'time' is yes or no and has no entry\n"},
    {"a_yes_or_no_outcome_has_no_competing_event",
     "{event: plan",
     "{competing: {death: status == 2}, event: plan",
     "error: study.yaml:33:21: competing: an outcome without 'time' is yes or no; events compete only in time\n"},
    {"days_until_is_a_column_or_found_in_dated_rows",
     "{column: los}, completed",
     "leaving, completed",
     "error: study.yaml:28:22: days_until: {column: NAME}, {interval: NAME}, {last: EVIDENCE} or {gap: DAYS, of: EVIDENCE} "
     "was expected; value 'leaving'\n"},
    {"what_completing_counts_as_is_required",
     "completed: retained,\n"
     "         completed_if",
     "completed_if",
     "error: study.yaml:28:9: missing key 'completed': what completing counts as\n"},
    {"completing_needs_its_condition",
     "completed: retained,\n"
     "         completed_if: plan == 'short' and los >= 90,",
     "completed: competing,",
     "error: study.yaml:28:48: completed: competing needs 'completed_if', the condition under which treatment was "
     "completed, or 'completed_at', the days that complete it\n"},
    {"completing_is_told_in_one_way",
     "completed: retained,\n",
     "completed: retained, completed_at: 90,\n",
     "error: study.yaml:28:72: completed_at: either this or 'completed_if', not both\n"},
    {"retained_needs_the_end_of_follow_up",
     "  follow_up: {days: 365}\n",
     "",
     "error: study.yaml:27:48: completed: retained counts who completed as in treatment to the end of follow-up; add "
     "'follow_up: {days: N}' to cohort\n"},
    {"a_reason_is_a_category",
     "{reason: ended, event: completed",
     "{reason: status, event: completed",
     "error: study.yaml:30:18: reason: a category was expected; column 'status' holds whole numbers\n"},
    {"a_reason_needs_codes",
     "{reason: ended, event: completed",
     "{reason: site, event: completed",
     "error: study.yaml:24:12: strata: column 'site' is dated after time zero (an outcome is read from it); describe "
     "people by what was known at time zero, or say {column: site, post_baseline: WHY}\n"
     "error: study.yaml:30:18: reason: column 'site' has no 'codes' in its codebook, so that nobody knows whether "
     "every reason is listed\n"},
    {"an_unknown_reason_is_told_with_a_near_name",
     "no_event: [dropout, moved]",
     "no_event: [dropuot, moved]",
     "error: study.yaml:30:18: reason: every reason stands in one list; missing: 'dropout'\n"
     "error: study.yaml:30:54: no_event: column 'ended' has no label 'dropuot'; did you mean 'dropout'?\n"},
    {"a_reason_that_stands_nowhere_is_told",
     "no_event: [dropout, moved]",
     "no_event: [dropout]",
     "error: study.yaml:30:18: reason: every reason stands in one list; missing: 'moved'\n"},
    {"a_reason_that_stands_in_two_lists_is_told",
     "no_event: [dropout, moved]",
     "no_event: [dropout, moved, completed]",
     "error: study.yaml:30:70: no_event: reason 'completed' stands in 'event' already, at 30:32\n"},
    {"a_reason_that_stands_twice_in_a_list_is_told",
     "no_event: [dropout, moved]",
     "no_event: [dropout, moved, dropout]",
     "error: study.yaml:30:70: no_event: reason 'dropout' stands in 'no_event' already, at 30:54\n"},
    {"with_days_there_is_no_list_of_others",
     "competing: [completed]",
     "no_event: [completed]",
     "error: study.yaml:31:61: no_event: with 'days_until' a reason is an event, competing or censoring\n"},
    {"without_days_nothing_competes",
     "exclude: [died]",
     "competing: [died]",
     "error: study.yaml:30:83: competing: without 'days_until' a reason is an event, no_event or excluded\n"},
    {"censored_death_needs_a_reason",
     "because: coded by hand, ",
     "",
     "error: study.yaml:31:83: censor: 'died' is no plain censoring; list it under 'competing' or 'event', or say why "
     "with 'because'\n"},
    {"a_reason_with_days_and_without_its_column_is_told",
     "left: {reason: ended, ",
     "left: {",
     "error: study.yaml:31:9: missing key 'reason': column of the reasons\n"},
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
