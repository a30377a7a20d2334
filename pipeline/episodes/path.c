/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/path.h"

#include <string.h>

#include "episodes/fates.h"

/* By level: the stays at it that are there, as one run of days. */
struct runs {
    int64_t begin[N_STAY_LEVELS]; /* of the run */
    int64_t until[N_STAY_LEVELS]; /* first day that is no longer occupied */
    int64_t end[N_STAY_LEVELS];   /* last discharge day */
};

static void add_stay(struct runs *runs, const struct stay *stay, bool inclusive)
{
    const uint8_t level = stay->level;
    const int64_t until = (int64_t)stay->start + stay_days(stay->start, stay->end, inclusive);

    if (runs->until[level] <= stay->start)
        runs->begin[level] = stay->start;
    if (until > runs->until[level])
        runs->until[level] = until;
    if (stay->end > runs->end[level])
        runs->end[level] = stay->end;
}

static int most_intensive(const struct runs *runs, int64_t day)
{
    int level = 0;

    while (level < N_STAY_LEVELS && runs->until[level] <= day)
        level++;
    return level;
}

static void add_step(struct path *path, const struct runs *runs, int level, int64_t days)
{
    path->days[level] += (int32_t)days;
    if (path->n > 0 && path->levels[path->n - 1] == level)
        return;
    if (path->n > 0) {
        const uint8_t from = path->levels[path->n - 1];
        const int64_t gap = runs->begin[level] - runs->end[from];
        path->moves[path->n - 1] = (struct path_move){from, (uint8_t)level, gap < 0 ? 0 : (int32_t)gap};
    }
    path->levels[path->n++] = (uint8_t)level;
}

/* Most episodes are one stay. */
static void walk_one(const struct stay *stay, bool inclusive, struct path *path)
{
    path->days[stay->level] = stay_days(stay->start, stay->end, inclusive);
    path->levels[0] = stay->level;
    path->n = 1;
}

void path_walk(const struct stay *stays, size_t n, const bool *inclusive, struct path *path)
{
    struct runs runs;
    int64_t day = stays[0].start;
    size_t i = 0;

    memset(path->days, 0, sizeof path->days);
    path->n = 0;
    if (n == 1 && stays[0].fate != FATE_DUPLICATE) {
        walk_one(&stays[0], inclusive[stays[0].level], path);
        return;
    }
    for (int level = 0; level < N_STAY_LEVELS; level++)
        runs.begin[level] = runs.until[level] = runs.end[level] = INT32_MIN;
    for (;;) {
        for (; i < n && (stays[i].start <= day || stays[i].fate == FATE_DUPLICATE); i++)
            if (stays[i].fate != FATE_DUPLICATE)
                add_stay(&runs, &stays[i], inclusive[stays[i].level]);
        const int level = most_intensive(&runs, day);
        if (level == N_STAY_LEVELS) {
            if (i == n)
                return;
            day = stays[i].start; /* a gap */
            continue;
        }
        int64_t next = runs.until[level];
        if (i < n && stays[i].start < next)
            next = stays[i].start;
        add_step(path, &runs, level, next - day);
        day = next;
    }
}

int32_t path_stepdown(const struct path *path)
{
    for (size_t i = 0; i + 1 < path->n; i++)
        if (path->moves[i].to > path->moves[i].from)
            return path->moves[i].gap;
    return -1;
}

bool path_steps_up(const uint8_t *levels, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (levels[i] < levels[i - 1])
            return true;
    return false;
}
