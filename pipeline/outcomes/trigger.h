/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * trigger.h - the day on which one of the things happens that a `first_of` waits for (struct study_trigger).
 *
 *     days     the first time that n days of a kind of evidence lie within `within` days (n: one after the other)
 *     weeks    the first time that n bad weeks lie within `within` weeks; ignored weeks are as if they were not there
 *     reason   the reason in the main table is one of the list: the day of a column
 *     new_episode  the first stay at one of the levels in an episode after that of the index stay, at least gap_days after
 *              all care before it had ended; a transfer or a step down lies within an episode and never counts
 *
 * "The first time" is when the last of the n is over; the trigger is dated by the first day of the first of them, or,
 * with `dated: last`, by the last day of the last.  Nothing before day 0 or `grace`, after the end of follow-up
 * or outside from .. to is looked at; a week is looked at when all its days lie there.
 */
#ifndef OUTCOMES_TRIGGER_H
#define OUTCOMES_TRIGGER_H

#include <stddef.h>
#include <stdint.h>

#include "outcomes/outcome.h"

#define NEVER INT32_MAX

/** Lowers day[i] to the day of this trigger where it happens earlier; day[input->n].  -1 after telling. */
int trigger_find(const struct outcome_input *input, const struct study_trigger *trigger, int32_t *day);

#endif
