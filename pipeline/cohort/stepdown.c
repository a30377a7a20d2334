/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/stepdown.h"

static size_t person_begin(const struct history *h, size_t stay)
{
    while (stay > 0 && h->person[stay - 1] == h->person[stay])
        stay--;
    return stay;
}

int64_t stepdown_find(const struct history *h, size_t index)
{
    int64_t day = INT64_MAX;
    int level = N_STAY_LEVELS;

    if (h->open[index])
        return STEPDOWN_NONE;
    for (size_t k = person_begin(h, index);
         k < h->n_stays && h->person[k] == h->person[index] && h->start[k] <= day; k++) {
        if (k == index || !history_is_kept(h, k))
            continue;
        /* A stay of no length on the last day comes after the index stay when it stands behind it. */
        if (h->end[k] < h->end[index] || (h->end[k] == h->end[index] && !(k > index && h->start[k] == h->end[index])))
            continue;
        const int64_t later = h->start[k] > h->end[index] ? h->start[k] : h->end[index];
        if (later < day || (later == day && history_level(h, k) < level)) {
            day = later;
            level = history_level(h, k);
        }
    }
    if (level == N_STAY_LEVELS)
        return STEPDOWN_NONE;
    return level > history_level(h, index) ? day - h->end[index] : STEPDOWN_OTHER;
}

int64_t stepdown_within(const struct history *h, size_t index, int32_t limit, int64_t last_day)
{
    const int64_t days = stepdown_find(h, index);

    if (days >= 0)
        return days <= limit;
    if (h->open[index])
        return MISSING_INTEGER;
    return days == STEPDOWN_OTHER || last_day - h->end[index] >= limit ? 0 : MISSING_INTEGER;
}
