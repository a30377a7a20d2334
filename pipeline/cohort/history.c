/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/history.h"

#include "base/ranks.h"

static const void *values(const struct table *table, const char *name)
{
    return table_column(table, name)->values;
}

/* Records without a person come last. */
static size_t count_placed(const int32_t *person, size_t n)
{
    size_t low = 0, high = n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (person[middle] == INT32_MIN)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void survey(struct history *h)
{
    int32_t last = INT32_MIN;

    h->first_day = INT32_MAX;
    for (size_t i = 0; i < h->n_stays; i++) {
        if (!history_is_kept(h, i))
            continue;
        h->n_people += h->person[i] != last;
        last = h->person[i];
        if (h->start[i] < h->first_day)
            h->first_day = h->start[i];
    }
}

struct history history_of(const struct table *stays, const struct table *episodes, const struct table *paths)
{
    struct history h = {
        .stays = stays,
        .episodes = episodes,
        .paths = paths,
        .record = values(stays, "record"),
        .person = values(stays, "person"),
        .episode = values(stays, "episode"),
        .start = values(stays, "start"),
        .end = values(stays, "end"),
        .fate = values(stays, "fate"),
        .level = values(stays, "level"),
        .open = values(stays, "open"),
        .episode_person = table_column(episodes, "person"),
        .episode_number = table_column(episodes, "number"),
        .episode_start = table_column(episodes, "start"),
        .episode_end = table_column(episodes, "end"),
        .episode_gap = table_column(episodes, "gap"),
        .episode_n_stays = table_column(episodes, "n_stays"),
        .episode_open = table_column(episodes, "open"),
        .episode_path = table_column(episodes, "path"),
        .path_last_level = table_column(paths, "last_level"),
    };

    h.n_stays = count_placed(h.person, stays->n_rows);
    survey(&h);
    return h;
}

void history_join(struct history *history)
{
    double latest = -(double)history->first_day;

    ranks_largest(&latest, 1);
    ranks_sum(&history->n_people, 1);
    history->first_day = (int32_t)-latest;
}

size_t history_person_end(const struct history *history, size_t at)
{
    size_t end = at + 1;

    while (end < history->n_stays && history->person[end] == history->person[at])
        end++;
    return end;
}

size_t history_most_stays(const struct history *history)
{
    size_t most = 1;

    for (size_t first = 0; first < history->n_stays;) {
        const size_t end = history_person_end(history, first);
        most = end - first > most ? end - first : most;
        first = end;
    }
    return most;
}
