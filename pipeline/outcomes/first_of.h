/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * first_of.h - when observation ends, for the rules that wait for the first, or for every one, of several triggers.
 */
#ifndef OUTCOMES_FIRST_OF_H
#define OUTCOMES_FIRST_OF_H

#include "outcomes/outcome.h"

/** The last day of each person: follow-up's, of linked stays also the last on which he is observed; end[input->n].  -1 after telling. */
int first_of_last_days(const struct outcome_input *input, int32_t *end);

/** The earliest of `event` (NEVER: none), the competing events (cause 2, 3, ...) and the ends of observation (0). */
int32_t first_of_days(const struct outcome_input *input, size_t i, int32_t event, int *cause);

/** Nothing has happened up to the end: the day that counts by `missing`, and the cause. */
int32_t first_of_unseen(const struct outcome_input *input, size_t i, int32_t end, int *cause);

#endif
