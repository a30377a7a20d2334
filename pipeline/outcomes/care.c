/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/care.h"

#include <math.h>

bool care_is_around_the_clock(uint8_t level)
{
    return level == LEVEL_DETOX || level == LEVEL_INPATIENT || level == LEVEL_RESIDENTIAL;
}

/* First service day of one stay on or after `day`; NO_DAY: none. */
static int32_t service_of(const struct care_stay *stay, int32_t day)
{
    const int32_t from = day > stay->start ? day : stay->start;
    const double sessions = stay->sessions > 0 ? stay->sessions : 1;

    if (care_is_around_the_clock(stay->level)) /* an open stay was seen on its last day too */
        return from == stay->start || from < stay->end || (stay->open && from == stay->end) ? from : NO_DAY;
    /* One session early: rounding in the division must not pass one over. */
    for (double k = fmax(0, floor((double)(from - stay->start) * sessions / 7) - 1);; k++) {
        const double session = stay->start + floor(k * 7 / sessions);

        if (session > stay->end)
            return NO_DAY;
        if (session >= from)
            return (int32_t)session;
    }
}

int32_t care_service_from(const struct care *care, const struct care_levels *levels, int32_t day, size_t *stay)
{
    int32_t first = NO_DAY;

    for (size_t i = 0; i < care->n; i++) {
        const int32_t found = levels->counts[care->stays[i].level] ? service_of(&care->stays[i], day) : NO_DAY;

        if (found >= first || found > care->last_day)
            continue;
        first = found;
        if (stay != NULL)
            *stay = i;
    }
    return first;
}

bool care_active_within(const struct care *care, const struct care_levels *levels, int32_t low, int32_t high)
{
    for (size_t i = 0; i < care->n; i++)
        if (levels->counts[care->stays[i].level] && care->stays[i].start <= high && care->stays[i].end >= low)
            return true;
    return false;
}
