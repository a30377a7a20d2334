/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The weeks that a definition speaks of, and how long a word must be to have them. */
#include <stdlib.h>

#include "study/library_file.h"

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static int week_compare(const void *left, const void *right)
{
    const uint16_t a = *(const uint16_t *)left, b = *(const uint16_t *)right;

    return (a > b) - (a < b);
}

int library_copy_weeks(const struct library_checker *checker, const char *key, const struct study_numbers *numbers,
                       uint16_t **weeks, size_t *n)
{
    if (numbers->n == 0)
        return 0;
    if ((*weeks = arena_take(checker->arena, numbers->n, sizeof **weeks)) == NULL)
        return -1;
    *n = numbers->n;
    for (size_t i = 0; i < *n; i++)
        (*weeks)[i] = (uint16_t)numbers->values[i];
    qsort(*weeks, *n, sizeof **weeks, week_compare);
    for (size_t i = 1; i < *n; i++)
        if ((*weeks)[i] == (*weeks)[i - 1])
            mistake(checker->mistakes, numbers->place, "%s: week %u stands twice", key, (unsigned)(*weeks)[i]);
    return 0;
}

static void check_edge(const struct library_checker *checker, const struct study_number *week)
{
    if (week->given && week->value == 0)
        mistake(checker->mistakes, week->place, "weeks: the first week is 1 and the last is -1; there is no week 0");
}

int library_set_window(const struct library_checker *checker, const struct file_weeks *written,
                       struct week_window *window)
{
    const bool range = written->from.place.line != 0 || written->to.place.line != 0 || was_tried(&written->until);

    *window = (struct week_window){.from = written->from.given ? (int32_t)written->from.value : 1,
                                   .to = written->to.given ? (int32_t)written->to.value : -1,
                                   .until_last_seen = written->until.value == 1};
    check_edge(checker, &written->from);
    check_edge(checker, &written->to);
    if (range && written->only.place.line != 0)
        mistake(checker->mistakes, written->only.place, "only: these weeks alone, or a range of weeks, not both");
    if (was_tried(&written->until) && written->to.place.line != 0)
        mistake(checker->mistakes, written->until.word.place, "until: 'to' says already where the weeks end");
    if ((window->from > 0) == (window->to > 0) && window->from > window->to)
        mistake(checker->mistakes, written->place, "weeks: from %d to %d there is no week", (int)window->from,
                (int)window->to);
    return library_copy_weeks(checker, "only", &written->only, &window->only, &window->n_only);
}

size_t library_window_needs(const struct week_window *window, size_t run)
{
    const size_t first = window->from > 0 ? (size_t)window->from + run - 1 : larger((size_t)-window->from, run);

    if (window->n_only > 0)
        return window->only[window->n_only - 1];
    if (window->until_last_seen)
        return first;
    return larger(first, window->to > 0 ? (size_t)window->to : (size_t)-window->to + run - 1);
}

