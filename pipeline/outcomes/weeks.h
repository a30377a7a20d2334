/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * weeks.h - the weeks of each person judged: good, bad or missing, as the study's `weeks` say (struct study_weeks).
 *
 *     visits    a week's looks are the rows of that kind whose label names it: `WK4` under the pattern `WK*` is week 4
 *     no visits one look, at all days of the week together
 *
 * A look is bad when one of `bad` is seen on its day (on one of its days) or one of `look_back` in the days before;
 * else missing when one of `needs` is not seen; else good.  A week is good when a look is good, else bad when a look is
 * bad, else (also without any look) missing.  What a missing week counts as is the caller's to apply.
 */
#ifndef OUTCOMES_WEEKS_H
#define OUTCOMES_WEEKS_H

#include <stddef.h>
#include <stdint.h>

#include "outcomes/evidence.h"
#include "study/study.h"

enum week_state { WEEK_STATE_MISSING, WEEK_STATE_BAD, WEEK_STATE_GOOD }; /* a better look outweighs a worse one */

/** state[i * n_weeks + k] is week `from` + k of person i; caller frees.  NULL after telling.  O(rows log days). */
uint8_t *weeks_judge(const struct study_weeks *weeks, const struct evidence *evidence, int n_threads);

/** Number of weeks that are judged. */
size_t weeks_n(const struct study_weeks *weeks);

/** The number of the week that a label names; -1 when it names none. */
int32_t weeks_of_label(const char *pattern, const char *label, size_t length);

#endif
