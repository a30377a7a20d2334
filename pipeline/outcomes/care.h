/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * care.h - all treatment of one person around an index stay, and the days on which it was given.
 *
 * Days are on one axis; the person is observed up to `last_day`, included.  A stay that has not ended then is open.
 * A *service day* is a day on which treatment was given:
 *
 *     detox, inpatient, residential     every day from the start to the day before the end; always the first
 *     php, iop, outpatient, aftercare   day floor(7 k / sessions) from the first, k = 0, 1, ..., up to the end
 *
 * sessions is what the source says the stay plans a week, else one.
 */
#ifndef OUTCOMES_CARE_H
#define OUTCOMES_CARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "episodes/stay.h"

struct care_stay {
    int32_t start, end; /* end of an open stay: the last day it was seen */
    int32_t episode;    /* a number that tells episodes apart */
    uint8_t level;      /* enum level, or LEVEL_UNKNOWN */
    int32_t programme;  /* a number that tells the programmes of this person apart; 0 where none is known */
    bool open;
    double sessions;    /* a week, above 0; NAN: the source does not say */
};

struct care {
    const struct care_stay *stays; /* [n] of one person, in order of start */
    size_t n;
    size_t index;       /* the index stay */
    int32_t zero;       /* time zero */
    int32_t last_day;   /* on which the person is observed */
    int32_t death;      /* day; NO_DAY: not seen to die */
    bool completed;     /* the index stay was completed */
};

enum { NO_DAY = INT32_MAX };

/** Which levels count; [N_STAY_LEVELS]. */
struct care_levels {
    bool counts[N_STAY_LEVELS];
};

bool care_is_around_the_clock(uint8_t level);

/**
 * First service day on or after `day`, at a level that counts, that was observed; NO_DAY: none.  stay (may be NULL) is set
 * to the stay it belongs to.  O(n).
 */
int32_t care_service_from(const struct care *care, const struct care_levels *levels, int32_t day, size_t *stay);

/** Is the person in a stay at a level that counts on some day of low .. high (both ends of a stay included)? */
bool care_active_within(const struct care *care, const struct care_levels *levels, int32_t low, int32_t high);

#endif
