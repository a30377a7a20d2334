/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/index_stays.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "base/threads.h"

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

/* ---- pieces of whole persons, side by side ---------------------------------------------------------------------- */

enum { PIECE = 65536 }; /* stays, and the rest of the last person */

struct search {
    const struct study_index *rule;
    const struct history *history;
    struct index_stays *found; /* [pieces] */
};

/* The first person that begins at stay `at` or later. */
static size_t person_start(const struct history *h, size_t at)
{
    if (at >= h->n_stays)
        return h->n_stays;
    return at == 0 || h->person[at] != h->person[at - 1] ? at : history_person_end(h, at);
}

static int find_in_piece(void *context, size_t piece)
{
    const struct search *search = context;
    const size_t last = person_start(search->history, (piece + 1) * PIECE);
    size_t capacity = 0;

    for (size_t at = person_start(search->history, piece * PIECE), end; at < last; at = end) {
        end = history_person_end(search->history, at);
        if (look_at_person(search->rule, search->history, at, end, &search->found[piece], &capacity) != 0)
            return -1;
    }
    return 0;
}

static int put_together(const struct search *search, size_t n_pieces, struct index_stays *index)
{
    size_t n = 0;

    for (size_t i = 0; i < n_pieces; i++)
        n += search->found[i].n;
    if ((index->items = allocate(n, sizeof *index->items)) == NULL)
        return -1;
    for (size_t i = 0; i < n_pieces; i++) {
        const struct index_stays *found = &search->found[i];
        if (found->n > 0)
            memcpy(index->items + index->n, found->items, found->n * sizeof *found->items);
        index->n += found->n;
        index->n_people += found->n_people;
        for (int step = 0; step < N_INDEX_STEPS; step++)
            index->lost[step] += found->lost[step];
    }
    index->n_all = (int64_t)index->n;
    return 0;
}

int index_stays_find(const struct study_index *rule, const struct history *history, int n_threads,
                     struct index_stays *index)
{
    const size_t n_pieces = history->n_stays / PIECE + 1;
    const struct search search = {rule, history, allocate(n_pieces, sizeof *search.found)};
    int status;

    *index = (struct index_stays){0};
    if (search.found == NULL)
        return -1;
    status = threads_run(n_pieces, n_threads, find_in_piece, (void *)&search);
    if (status == 0)
        status = put_together(&search, n_pieces, index);
    if (status == 0) {
        ranks_sum(&index->n_all, 1);
        ranks_sum(&index->n_people, 1);
        ranks_sum(index->lost, N_INDEX_STEPS);
    }
    for (size_t i = 0; i < n_pieces; i++)
        index_stays_free(&search.found[i]);
    free(search.found);
    return status;
}

void index_stays_free(struct index_stays *index)
{
    free(index->items);
    *index = (struct index_stays){0};
}
