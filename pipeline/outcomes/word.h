/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * word.h - a weekly word: one symbol a week (study/library.h), and what its primitives read off it.
 *
 * Weeks are counted from 1 outside and from 0 in the array.  Nothing here allocates; the work on one word takes
 * time linear in its weeks.  Words are short and many: chunks of them run side by side (word_table.h).
 */
#ifndef OUTCOMES_WORD_H
#define OUTCOMES_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "study/library.h"

struct word {
    size_t n;                     /* weeks */
    size_t first_seen, last_seen; /* numbers of weeks from 1; 0: none was seen */
    uint8_t week[WORD_WEEKS_MAX]; /* [n] enum week */
    uint64_t before[WORD_WEEKS_MAX + 1]; /* [n + 1] after word_tally: weeks of each kind before week i */
};

enum word_fault { WORD_GOOD, WORD_TOO_LONG, WORD_NO_SYMBOL };

/** Reads a text of - + * o _; *at is where a symbol is none of them.  A text without symbols is a word of 0 weeks. */
enum word_fault word_parse(const char *text, size_t length, struct word *word, size_t *at);

/** The symbol of a week. */
char week_symbol(uint8_t week);

/* ---- working on a word, in this order ---------------------------------------------------------------- */

/** Each of the unseen weeks (ascending) takes the value of the week before it. */
void word_copy_unseen(struct word *word, const uint16_t *unseen, size_t n);

/**
 * Fills missing weeks from the person's other weeks:
 *     FILL_MODE        the most frequent result; a mixed week counts as positive, a tie is positive
 *     FILL_NEIGHBOURS  the mean of both neighbours (+ 1, * 1/2, - 0) where both were seen, rounded to the nearest
 *                      of + * -; a tie goes to the more positive
 *     FILL_LAST        the last seen week before it; weeks before the first seen one stay missing
 */
void word_fill(struct word *word, enum fill_rule fill);

/** Replaces each week by recode[week]. */
void word_recode(struct word *word, const uint8_t recode[N_WEEKS]);

/** Drops the missing weeks; those that are left are numbered anew. */
void word_delete_missing(struct word *word);

/** Counts the weeks of each kind, so that any window is counted in one step; the last work on a word. */
void word_tally(struct word *word);

/* ---- reading a word whose weeks were counted -------------------------------------------------------------- */

/** Weeks first .. end - 1 of the array; empty when first >= end. */
struct week_range {
    size_t first, end;
};

/** The part of the word that lies in a window; last_seen is that of the word as it was recorded. */
struct week_range window_range(const struct week_window *window, const struct word *word, size_t last_seen);

/** A quantity as over / under, exactly: a share of no weeks is 0 / 1. */
struct word_ratio {
    int64_t over, under;
};
struct word_ratio word_quantity(const struct quantity *quantity, const struct word *worked, const struct word *recorded);

/** Does it hold?  Bounds are compared as whole numbers, so that a share on the bound is on the bound. */
bool word_condition_holds(const struct word_condition *condition, const struct word *worked,
                          const struct word *recorded);

/**
 * score = best - best * sum_w m(w) p(w) / sum_w m(w) p(+), over the weeks w = 0 .. n - 1 of the window.
 * The multiplier m rises from low to high in even steps of `each` weeks; a missing week has m = 1 unless
 * multiplies_missing.  Summed in the order of the weeks.
 */
double word_score(const struct word_score *score, const struct word *worked, const struct word *recorded);

/**
 * The first window of `of` weeks that holds at_least weeks of a kind:
 *
 *     event 1: time = first week of the window + (of - at_least)
 *     event 0: time = length of the word - of + 1 + (of - at_least)
 *
 * counted from week 1 of the word, wherever the search starts.  *time in weeks.
 */
bool word_event(const struct word_event *event, const struct word *worked, const struct word *recorded, double *time);

#endif
