/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts, shares and runs. */
#include "outcomes/word.h"

/* Halves of a kind among the weeks of a window, and how many weeks these are. */
static int64_t count_halves(const struct quantity *quantity, const struct word *word, size_t last_seen, int64_t *n)
{
    const struct week_range range = window_range(&quantity->weeks, word, last_seen);
    const struct week_window *window = &quantity->weeks;
    int64_t halves = 0;
    uint64_t counts;

    if (window->n_only > 0) {
        *n = 0;
        for (size_t i = 0; i < window->n_only && window->only[i] <= word->n; i++, (*n)++)
            halves += quantity->halves[word->week[window->only[i] - 1]];
        return halves;
    }
    *n = (int64_t)(range.end - range.first);
    counts = word->before[range.end] - word->before[range.first];
    for (int week = WEEK_NEGATIVE; week <= WEEK_MISSING; week++, counts >>= 16)
        halves += quantity->halves[week] * (int64_t)(counts & UINT16_MAX);
    return halves;
}

static int64_t longest_run(const struct quantity *quantity, const struct word *word, size_t last_seen)
{
    const struct week_range range = window_range(&quantity->weeks, word, last_seen);
    int64_t run = 0, longest = 0;

    for (size_t i = range.first; i < range.end; i++) {
        run = quantity->halves[word->week[i]] == 2 ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

struct word_ratio word_quantity(const struct quantity *quantity, const struct word *worked, const struct word *recorded)
{
    int64_t n, halves;

    switch (quantity->kind) {
    case QUANTITY_FIRST_SEEN:
        return (struct word_ratio){(int64_t)recorded->first_seen, 1};
    case QUANTITY_LAST_SEEN:
        return (struct word_ratio){(int64_t)recorded->last_seen, 1};
    case QUANTITY_LONGEST_RUN:
        return (struct word_ratio){longest_run(quantity, worked, recorded->last_seen), 1};
    case QUANTITY_COUNT:
        return (struct word_ratio){count_halves(quantity, worked, recorded->last_seen, &n), 2};
    case QUANTITY_SHARE:
    case QUANTITY_SHARE_FREE_OF:
        break;
    }
    halves = count_halves(quantity, worked, recorded->last_seen, &n);
    if (n == 0)
        return (struct word_ratio){quantity->kind == QUANTITY_SHARE ? 0 : 1, 1};
    return (struct word_ratio){quantity->kind == QUANTITY_SHARE ? halves : 2 * n - halves, 2 * n};
}

bool word_condition_holds(const struct word_condition *condition, const struct word *worked, const struct word *recorded)
{
    const struct word_ratio ratio = word_quantity(&condition->quantity, worked, recorded);
    const struct fraction *least = &condition->least, *most = &condition->most;

    return (!condition->has_least || ratio.over * least->under >= least->over * ratio.under) &&
           (!condition->has_most || ratio.over * most->under <= most->over * ratio.under);
}
