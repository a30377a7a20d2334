/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outcomes that are found in dated rows, on timelines drawn by hand and against a slow independent reading. */
#include <math.h>

#include "outcomes/again.h"
#include "outcomes/outcome.h"
#include "outcomes/summary.h"
#include "outcomes/trigger.h"
#include "outcomes/weeks.h"
#include "tests/pipeline/support/dated_study.h"

static const char head[] = "cohort:\n  time_zero: {column: start}\n"
                           "  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n"
                           "  reference: inpatient\n  follow_up: {days: 28}\n";

/* id, arm, start, ended, reason */
static const char people[] = "1,1,0,20,2\n2,2,0,9,1\n3,1,0,,2\n4,2,100,3,3\n";

struct computed {
    struct dated_study d;
    struct evidence *evidence;
    struct table *outcome;
};

/* The first outcome of the study, of everybody. */
static struct computed compute(const struct dated_lines *lines, const char *declared, const char *outcome)
{
    char text[4096];
    struct computed c;

    snprintf(text, sizeof text,
             "%s%soutcomes:\n  it: %s\n  other: {event: \"ended > 3\", event_is: bad}\n"
             "compare: [{outcomes: [other], measures: [risk_difference]}]\n",
             declared, head, outcome);
    c.d = dated_study_open(lines, text);
    assert_non_null(c.evidence = evidence_read(c.d.study, c.d.records_path, c.d.cohort, 2));
    const struct outcome_input input = {c.d.study, &c.d.study->outcomes[0], c.d.records, table_column(c.d.cohort, "record"),
                                        c.d.cohort->n_rows, 2, c.evidence, NULL, NULL, c.d.cohort, false};
    c.outcome = outcome_compute(&input);
    return c;
}

static void release(struct computed *c)
{
    table_free(c->outcome);
    evidence_free(c->evidence);
    dated_study_close(&c->d);
}

static void assert_person(const struct computed *c, size_t i, int cause, double time)
{
    assert_non_null(c->outcome);
    assert_int_equal(column_integer(table_column(c->outcome, "cause"), i), cause);
    assert_near(column_real(table_column(c->outcome, "time"), i), time, 0);
}

static void assert_yes(const struct computed *c, size_t i, int yes)
{
    assert_non_null(c->outcome);
    assert_int_equal(column_integer(table_column(c->outcome, "cause"), i), yes);
    assert_null(table_column(c->outcome, "time"));
}

static const char tests_kinds[] = "evidence:\n  hit: {tests: \"what == 'a'\"}\n  gone: {tests: \"what == 'c'\"}\n";

/* ---- between looks --------------------------------------------------------------------------------------------------- */

static void assert_between(const struct computed *c, size_t i, double low, double high)
{
    assert_near(column_real(table_column(c->outcome, "time_low"), i), low, 0);
    if (isnan(high))
        assert_true(column_is_missing(table_column(c->outcome, "time_high"), i));
    else
        assert_near(column_real(table_column(c->outcome, "time_high"), i), high, 0);
}

/*
 * x: a hit, o: a test without, |: the end
 *
 *     person 1   day 3 o    7 o   7 x (the same day)   9 x        since the look before: 4 .. 7
 *     person 2   day 5 x                                          never looked at before: 1 .. 5
 *     person 3   day 2 o    20 o                     28 |         not up to day 20
 *     person 4   day 4 o    10 | by a test that found an end      not up to day 10
 */
static void test_what_a_look_finds_happened_since_the_one_before(void **state)
{
    (void)state;
    const struct dated_lines lines = {.clients = people,
                                      .of_role = {[ROLE_TESTS] = "1,3,b\n1,7,b\n1,7,a\n1,9,a\n2,5,a\n3,2,b\n3,20,b\n4,104,b\n4,110,c\n"}};
    struct computed c = compute(&lines, tests_kinds,
                                "{first_of: {test: hit}, missing: censor, censor: [gone], between_looks: yes, event_is: bad}");
    assert_person(&c, 0, 1, 7);
    assert_between(&c, 0, 4, 7);
    assert_person(&c, 1, 1, 5);
    assert_between(&c, 1, 1, 5);
    assert_person(&c, 2, 0, 28);
    assert_between(&c, 2, 21, NAN);
    assert_person(&c, 3, 0, 10);
    assert_between(&c, 3, 11, NAN);
    release(&c);
    c = compute(&lines, tests_kinds, "{first_of: {test: hit}, missing: censor, grace: 6, between_looks: yes, event_is: bad}");
    assert_between(&c, 0, 6, 7); /* what happened before the grace ended does not count */
    release(&c);
}

/* A reason has a day of its own: the day is known. */
static void test_an_event_with_a_day_of_its_own_is_not_between_looks(void **state)
{
    (void)state;
    const struct dated_lines lines = {.clients = people, .of_role = {[ROLE_TESTS] = "1,3,b\n1,25,a\n2,3,b\n"}};
    struct computed c = compute(&lines, tests_kinds,
                                "{first_of: [{test: hit}, {reason: [dropped out], column: reason, day: ended}], missing: censor, "
                                "between_looks: yes, event_is: bad}");
    assert_person(&c, 0, 1, 20);
    assert_between(&c, 0, 20, 20);
    release(&c);
}

/* ---- again -------------------------------------------------------------------------------------------------------------- */

static void assert_stretches(const struct table *again, const int expected[][4], size_t n)
{
    static const char *const names[] = {"row", "from", "to", "event"};

    assert_non_null(again);
    assert_int_equal(again->n_rows, n);
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < 4; j++)
            assert_int_equal(column_integer(table_column(again, names[j]), k), expected[k][j]);
}

static struct table *again_of(const struct dated_lines *lines, const char *outcome, struct computed *c)
{
    *c = compute(lines, tests_kinds, outcome);
    const struct outcome_input input = {c->d.study, &c->d.study->outcomes[0], c->d.records, table_column(c->d.cohort, "record"),
                                        c->d.cohort->n_rows, 2, c->evidence, NULL, NULL, c->d.cohort, false};
    return outcome_again(&input);
}

/*
 * x: a hit, |: the end; again after 5 days without
 *
 *     person 1   0 x  2 x  4 x      10 x           17 x ... 28 |    day 0 is before the grace; 2 and 4 are one, 10 and 17 others
 *     person 2        3 x  7 x  11 x                      28 |      each hit within 5 days of the one before: one event
 *     person 3                                            28 |      none
 *     person 4        1 x          9 | by c, 12 x                   what comes after the end was not observed
 */
static void test_what_goes_on_is_one_event_and_what_comes_back_another(void **state)
{
    (void)state;
    const struct dated_lines lines = {
        .clients = people,
        .of_role = {[ROLE_TESTS] = "1,10,a\n1,0,a\n1,2,a\n1,4,a\n1,17,a\n2,3,a\n2,7,a\n2,11,a\n4,101,a\n4,109,c\n4,112,a\n"}};
    static const int followed[][4] = {{0, 0, 2, 1}, {0, 2, 10, 1}, {0, 10, 17, 1}, {0, 17, 28, 0}, {1, 0, 3, 1},
                                      {1, 3, 28, 0}, {2, 0, 28, 0}, {3, 0, 1, 1}, {3, 1, 9, 0}};
    struct computed c;
    struct table *again =
        again_of(&lines, "{first_of: {test: hit}, missing: censor, censor: [gone], grace: 1, again_after: 5, event_is: bad}", &c);
    assert_stretches(again, followed, 9);
    assert_person(&c, 0, 1, 2); /* the outcome itself is the first */
    table_free(again);
    release(&c);
    /* Followed to the last day seen: by tests, which the days of events are. */
    static const int seen[][4] = {{0, 0, 2, 1}, {0, 2, 10, 1}, {0, 10, 17, 1}, {1, 0, 3, 1}, {1, 3, 11, 0}, {3, 0, 1, 1}, {3, 1, 12, 1}};
    again = again_of(&lines, "{first_of: {test: hit}, missing: last_seen, seen_by: [hit], grace: 1, again_after: 5, event_is: bad}", &c);
    assert_stretches(again, seen, 7);
    table_free(again);
    release(&c);
}

/* ---- triggers of days ------------------------------------------------------------------------------------------- */

/*
 * person 1:  day  0 1 2 3 4 5 6 7 8 9
 *                   x x   x x x
 */
static void test_a_run_is_dated_by_its_first_day_or_by_its_last(void **state)
{
    (void)state;
    const struct dated_lines lines = {.clients = people,
                                      .of_role = {[ROLE_TESTS] = "1,1,a\n1,2,a\n1,4,a\n1,5,a\n1,6,a\n2,3,a\n2,4,b\n2,5,a\n"}};
    struct computed one = compute(&lines, tests_kinds, "{first_of: {test: hit}, missing: censor, event_is: bad}");
    struct computed run = compute(&lines, tests_kinds,
                                  "{first_of: {test: hit, days: 3, in_a_row: yes}, missing: censor, event_is: bad}");
    struct computed last = compute(
        &lines, tests_kinds, "{first_of: {test: hit, days: 3, in_a_row: yes, dated: last}, missing: censor, event_is: bad}");
    struct computed within = compute(&lines, tests_kinds,
                                     "{first_of: {test: hit, days: 3, within: 4}, missing: censor, event_is: bad}");

    assert_person(&one, 0, 1, 1);
    assert_person(&run, 0, 1, 4);
    assert_person(&last, 0, 1, 6);
    assert_person(&within, 0, 1, 1); /* 1, 2 and 4 are three of four days */
    assert_person(&one, 1, 1, 3);
    assert_person(&run, 1, 0, 28); /* 3 and 5, with another kind between them */
    assert_person(&one, 2, 0, 28); /* never seen */
    release(&one);
    release(&run);
    release(&last);
    release(&within);
}

static void test_grace_and_limits_bound_the_days_that_are_looked_at(void **state)
{
    (void)state;
    const struct dated_lines lines = {
        .clients = people,
        .of_role = {[ROLE_TESTS] = "1,-1,a\n1,0,a\n1,9,a\n1,10,a\n2,5,a\n2,20,a\n3,28,a\n4,129,a\n"}};
    struct computed c = compute(&lines, tests_kinds, "{first_of: {test: hit}, missing: censor, event_is: bad}");
    struct computed grace = compute(&lines, tests_kinds, "{first_of: {test: hit}, grace: 10, missing: censor, event_is: bad}");
    struct computed limits = compute(&lines, tests_kinds,
                                     "{first_of: {test: hit, from: 3, to: 9}, missing: censor, event_is: bad}");

    assert_person(&c, 0, 1, 0);  /* day 0 counts, the day before does not */
    assert_person(&c, 2, 1, 28); /* the last day of follow-up counts */
    assert_person(&c, 3, 0, 28); /* day 29 from time zero does not */
    assert_person(&grace, 0, 1, 10);
    assert_person(&grace, 1, 1, 20);
    assert_person(&limits, 0, 1, 9);
    assert_person(&limits, 1, 1, 5);
    assert_person(&limits, 2, 0, 28);
    release(&c);
    release(&grace);
    release(&limits);
}

/* ---- ends and unseen ------------------------------------------------------------------------------------------------ */

static void test_competing_events_and_ends_of_observation_are_what_is_declared(void **state)
{
    (void)state;
    const struct dated_lines lines = {.clients = people,
                                      .of_role = {[ROLE_TESTS] = "1,5,c\n1,9,a\n2,4,a\n2,4,c\n3,12,c\n"}};
    struct computed competing =
        compute(&lines, tests_kinds, "{first_of: {test: hit}, missing: censor, competing: gone, event_is: bad}");
    struct computed censored =
        compute(&lines, tests_kinds, "{first_of: {test: hit}, missing: censor, censor: gone, event_is: bad}");

    assert_person(&competing, 0, 2, 5);
    assert_person(&competing, 1, 1, 4); /* on one day the trigger goes first */
    assert_person(&competing, 2, 2, 12);
    assert_person(&competing, 3, 0, 28);
    assert_string_equal(outcome_cause(&competing.d.study->outcomes[0], 2), "gone");
    assert_person(&censored, 0, 0, 5);
    assert_person(&censored, 1, 1, 4);
    assert_person(&censored, 2, 0, 12);
    release(&competing);
    release(&censored);
}

static void test_death_incarceration_and_transfer_are_kinds_of_evidence(void **state)
{
    (void)state;
    const struct dated_lines lines = {.clients = people,
                                      .of_role = {[ROLE_VISITS] = "1,7,a\n2,8,b\n3,9,c\n", [ROLE_TESTS] = "1,20,a\n"}};
    struct computed c = compute(&lines,
                                "evidence:\n  hit: {tests: true}\n  death: {visits: \"what == 'a'\"}\n"
                                "  incarceration: {visits: \"what == 'b'\"}\n  transfer: {visits: \"what == 'c'\"}\n",
                                "{first_of: {test: hit}, missing: censor, death: competing, incarceration: competing, "
                                "transfer: censor, event_is: bad}");

    assert_person(&c, 0, 2, 7);
    assert_person(&c, 1, 3, 8);
    assert_person(&c, 2, 0, 9);
    assert_string_equal(outcome_cause(&c.d.study->outcomes[0], 3), "incarceration");
    release(&c);
}

static void test_not_being_seen_counts_as_declared(void **state)
{
    (void)state;
    const struct dated_lines lines = {.clients = people, .of_role = {[ROLE_TESTS] = "1,5,b\n1,11,b\n1,40,b\n2,28,b\n3,2,a\n"}};
    const char *const kinds = "evidence:\n  hit: {tests: \"what == 'a'\"}\n  any: {tests: true}\n";
    struct computed censored = compute(&lines, kinds, "{first_of: {test: hit}, missing: censor, event_is: bad}");
    struct computed last = compute(&lines, kinds, "{first_of: {test: hit}, missing: last_seen, seen_by: any, event_is: bad}");
    struct computed relapse = compute(&lines, kinds, "{first_of: {test: hit}, missing: relapse, seen_by: any, event_is: bad}");
    struct computed grace =
        compute(&lines, kinds, "{first_of: {test: hit}, grace: 14, missing: relapse, seen_by: any, event_is: bad}");

    assert_person(&censored, 0, 0, 28);
    assert_person(&last, 0, 0, 11);    /* what is seen after follow-up is not seen */
    assert_person(&last, 3, 0, 0);     /* never seen */
    assert_person(&relapse, 0, 1, 12);
    assert_person(&relapse, 1, 0, 28); /* seen on the last day */
    assert_person(&relapse, 2, 1, 2);
    assert_person(&relapse, 3, 1, 1);
    assert_person(&grace, 3, 1, 14);
    release(&censored);
    release(&last);
    release(&relapse);
    release(&grace);
}

static void test_a_reason_is_a_trigger_on_the_day_of_its_column(void **state)
{
    (void)state;
    const struct dated_lines lines = {.clients = people, .of_role = {[ROLE_TESTS] = "1,25,a\n"}};
    struct computed c = compute(&lines, tests_kinds,
                                "{first_of: [{test: hit}, {reason: [dropped out, transferred], column: reason, day: ended}], "
                                "missing: censor, event_is: bad}");

    assert_person(&c, 0, 1, 20);
    assert_person(&c, 1, 0, 28); /* completed */
    assert_person(&c, 2, 0, 28); /* dropped out, nobody knows when */
    assert_person(&c, 3, 1, 3);
    release(&c);
}

/* ---- weeks --------------------------------------------------------------------------------------------------------- */

/*
 * Visits by label, a specimen on the day, positive tests, use in the week before:
 *
 *   week      1        2         3           4        5
 *   1         good     use       no visit    hit      good      bad weeks 2 3 4
 *   2         good     good      no specimen hit      good      bad weeks 3 4
 *   3         two visits in week 1: the second is good; then nothing
 */
static const char weeks_kinds[] = "evidence:\n  held: {visits: true}\n  hit: {tests: \"what == 'a'\"}\n"
                                  "weeks:\n"
                                  "  strict: {visits: held, label: what, pattern: \"w*\", from: 1, to: 4, needs: specimen,\n"
                                  "           bad: hit, look_back: {of: use, from: 7}, missing: bad}\n"
                                  "  lax: {visits: held, label: what, pattern: \"w*\", from: 1, to: 4, needs: specimen,\n"
                                  "        bad: hit, look_back: {of: use, from: 7}, missing: ignored}\n"
                                  "  days: {from: 1, to: 4, first_day: 0, needs: specimen, bad: hit, missing: bad}\n";
static const struct dated_lines weeks_lines = {
    .clients = people,
    .of_role = {[ROLE_VISITS] = "1,3,w1\n1,10,w2\n1,24,w4\n2,3,w1\n2,10,w2\n2,18,w3\n2,24,w4\n3,2,w1\n3,4,w1\n3,5,a\n",
                [ROLE_SPECIMENS] = "1,3,a\n1,10,a\n1,24,a\n2,3,a\n2,10,a\n2,24,a\n3,4,a\n",
                [ROLE_TESTS] = "1,24,a\n2,24,a\n2,10,b\n",
                [ROLE_USE_DAYS] = "1,9,a\n2,10,a\n2,2,a\n"}};

static void test_weeks_are_judged_by_their_visits(void **state)
{
    (void)state;
    struct computed c =
        compute(&weeks_lines, weeks_kinds, "{first_of: {bad_weeks: 2, of: strict}, missing: censor, event_is: bad}");
    uint8_t *labels = weeks_judge(&c.d.study->weeks[0], c.evidence, 2), *days = weeks_judge(&c.d.study->weeks[2], c.evidence, 1);
    static const uint8_t by_label[3][4] = {{WEEK_STATE_GOOD, WEEK_STATE_BAD, WEEK_STATE_MISSING, WEEK_STATE_BAD},
                                           {WEEK_STATE_BAD, WEEK_STATE_GOOD, WEEK_STATE_MISSING, WEEK_STATE_BAD},
                                           {WEEK_STATE_GOOD, WEEK_STATE_MISSING, WEEK_STATE_MISSING, WEEK_STATE_MISSING}};
    static const uint8_t by_days[3][4] = {{WEEK_STATE_GOOD, WEEK_STATE_GOOD, WEEK_STATE_MISSING, WEEK_STATE_BAD},
                                          {WEEK_STATE_GOOD, WEEK_STATE_GOOD, WEEK_STATE_MISSING, WEEK_STATE_BAD},
                                          {WEEK_STATE_GOOD, WEEK_STATE_MISSING, WEEK_STATE_MISSING, WEEK_STATE_MISSING}};

    assert_memory_equal(labels, by_label, sizeof by_label); /* use on the day of the visit is not before it */
    assert_memory_equal(days, by_days, sizeof by_days);
    assert_person(&c, 0, 1, 8);  /* weeks 2 and 3: the first day of week 2 is day 8 */
    assert_person(&c, 1, 1, 15);
    assert_person(&c, 2, 1, 8);
    assert_person(&c, 3, 1, 1);
    free(labels);
    free(days);
    release(&c);
}

static void test_ignored_weeks_are_as_if_they_were_not_there(void **state)
{
    (void)state;
    struct computed c = compute(&weeks_lines, weeks_kinds, "{first_of: {bad_weeks: 2, of: lax}, missing: censor, event_is: bad}");
    struct computed last =
        compute(&weeks_lines, weeks_kinds, "{first_of: {bad_weeks: 2, of: lax, dated: last}, missing: censor, event_is: bad}");
    struct computed within =
        compute(&weeks_lines, weeks_kinds, "{first_of: {bad_weeks: 2, of: lax, within: 3}, missing: censor, event_is: bad}");

    assert_person(&c, 0, 1, 8);     /* weeks 2 and 4, with a missing one between them */
    assert_person(&c, 1, 0, 28);    /* weeks 1 and 4, with a good one between them */
    assert_person(&last, 0, 1, 28); /* week 4 ends on day 28 */
    assert_person(&within, 1, 1, 1);
    assert_person(&c, 3, 0, 28);
    release(&c);
    release(&last);
    release(&within);
}

static void test_missed_visits_count_whatever_else_is_bad(void **state)
{
    (void)state;
    struct computed c =
        compute(&weeks_lines, weeks_kinds, "{first_of: {missed_visits: 2, of: strict}, missing: censor, event_is: bad}");

    assert_person(&c, 0, 0, 28); /* one */
    assert_person(&c, 2, 1, 8);  /* weeks 2 and 3 */
    assert_person(&c, 3, 1, 1);
    release(&c);
}

static void test_a_label_names_its_week_or_none(void **state)
{
    (void)state;
    assert_int_equal(weeks_of_label("WK*", "WK24", 4), 24);
    assert_int_equal(weeks_of_label("WK*", "WK04", 4), 4);
    assert_int_equal(weeks_of_label("WK*", "WK", 2), -1);
    assert_int_equal(weeks_of_label("WK*", "WK4a", 4), -1);
    assert_int_equal(weeks_of_label("WK*", "XK4", 3), -1);
    assert_int_equal(weeks_of_label("P2Wk*", "P2Wk1A", 6), -1);
    assert_int_equal(weeks_of_label("*. week", "7. week", 7), 7);
    assert_int_equal(weeks_of_label("WK*", "WK999999", 8), -1);
}

static void test_good_weeks_are_a_yes_or_no(void **state)
{
    (void)state;
    struct computed c = compute(&weeks_lines, weeks_kinds, "{good_weeks: [1, {weeks: [2, 3, 4], at_least: 1}], of: days, event_is: good}");

    assert_yes(&c, 0, 1);
    assert_yes(&c, 1, 1);
    assert_yes(&c, 2, 0); /* week 1 alone */
    assert_yes(&c, 3, 0);
    release(&c);
}

/* ---- retention ---------------------------------------------------------------------------------------------------- */

/*
 * doses of 1:  0 . . . 4 . . . . . 10 . . . . . . . . . 20 .. 28|
 * doses of 2:  none in the first week
 */
static const struct dated_lines doses = {.clients = people,
                                         .of_role = {[ROLE_DOSES] = "1,0,a\n1,4,a\n1,10,a\n1,20,a\n1,40,b\n2,8,a\n2,15,a\n2,22,a\n"
                                                                    "4,95,a\n"}};

static void test_retention_lasts_to_the_last_dose(void **state)
{
    (void)state;
    struct computed c = compute(&doses, "", "{days_until: {last: dose}, completed: censor, completed_at: 22, event_is: bad}");

    assert_person(&c, 0, 0, 28); /* the dose of day 40 is after follow-up */
    assert_person(&c, 1, 0, 22);
    assert_person(&c, 2, 1, 0);  /* never dosed */
    assert_person(&c, 3, 1, 0);  /* dosed before time zero alone */
    release(&c);
}

static void test_retention_lasts_to_the_first_long_gap(void **state)
{
    (void)state;
    struct computed six = compute(&doses, "", "{days_until: {gap: 6, of: dose}, completed: left, event_is: bad}");
    struct computed ten = compute(&doses, "", "{days_until: {gap: 10, of: dose}, completed: left, event_is: bad}");
    struct computed eight = compute(
        &doses, "", "{days_until: {gap: 8, of: dose}, completed: competing, completed_at: 10, event_is: bad}");

    assert_person(&six, 0, 1, 10);
    assert_person(&ten, 0, 0, 28); /* 20 to 28 is no gap of more than 10 days: still in treatment */
    assert_person(&six, 1, 1, 0);  /* the first week without a dose */
    assert_person(&ten, 1, 0, 28);
    assert_person(&eight, 0, 2, 10);
    assert_person(&eight, 1, 2, 28); /* still there, and has completed */
    assert_person(&ten, 2, 1, 0);
    release(&six);
    release(&ten);
    release(&eight);
}

static void test_any_counts_days(void **state)
{
    (void)state;
    struct computed one = compute(&doses, "", "{any: dose, from: 0, to: 28, event_is: good}");
    struct computed four = compute(&doses, "", "{any: dose, at_least: 4, from: 0, to: 28, event_is: good}");

    assert_yes(&one, 0, 1);
    assert_yes(&one, 3, 0);
    assert_yes(&four, 0, 1);
    assert_yes(&four, 1, 0);
    release(&one);
    release(&four);
}

/* ---- refusals ------------------------------------------------------------------------------------------------------ */

static void assert_refused(const struct dated_lines *lines, const char *kinds, const char *outcome, const char *message)
{
    capture_start();
    struct computed c = compute(lines, kinds, outcome);
    const char *told = capture_end();

    assert_null(c.outcome);
    if (strstr(told, message) == NULL)
        print_error("told: %s\n", told);
    assert_non_null(strstr(told, message));
    release(&c);
}

static void test_a_definition_without_a_row_to_tell_it_is_refused_by_name(void **state)
{
    (void)state;
    const struct dated_lines late = {.clients = people, .of_role = {[ROLE_TESTS] = "1,29,a\n2,-3,a\n5,4,a\n"}},
                             none = {.clients = people, .of_role = {[ROLE_DOSES] = "1,,a\n"}};

    assert_refused(&late, tests_kinds, "{first_of: {test: hit}, missing: censor, event_is: bad}",
                   "outcome 'it' cannot be told from these data: it needs 'hit', and table 'tests' has no row of anybody in the "
                   "cohort from day 0 to day 28");
    assert_refused(&none, "", "{days_until: {last: dose}, completed: left, event_is: bad}",
                   "it needs 'dose', and table 'doses' has no row of anybody in the cohort from day 0 on");
}

/* ---- against a slow independent reading --------------------------------------------------------------------------------- */

enum { N_RANDOM = 400 };

/* All windows of `within` days, from the earliest end on, counted day by day. */
static int slow_days(const bool *seen, int n, int within, bool last)
{
    for (int end = 0; end <= 28; end++) {
        int count = 0, first = -1;
        for (int day = end - within + 1; day <= end; day++)
            if (day >= 0 && seen[day]) {
                count++;
                if (first < 0)
                    first = day;
            }
        if (count < n || !seen[end])
            continue;
        while (count-- > n) /* the last n of them */
            for (first++; !seen[first];)
                first++;
        return last ? end : first;
    }
    return -1;
}

static void test_random_timelines_agree_with_a_slow_reading(void **state)
{
    (void)state;
    static bool seen[N_RANDOM][64];
    static char clients[N_RANDOM * 32], tests[N_RANDOM * 64 * 16];
    char *end = clients, *rows = tests;

    srand(7);
    for (int i = 0; i < N_RANDOM; i++) {
        end += sprintf(end, "%d,1,0,5,1\n", i);
        for (int day = 40; day >= 0; day--)
            if ((seen[i][day] = rand() % 100 < 20 + i / 8))
                rows += sprintf(rows, "%d,%d,a\n", i, day);
    }
    for (int n = 1; n <= 4; n++)
        for (int within = n; within <= n + 4; within += 2) {
            char outcome[256];
            const bool last = (n + within) % 2 == 0;
            const struct dated_lines lines = {.clients = clients, .of_role = {[ROLE_TESTS] = tests}};
            snprintf(outcome, sizeof outcome,
                     "{first_of: {test: hit, days: %d, within: %d, dated: %s}, missing: censor, event_is: bad}", n, within,
                     last ? "last" : "first");
            struct computed c = compute(&lines, tests_kinds, outcome);
            for (size_t i = 0; i < N_RANDOM; i++) {
                const int day = slow_days(seen[i], n, within, last);
                assert_person(&c, i, day >= 0, day >= 0 ? day : 28);
            }
            release(&c);
        }
}

/* ---- looks ------------------------------------------------------------------------------------------------------- */

/* Person 1 relapses on day 5, person 2 never, person 3 has no row: days with a row while at risk, each once. */
static void test_days_on_which_somebody_was_looked_at_are_counted(void **state)
{
    (void)state;
    const struct dated_lines tests = {
        .clients = people, .of_role = {[ROLE_TESTS] = "1,-3,b\n1,0,b\n1,2,b\n1,2,c\n1,5,a\n1,9,b\n2,28,b\n2,29,b\n2,7,b\n",
                                       [ROLE_VISITS] = "1,1,b\n1,2,b\n"}};
    const struct dated_lines positives = {.clients = people,
                                          .of_role = {[ROLE_TESTS] = "1,5,a\n", [ROLE_VISITS] = "1,1,b\n1,5,b\n2,3,b\n"},
                                          .keys = {[ROLE_TESTS] = ", only: positives"}};
    struct computed all = compute(&tests, tests_kinds, "{first_of: {test: hit}, missing: censor, event_is: bad}");
    struct computed only = compute(&positives, tests_kinds, "{first_of: {test: hit}, missing: censor, event_is: bad}");
    const int64_t of_tests[] = {3, 2, 0, 0}, of_both[] = {2, 1, 0, 0};

    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(column_integer(table_column(all.outcome, "n_looked"), i), of_tests[i]);
        assert_int_equal(column_integer(table_column(only.outcome, "n_looked"), i), of_both[i]);
    }
    release(&all);
    release(&only);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_look_finds_happened_since_the_one_before),
        cmocka_unit_test(test_an_event_with_a_day_of_its_own_is_not_between_looks),
        cmocka_unit_test(test_what_goes_on_is_one_event_and_what_comes_back_another),
        cmocka_unit_test(test_a_run_is_dated_by_its_first_day_or_by_its_last),
        cmocka_unit_test(test_grace_and_limits_bound_the_days_that_are_looked_at),
        cmocka_unit_test(test_competing_events_and_ends_of_observation_are_what_is_declared),
        cmocka_unit_test(test_death_incarceration_and_transfer_are_kinds_of_evidence),
        cmocka_unit_test(test_not_being_seen_counts_as_declared),
        cmocka_unit_test(test_a_reason_is_a_trigger_on_the_day_of_its_column),
        cmocka_unit_test(test_weeks_are_judged_by_their_visits),
        cmocka_unit_test(test_ignored_weeks_are_as_if_they_were_not_there),
        cmocka_unit_test(test_missed_visits_count_whatever_else_is_bad),
        cmocka_unit_test(test_a_label_names_its_week_or_none),
        cmocka_unit_test(test_good_weeks_are_a_yes_or_no),
        cmocka_unit_test(test_retention_lasts_to_the_last_dose),
        cmocka_unit_test(test_retention_lasts_to_the_first_long_gap),
        cmocka_unit_test(test_any_counts_days),
        cmocka_unit_test(test_days_on_which_somebody_was_looked_at_are_counted),
        cmocka_unit_test(test_a_definition_without_a_row_to_tell_it_is_refused_by_name),
        cmocka_unit_test(test_random_timelines_agree_with_a_slow_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
