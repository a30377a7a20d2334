/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * weekly_word.h - a weekly word from the days on which a person was seen and was positive.
 *
 * Week 1 is the seven days after `start`:
 *
 *     week(day) = floor((day - start - 1) / 7) + 1            floor: towards minus infinity
 *
 * so that day `start` itself lies in week 0.  Of the days first .. end, a week with positive days only is `+`, with
 * seen days of which none was positive `-`, with both `*`; with neither `o` from week 1 on, and `_` before, where
 * nothing was due.
 */
#ifndef OUTCOMES_WEEKLY_WORD_H
#define OUTCOMES_WEEKLY_WORD_H

#include <stddef.h>
#include <stdint.h>

#include "study/library.h"

struct word_span {
    int32_t start;      /* the day before week 1 */
    int32_t first, end; /* days that are looked at, both included */
};

struct weekly_word {
    int32_t first_week, end_week; /* the weeks of `first` and `end` */
    size_t n;                     /* end_week - first_week + 1; 0 when end lies before first */
    char symbol[WORD_WEEKS_MAX];  /* [n] */
};

int32_t week_of_day(int32_t day, int32_t start);

/**
 * positive, seen   days, ascending and distinct; a day may be in both and is then positive
 *
 * 0, or -1 when the word would have more than WORD_WEEKS_MAX weeks (word is then empty).  O(n_positive + n_seen).
 */
int weekly_word_make(const struct word_span *span, const int32_t *positive, size_t n_positive, const int32_t *seen,
                     size_t n_seen, struct weekly_word *word);

/** The symbols of weeks from .. to (both included) within the word; *n of them, 0 when there are none. */
const char *weekly_word_part(const struct weekly_word *word, int32_t from, int32_t to, size_t *n);

#endif
