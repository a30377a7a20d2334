/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * history.h - one made-up person's way through care, as it was or as it would have been under an arm.
 *
 *     entry -> [detox] -> first care -> further stays at most 29 days apart   the index episode
 *     return to use, counted from the first day of first care (time zero)
 *     further episodes, from 31 days after the last one
 *     death, which ends it all
 *
 * Days are whole, from the first day of the window (model.h); a stay of n days that begins on day a ends on day a + n.
 * A person whose first care falls into an arm belongs to the cohort.  history_live under that very arm gives the same
 * history as without an arm.
 */
#ifndef SIMULATE_HISTORY_H
#define SIMULATE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "simulate/model.h"

enum { STAYS_MAX = 64, EPISODE_STAYS_MAX = 10, NEVER = 1 << 28, NO_STAY = -1 };

struct stay {
    int admission, discharge; /* days */
    int hours;                /* a week, as planned */
    int planned;              /* days, as planned */
    enum level level;
    enum reason reason;
    int episode;              /* 0, 1, ... */
};

struct history {
    struct person person;
    size_t n_stays;
    struct stay stays[STAYS_MAX];
    int first_care;     /* its place in stays, or NO_STAY: never in care */
    enum arm arm;       /* of first care */
    int return_day;     /* first day of use again; NEVER: not */
    int death_day;      /* NEVER beyond the horizon */
    int leave_day;      /* first day out of the plan */
    bool is_full;       /* STAYS_MAX was reached: a stay may be missing */
};

/**
 * Lives the life of a person.  arm: ARM_NONE to let the person choose, else first care is of this arm whoever the
 * person is.  Told is what begins by day `horizon`, and by FOLLOW_UP days after the index episode if that is later.
 */
void history_live(const struct model *model, uint64_t number, enum arm arm, int horizon, struct history *history);

/** Last day of the index episode, as far as its stays begin by last_day; the first day of the episode after it (NEVER: none). */
int history_episode_end(const struct history *history, int last_day);
int history_next_episode(const struct history *history);

/** Is the person in a stay on this day (first and last day included)? */
bool history_in_care(const struct history *history, int day);

#endif
