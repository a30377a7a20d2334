/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/recorded.h"

#include "simulate/uses.h"
#include "stats/placed_random.h"

#define POSITIVE_AFTER_USE 0.70
#define ATTENDED_IN_CARE 0.90
#define ATTENDED_OUTSIDE 0.75

const char *const outcome_words[N_OUTCOMES] = {
    [OUTCOME_RETENTION] = "retention",
    [OUTCOME_RELAPSE] = "relapse",
    [OUTCOME_READMISSION] = "readmission",
    [OUTCOME_DEATH] = "death",
};

static int time_zero(const struct history *history)
{
    return history->stays[history->first_care].admission;
}

static int earlier(int a, int b)
{
    return a < b ? a : b;
}

bool recorded_in_cohort(const struct history *history)
{
    return history->first_care != NO_STAY && history->arm != ARM_NONE && time_zero(history) < WINDOW_ENTRY &&
           time_zero(history) <= recorded_last_day(history);
}

int recorded_last_day(const struct history *history)
{
    return earlier(WINDOW_LAST, history->leave_day - 1);
}

int recorded_test(const struct model *model, uint64_t number, const struct history *history, int j)
{
    const int day = time_zero(history) + test_day(j);
    const bool in_care = history_in_care(history, day);
    double u[2];

    if ((!in_care && j % 3 != 0) || day >= history->death_day)
        return -1;
    placed_random_pair(model->settings.seed, number, use_of(USE_TEST, (uint64_t)j), u);
    if (u[0] >= (in_care ? ATTENDED_IN_CARE : ATTENDED_OUTSIDE))
        return -1;
    return day >= history->return_day && u[1] < POSITIVE_AFTER_USE;
}

/* Day, from the first day of the window, of the first positive test; NEVER: none. */
static int first_positive(const struct model *model, uint64_t number, const struct history *history)
{
    const int zero = time_zero(history);

    for (int j = 0; j < TESTS_MAX; j++)
        if (zero + test_day(j) >= history->return_day && recorded_test(model, number, history, j) == 1)
            return zero + test_day(j);
    return NEVER;
}

/* From day `from`: the event or what competes, whichever is first, unless observation ends before. */
static struct event first_of(int from, int event, int competing, int last_day)
{
    const int end = earlier(last_day, from + FOLLOW_UP);

    if (event <= end && event <= competing)
        return (struct event){event - from, 1};
    if (competing <= end)
        return (struct event){competing - from, 2};
    return (struct event){end - from, 0};
}

void recorded_outcomes(const struct model *model, uint64_t number, const struct history *history, int last_day,
                       struct event events[static N_OUTCOMES])
{
    const struct stay *first = &history->stays[history->first_care];
    const int zero = first->admission, episode_end = history_episode_end(history, last_day);
    const int next = history_next_episode(history), positive = first_positive(model, number, history);
    const int left = first->reason == REASON_COMPLETED ? NEVER : first->discharge;

    /* Whoever completed is watched no longer than the others: else the completers would pile up among those at risk. */
    events[OUTCOME_RETENTION] = first_of(zero, left, NEVER, last_day);
    events[OUTCOME_RELAPSE] = first_of(zero, earlier(positive, next), history->death_day, last_day);
    events[OUTCOME_READMISSION] = episode_end > last_day ? (struct event){MISSING_DAY, 0}
                                                         : first_of(episode_end, next, history->death_day, last_day);
    events[OUTCOME_DEATH] = first_of(zero, history->death_day, NEVER, last_day);
}
