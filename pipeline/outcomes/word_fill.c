/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Missing and unseen weeks filled from the same person's other weeks. */
#include "outcomes/word.h"

void word_copy_unseen(struct word *word, const uint16_t *unseen, size_t n)
{
    for (size_t i = 0; i < n && unseen[i] <= word->n; i++)
        word->week[unseen[i] - 1] = word->week[unseen[i] - 2];
}

static bool is_seen(uint8_t week)
{
    return week < WEEK_MISSING;
}

static uint8_t mode_of(const struct word *word)
{
    size_t n_negative = 0, n_positive = 0;

    for (size_t i = 0; i < word->n; i++) {
        n_negative += word->week[i] == WEEK_NEGATIVE;
        n_positive += word->week[i] == WEEK_POSITIVE || word->week[i] == WEEK_MIXED;
    }
    return n_negative > n_positive ? WEEK_NEGATIVE : WEEK_POSITIVE;
}

static void fill_mode(struct word *word)
{
    const uint8_t mode = mode_of(word);

    for (size_t i = 0; i < word->n; i++)
        if (!is_seen(word->week[i]))
            word->week[i] = mode;
}

/* Twice the mean of two results is 0 .. 2 in halves; the nearest of 0, 1, 2 with ties up. */
static uint8_t mean_of(uint8_t left, uint8_t right)
{
    static const int halves[] = {[WEEK_NEGATIVE] = 0, [WEEK_POSITIVE] = 2, [WEEK_MIXED] = 1};
    static const uint8_t week_of[] = {WEEK_NEGATIVE, WEEK_MIXED, WEEK_POSITIVE};

    return week_of[(halves[left] + halves[right] + 1) / 2];
}

/* A filled week is never a neighbour of another one that is filled: both its neighbours were seen. */
static void fill_neighbours(struct word *word)
{
    for (size_t i = 1; i + 1 < word->n; i++)
        if (!is_seen(word->week[i]) && is_seen(word->week[i + 1]) && is_seen(word->week[i - 1])) {
            word->week[i] = mean_of(word->week[i - 1], word->week[i + 1]);
            i++; /* the next week was seen */
        }
}

static void fill_last(struct word *word)
{
    for (size_t i = 1; i < word->n; i++)
        if (!is_seen(word->week[i]))
            word->week[i] = word->week[i - 1];
}

void word_fill(struct word *word, enum fill_rule fill)
{
    switch (fill) {
    case FILL_NONE: return;
    case FILL_MODE: fill_mode(word); return;
    case FILL_NEIGHBOURS: fill_neighbours(word); return;
    case FILL_LAST: fill_last(word); return;
    }
}
