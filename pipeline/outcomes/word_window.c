/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which weeks of a word a window means. */
#include "outcomes/word.h"

/* The week before week `number` in the array; negative numbers count from the end, what lies before week 1 is 0. */
static size_t start_of(int32_t number, size_t n)
{
    if (number > 0)
        return (size_t)number - 1;
    return (size_t)-number >= n ? 0 : n - (size_t)-number;
}

static size_t end_of(int32_t number, size_t n)
{
    if (number > 0)
        return (size_t)number < n ? (size_t)number : n;
    return (size_t)-number > n ? 0 : n - (size_t)-number + 1;
}

struct week_range window_range(const struct week_window *window, const struct word *word, size_t last_seen)
{
    struct week_range range = {start_of(window->from, word->n), end_of(window->to, word->n)};

    if (window->until_last_seen && last_seen < range.end)
        range.end = last_seen;
    if (range.first > range.end)
        range.first = range.end;
    return range;
}
