/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first k of n weeks in a row. */
#include "outcomes/word.h"

bool word_event(const struct word_event *event, const struct word *worked, const struct word *recorded, double *time)
{
    const struct week_range range = window_range(&event->weeks, worked, recorded->last_seen);
    const size_t offset = event->of - event->at_least;
    size_t inside = 0;

    for (size_t i = range.first; i < range.end; i++) {
        inside += event->halves[worked->week[i]] == 2;
        if (i >= range.first + event->of)
            inside -= event->halves[worked->week[i - event->of]] == 2;
        /* Only whole windows are looked at, although an early one could be decided before its end. */
        if (i + 1 >= range.first + event->of && inside >= event->at_least) {
            *time = (double)(i + 2 - event->of + offset);
            return true;
        }
    }
    *time = (double)(range.end + 1 - event->of + offset);
    return false;
}
