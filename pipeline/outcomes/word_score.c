/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A weighted share: what the weeks cost, against a word that is positive in every week. */
#include "outcomes/word.h"

/* Multiplier of week i of n. */
static double multiplier(const struct word_score *score, size_t i, size_t n)
{
    const size_t last = (n - 1) / score->each;

    return last == 0 ? score->low : score->low + (score->high - score->low) * (double)(i / score->each) / (double)last;
}

double word_score(const struct word_score *score, const struct word *worked, const struct word *recorded)
{
    const struct week_range range = window_range(&score->weeks, worked, recorded->last_seen);
    const size_t n = range.end - range.first;
    double sum = 0, worst = 0;

    for (size_t i = 0; i < n; i++) {
        const uint8_t week = worked->week[range.first + i];
        const double times = multiplier(score, i, n);
        sum += (week < WEEK_MISSING || score->multiplies_missing ? times : 1) * score->points[week];
        worst += times * score->points[WEEK_POSITIVE];
    }
    return n == 0 ? 0 : score->best - score->best * sum / worst;
}
