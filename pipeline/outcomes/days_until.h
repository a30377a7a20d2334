/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * days_until.h - days until treatment is left, found in dated rows.
 *
 *     {last: KIND}           to the last day of the kind, 0 for who never showed it (from day 0 on)
 *     {gap: G, of: KIND}     to the last such day before the first gap of more than G days without one; day 0 counts as
 *                            one, so who first comes after day G has left on day 0; who has no such gap up to the end of
 *                            follow-up has not left
 */
#ifndef OUTCOMES_DAYS_UNTIL_H
#define OUTCOMES_DAYS_UNTIL_H

#include <stdbool.h>

#include "outcomes/outcome.h"

/** Days of person i of the cohort; *has_left is false for who was still in treatment when follow-up ended. */
double days_until(const struct outcome_input *input, size_t i, bool *has_left);

#endif
