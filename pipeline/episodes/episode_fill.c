/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/episode_fill.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "episodes/fates.h"
#include "episodes/tables.h"
#include "study/derived.h"

static void *values(const struct table *table, const char *name)
{
    const struct column *column = table_column(table, name);

    return column == NULL ? NULL : column->values;
}

static const struct column *source(const struct table *records, const struct study_text *name)
{
    return name->text == NULL ? NULL : table_column(records, name->text);
}

static void *by_level(const struct table *episodes, const char *prefix, int level)
{
    char name[64];

    snprintf(name, sizeof name, "%s_%s", prefix, level_names[level]);
    return values(episodes, name);
}

struct episode_filler episode_filler_of(const struct study *study, const struct table *records,
                                        const struct table *episodes)
{
    const struct study_table *table = study_find_table(study, ROLE_EPISODES);
    struct episode_filler f = {
        .person = values(episodes, "person"),
        .number = values(episodes, "number"),
        .start = values(episodes, "start"),
        .end = values(episodes, "end"),
        .n_stays = values(episodes, "n_stays"),
        .path = values(episodes, "path"),
        .gap = values(episodes, "gap"),
        .stepdown = values(episodes, "stepdown_days"),
        .open = values(episodes, "open"),
        .reason = table_column(episodes, "reason"),
        .source_reason = source(records, &table->reason),
        .weekly_hours = source(records, &table->weekly_hours),
        .weekly_sessions = source(records, &table->weekly_sessions),
    };

    for (int level = 0; level < N_LEVELS; level++) {
        f.days[level] = by_level(episodes, "days", level);
        f.hours[level] = by_level(episodes, "hours", level);
        f.sessions[level] = by_level(episodes, "sessions", level);
        f.inclusive[level] = study->link.inclusive[level];
    }
    return f;
}

/* A week's worth of each stay, for as long as it lasted; what a stay does not tell counts for nothing. */
static void sum_weekly(const struct episode_filler *f, const struct column *weekly, double *const by[N_LEVELS], size_t row,
                       const struct stay *stays, size_t n)
{
    double sum[N_LEVELS] = {0};

    for (size_t i = 0; i < n; i++) {
        const double amount = column_real(weekly, stays[i].record);
        if (stays[i].fate != FATE_DUPLICATE && stays[i].level < N_LEVELS && !isnan(amount))
            sum[stays[i].level] +=
                amount * stay_days(stays[i].start, stays[i].end, f->inclusive[stays[i].level]) / 7;
    }
    for (int level = 0; level < N_LEVELS; level++)
        if (by[level] != NULL)
            by[level][row] = sum[level];
}

static void fill_extent(const struct episode_filler *f, size_t row, const struct stay *stays, size_t n)
{
    size_t last = 0;
    int32_t n_stays = 0;

    for (size_t i = 0; i < n; i++) {
        n_stays += stays[i].fate != FATE_DUPLICATE;
        if (stays[i].end > stays[last].end || (stays[i].end == stays[last].end && stays[i].open > stays[last].open))
            last = i;
    }
    f->start[row] = stays[0].start;
    f->end[row] = stays[last].end;
    f->open[row] = stays[last].open;
    f->n_stays[row] = n_stays;
    if (f->reason == NULL)
        return;
    /* A category with the same labels, so of the same width; one byte is what nearly all have. */
    const size_t width = f->reason->width;
    const char *const from = (const char *)f->source_reason->values + stays[last].record * width;
    char *const to = (char *)f->reason->values + row * width;
    if (width == 1)
        *to = *from;
    else
        memcpy(to, from, width);
}

/* Records of neighbouring stays lie anywhere in memory. */
void episode_filler_expect(const struct episode_filler *f, const struct stay *stay)
{
    if (f->reason != NULL)
        __builtin_prefetch((const char *)f->source_reason->values + stay->record * f->reason->width);
}

/* The episode before this one of the same person, if there is one, learns how it went on. */
static void fill_sequence(const struct episode_filler *f, size_t row, bool first_of_person, uint8_t before,
                          uint8_t first_level)
{
    if (first_of_person) {
        f->number[row] = 1;
        f->gap[row] = INT32_MIN;
        return;
    }
    f->number[row] = f->number[row - 1] + 1;
    f->gap[row] = f->start[row] - f->end[row - 1];
    if (f->stepdown[row - 1] == INT32_MIN && first_level > before)
        f->stepdown[row - 1] = f->gap[row];
}

int episode_fill_row(struct episode_fill *fill, size_t row, size_t first_person, const struct stay *stays, size_t n)
{
    const struct episode_filler *f = fill->filler;
    struct path *path = fill->path;
    const int32_t person = (int32_t)(first_person + stays[0].person);
    size_t number;

    path_walk(stays, n, f->inclusive, path);
    fill_extent(f, row, stays, n);
    f->person[row] = person;
    fill_sequence(f, row, stays[0].episode == 0 || f->person[row - 1] != person, fill->last_level,
                  path->levels[0]);
    fill->last_level = path->levels[path->n - 1];
    const int32_t stepdown = path_stepdown(path);
    f->stepdown[row] = stepdown < 0 ? INT32_MIN : stepdown;
    for (int level = 0; level < N_LEVELS; level++)
        if (f->days[level] != NULL)
            f->days[level][row] = path->days[level];
    if (f->weekly_hours != NULL)
        sum_weekly(f, f->weekly_hours, f->hours, row, stays, n);
    if (f->weekly_sessions != NULL)
        sum_weekly(f, f->weekly_sessions, f->sessions, row, stays, n);
    if ((number = path_set_add(fill->paths, path->levels, path->n, 1, f->open[row])) == SIZE_MAX ||
        moves_add(fill->moves, path, f->open[row] != 0) != 0)
        return -1;
    f->path[row] = (int32_t)number;
    return 0;
}
