/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/index_stays.h"

#include <stdlib.h>

#include "base/memory.h"

/* The latest end of the treatment that began before the day that is looked at. */
struct before {
    int64_t end;         /* of stays that began before `day` */
    int64_t end_today;   /* of those that began on it */
    int32_t day;
};

static void move_to(struct before *before, int32_t day)
{
    if (day == before->day)
        return;
    if (before->end_today > before->end)
        before->end = before->end_today;
    before->end_today = INT32_MIN;
    before->day = day;
}

/* How many steps the stay passes, in order; N_INDEX_STEPS: all. */
static int steps_passed(const struct study_index *rule, const struct history *h, size_t stay, const struct before *before)
{
    const int level = history_level(h, stay);
    const int32_t start = h->start[stay];

    if (level == LEVEL_UNKNOWN || !rule->first_stay_in[level])
        return INDEX_LEVEL;
    if ((rule->from != MISSING_INTEGER && start < rule->from) || (rule->to != MISSING_INTEGER && start > rule->to))
        return INDEX_WINDOW;
    if ((int64_t)start - h->first_day < rule->look_back_days)
        return INDEX_LOOK_BACK;
    if (rule->washout_days > 0 && before->end != INT32_MIN && start - before->end <= rule->washout_days)
        return INDEX_WASHOUT;
    return N_INDEX_STEPS;
}

static int add(struct index_stays *index, size_t *capacity, struct index_stay stay)
{
    if (index->n == *capacity) {
        const size_t more = *capacity * 2 + 1024;
        struct index_stay *items = reallocate(index->items, more, sizeof *items);
        if (items == NULL)
            return -1;
        index->items = items;
        *capacity = more;
    }
    index->items[index->n++] = stay;
    return 0;
}

static int look_at_person(const struct study_index *rule, const struct history *h, size_t at, size_t end,
                          struct index_stays *index, size_t *capacity)
{
    struct before before = {INT32_MIN, INT32_MIN, INT32_MIN};
    int32_t n_before = 0, n_index = 0;
    int furthest = -1; /* step that the best of the stays reached; -1: there is no stay */

    for (size_t i = at; i < end; i++) {
        if (!history_is_kept(h, i))
            continue;
        const int level = history_level(h, i);
        move_to(&before, h->start[i]);
        const int passed = steps_passed(rule, h, i, &before);
        if (passed > furthest)
            furthest = passed;
        if (passed == N_INDEX_STEPS && (rule->every || n_index == 0) &&
            add(index, capacity, (struct index_stay){(uint32_t)i, n_before, ++n_index}) != 0)
            return -1;
        if ((level == LEVEL_UNKNOWN || !rule->washout_ignores[level]) && h->end[i] > before.end_today)
            before.end_today = h->end[i];
        n_before++;
    }
    if (n_index > 0)
        index->n_people++;
    else if (furthest >= 0)
        index->lost[furthest]++;
    return 0;
}

int index_stays_find(const struct study_index *rule, const struct history *history, struct index_stays *index)
{
    size_t capacity = 0;

    *index = (struct index_stays){0};
    for (size_t at = 0, end; at < history->n_stays; at = end) {
        end = history_person_end(history, at);
        if (look_at_person(rule, history, at, end, index, &capacity) != 0)
            return -1;
    }
    return 0;
}

void index_stays_free(struct index_stays *index)
{
    free(index->items);
    *index = (struct index_stays){0};
}
