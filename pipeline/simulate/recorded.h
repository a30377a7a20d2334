/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * recorded.h - what a source would record of a history: tests, and the outcomes of a person of the cohort.
 *
 * Tests      every 14 days in care, every 42 days outside, from day 7 after time zero to the end of follow-up; 90 % are
 *            attended in care, 75 % outside.  From the return to use on, 70 % are positive; before, none.
 *
 * Outcomes   day 0 is time zero (for readmission the last day of the index episode); `cause` 1 is the event, 2 death
 *            where it competes, 0 the end of observation.  An outcome ends on day FOLLOW_UP at the latest.
 *
 *     retention     leaving first care for any reason but completion; completed counts as retained as long as the
 *                   source sees the person
 *     relapse       the first positive test or the first day of a new episode; death competes
 *     readmission   the first day of a new episode; death competes
 *     death
 *
 * The cohort: first care in an arm, on a day of the entry window, before the person left the plan.
 */
#ifndef SIMULATE_RECORDED_H
#define SIMULATE_RECORDED_H

#include "simulate/history.h"

enum outcome { OUTCOME_RETENTION, OUTCOME_RELAPSE, OUTCOME_READMISSION, OUTCOME_DEATH, N_OUTCOMES };
extern const char *const outcome_words[N_OUTCOMES];

struct event {
    int day; /* MISSING_DAY: the index episode had no end in sight, so that there is no readmission */
    int cause;
};
enum { MISSING_DAY = -1, TESTS_MAX = FOLLOW_UP / 14 + 1 };

bool recorded_in_cohort(const struct history *history);

/** Day from time zero of test j, 0 .. TESTS_MAX - 1; not every one is due (recorded_test). */
static inline int test_day(int j)
{
    return 7 + 14 * j;
}

/** 1 positive, 0 negative, -1: not due, not attended, or after death. */
int recorded_test(const struct model *model, uint64_t number, const struct history *history, int j);

/**
 * The outcomes of a person of the cohort.  last_day: the last day on which the source sees the person (NEVER: it sees
 * everything, as potential outcomes need it).
 */
void recorded_outcomes(const struct model *model, uint64_t number, const struct history *history, int last_day,
                       struct event events[static N_OUTCOMES]);

/** Last day on which the source sees this person: the end of the window, the day before leaving the plan. */
int recorded_last_day(const struct history *history);

#endif
