/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stepdown.h - what follows an index stay: less intensive care, or not.
 *
 * Of all later days of treatment, in whatever episode, the first decides; on one day the most intensive level does.  A
 * stay that goes on beside the index stay and beyond it is there on the day on which the index stay ends.
 */
#ifndef COHORT_STEPDOWN_H
#define COHORT_STEPDOWN_H

#include "cohort/history.h"

enum {
    STEPDOWN_NONE = -1,  /* there is no later day of treatment, or the stay has not ended */
    STEPDOWN_OTHER = -2, /* treatment goes on as intensively, or more so */
};

/** Days from the end of the stay to the first later day, if that is at a less intensive level; else one of the above. */
int64_t stepdown_find(const struct history *history, size_t stay);

/**
 * 1 when a step-down was seen within so many days, 0 when there was none; MISSING_INTEGER when the stay has not ended, or
 * observation ended (last_day) before it could be told.
 */
int64_t stepdown_within(const struct history *history, size_t stay, int32_t limit, int64_t last_day);

#endif
