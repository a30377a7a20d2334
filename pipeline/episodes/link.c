/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/link.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "episodes/contradictions.h"
#include "episodes/episode_fill.h"
#include "episodes/join.h"
#include "episodes/moves.h"
#include "episodes/parts.h"
#include "episodes/path.h"
#include "episodes/tables.h"

/* What linking makes of one part. */
struct part {
    size_t n_people, n_episodes;
    size_t first_person, first_episode; /* of the part, among all */
    struct path_set paths;
    struct moves moves;
    uint32_t *path_number;              /* [paths.n] among all paths */
    int64_t counts[N_FATES], people_left_out[N_FATES];
};

struct linking {
    const struct study *study;
    const struct table *records;
    struct parts parts;
    struct part part[PERSON_PARTS];
    struct contradictions contradictions;
    struct join_rules rules;
    struct linked *linked;
    struct episode_filler filler;
};

/* ---- first over the parts: order, persons, episodes, fates --------------------------------------------------- */

static bool is_duplicate(const void *context, const struct stay *a, const struct stay *b)
{
    return parts_compare_content(context, a, b) == 0;
}

static size_t person_end(const struct parts *parts, size_t at, size_t end)
{
    size_t next = at + 1;

    while (next < end && parts_same_person(parts, &parts->stays[at], &parts->stays[next]))
        next++;
    return next;
}

static void link_person(struct linking *l, struct part *part, struct stay *stays, size_t n)
{
    const enum fate fault = contradictions_find(&l->contradictions, stays, n);

    if (fault == FATE_BEGINS) {
        const size_t n_episodes = join_stays(stays, n, &l->rules, is_duplicate, &l->parts);
        for (size_t i = 0; i < n; i++)
            stays[i].episode += (uint32_t)part->n_episodes;
        part->n_episodes += n_episodes;
    } else
        part->people_left_out[fault]++;
    for (size_t i = 0; i < n; i++) {
        if (fault != FATE_BEGINS)
            stays[i].fate = (uint8_t)fault;
        stays[i].person = (uint32_t)part->n_people;
        part->counts[stays[i].fate]++;
    }
    part->n_people++;
}

static int link_part(void *context, size_t which)
{
    struct linking *l = context;
    const size_t end = l->parts.first[which + 1];

    if (parts_sort(&l->parts, which) != 0)
        return -1;
    for (size_t at = l->parts.first[which], next; at < end; at = next) {
        next = person_end(&l->parts, at, end);
        link_person(l, &l->part[which], l->parts.stays + at, next - at);
    }
    return 0;
}

/* ---- second over the parts: the rows of the tables -------------------------------------------------------------- */

static void fill_stays(const struct linking *l, size_t first, size_t end, const struct part *part)
{
    const struct table *stays = l->linked->stays;
    int32_t *record = table_column(stays, "record")->values, *person = table_column(stays, "person")->values,
            *episode = table_column(stays, "episode")->values, *start = table_column(stays, "start")->values,
            *last = table_column(stays, "end")->values;
    int8_t *fate = table_column(stays, "fate")->values, *level = table_column(stays, "level")->values,
           *open = table_column(stays, "open")->values;

    for (size_t i = first; i < end; i++) {
        const struct stay *stay = &l->parts.stays[i];
        record[i] = (int32_t)stay->record;
        person[i] = part == NULL ? INT32_MIN : (int32_t)(part->first_person + stay->person);
        episode[i] = part == NULL || stay->fate > FATE_DUPLICATE ? INT32_MIN
                                                                 : (int32_t)(part->first_episode + stay->episode);
        fate[i] = (int8_t)stay->fate;
        level[i] = stay->level == LEVEL_UNKNOWN ? (int8_t)MISSING_CODE : (int8_t)stay->level;
        start[i] = stay->start;
        last[i] = stay->end;
        open[i] = stay->open;
    }
}

static size_t episode_end(const struct parts *parts, size_t at, size_t end)
{
    size_t next = at + 1;

    while (next < end && parts->stays[next].fate <= FATE_DUPLICATE &&
           parts->stays[next].episode == parts->stays[at].episode)
        next++;
    return next;
}

static int fill_episodes(struct linking *l, struct part *part, size_t first, size_t end, struct path *path)
{
    struct episode_fill fill = {.filler = &l->filler, .paths = &part->paths, .moves = &part->moves, .path = path};
    size_t row = part->first_episode;

    for (size_t at = first, next; at < end; at = next) {
        next = at + 1;
        if (l->parts.stays[at].fate > FATE_DUPLICATE)
            continue;
        next = episode_end(&l->parts, at, end);
        if (episode_fill_row(&fill, row++, part->first_person, l->parts.stays + at, next - at) != 0)
            return -1;
    }
    return 0;
}

static size_t longest_episode(const struct parts *parts, size_t first, size_t end)
{
    size_t longest = 0;

    for (size_t at = first, next; at < end; at = next) {
        next = episode_end(parts, at, end);
        longest = next - at > longest ? next - at : longest;
    }
    return longest;
}

static int fill_part(void *context, size_t which)
{
    struct linking *l = context;
    const size_t first = l->parts.first[which], end = l->parts.first[which + 1];
    const size_t room = 2 * longest_episode(&l->parts, first, end) + 1;
    struct path path = {.levels = allocate(room, 1), .moves = allocate(room, sizeof *path.moves)};
    int status = path.levels == NULL || path.moves == NULL ? -1 : 0;

    if (status == 0) {
        fill_stays(l, first, end, &l->part[which]);
        status = fill_episodes(l, &l->part[which], first, end, &path);
    }
    free(path.levels);
    free(path.moves);
    return status;
}

/* ---- paths of all parts --------------------------------------------------------------------------------------------- */

static int merge_paths(struct linking *l, struct path_set *all)
{
    uint32_t *to_new = NULL;
    int status = 0;

    for (size_t p = 0; status == 0 && p < PERSON_PARTS; p++) {
        struct part *part = &l->part[p];
        if ((part->path_number = allocate(part->paths.n, sizeof *part->path_number)) == NULL)
            return -1;
        for (size_t i = 0; status == 0 && i < part->paths.n; i++) {
            const struct path_of_set *item = &part->paths.items[i];
            const size_t number = path_set_add(all, item->levels, item->length, item->n_episodes, item->n_open);
            part->path_number[i] = (uint32_t)number;
            status = number == SIZE_MAX ? -1 : 0;
        }
    }
    if (status == 0 && ((to_new = allocate(all->n, sizeof *to_new)) == NULL || path_set_sort(all, to_new) != 0))
        status = -1;
    for (size_t p = 0; status == 0 && p < PERSON_PARTS; p++)
        for (size_t i = 0; i < l->part[p].paths.n; i++)
            l->part[p].path_number[i] = to_new[l->part[p].path_number[i]];
    free(to_new);
    return status;
}

static int number_paths(void *context, size_t which)
{
    const struct linking *l = context;
    const struct part *part = &l->part[which];
    int32_t *path = (int32_t *)table_column(l->linked->episodes, "path")->values + part->first_episode;

    for (size_t i = 0; i < part->n_episodes; i++)
        path[i] = (int32_t)part->path_number[path[i]];
    return 0;
}

static int sum_up(struct linking *l, int n_threads)
{
    struct moves moves = {0};
    struct path_set paths = {0};
    int status = merge_paths(l, &paths);

    if (status == 0)
        status = threads_run(PERSON_PARTS, n_threads, number_paths, l);
    for (size_t p = 0; status == 0 && p < PERSON_PARTS; p++)
        status = moves_merge(&moves, &l->part[p].moves);
    if (status == 0 && ((l->linked->paths = paths_table(&paths)) == NULL || (l->linked->flow = flow_alloc()) == NULL ||
                        flow_add(l->linked->flow, "", &moves) != 0))
        status = -1;
    path_set_free(&paths);
    moves_free(&moves);
    return status;
}

/* ---- all ------------------------------------------------------------------------------------------------------------- */

static int count_fates(struct linking *l)
{
    struct linked *linked = l->linked;
    size_t n_people = 0, n_episodes = 0;
    int64_t sum = 0;

    for (size_t p = 0; p < PERSON_PARTS; p++) {
        struct part *part = &l->part[p];
        part->first_person = n_people;
        part->first_episode = n_episodes;
        n_people += part->n_people;
        n_episodes += part->n_episodes;
        for (int fate = 0; fate < N_FATES; fate++) {
            linked->counts[fate] += part->counts[fate];
            linked->people_left_out[fate] += part->people_left_out[fate];
        }
    }
    for (size_t i = l->parts.first[LEFT_OUT_PART]; i < l->parts.first[LEFT_OUT_PART + 1]; i++)
        linked->counts[l->parts.stays[i].fate]++;
    for (int fate = 0; fate < N_FATES; fate++)
        sum += linked->counts[fate];
    linked->n_people = (int64_t)n_people;
    if (sum != (int64_t)l->records->n_rows || (size_t)linked->counts[FATE_BEGINS] != n_episodes)
        return fail("the fates of the records do not add up: %lld of %zu", (long long)sum, l->records->n_rows);
    return 0;
}

static int make_tables(struct linking *l, int n_threads)
{
    const struct study_table *source = study_find_table(l->study, ROLE_EPISODES);
    const struct column *reason = source->reason.text == NULL ? NULL : table_column(l->records, source->reason.text);
    const size_t n_episodes = l->part[PERSON_PARTS - 1].first_episode + l->part[PERSON_PARTS - 1].n_episodes;
    struct linked *linked = l->linked;

    if ((linked->stays = stays_alloc(l->study, l->records->n_rows)) == NULL ||
        (linked->episodes = episodes_alloc(l->study, reason, n_episodes)) == NULL ||
        (linked->fates = fates_table(linked->counts)) == NULL)
        return -1;
    l->filler = episode_filler_of(l->study, l->records, linked->episodes);
    fill_stays(l, l->parts.first[LEFT_OUT_PART], l->parts.first[LEFT_OUT_PART + 1], NULL);
    if (threads_run(PERSON_PARTS, n_threads, fill_part, l) != 0)
        return -1;
    if (sum_up(l, n_threads) != 0)
        return -1;
    parts_free(&l->parts); /* what follows needs the memory */
    return table_shrink(linked->episodes, n_threads);
}

static int find_constants(struct linking *l)
{
    const struct study_table *source = study_find_table(l->study, ROLE_EPISODES);
    struct contradictions *rules = &l->contradictions;

    rules->overlap_days = l->study->link.overlap_days;
    rules->n_constant = source->constant.n;
    if ((rules->constant = allocate(source->constant.n, sizeof *rules->constant)) == NULL)
        return -1;
    for (size_t i = 0; i < source->constant.n; i++)
        rules->constant[i] = table_column(l->records, source->constant.items[i].text);
    return 0;
}

int link_stays(const struct study *study, const struct table *records, const uint8_t *transfer, int n_threads,
               struct linked *linked)
{
    struct linking *l = allocate(1, sizeof *l);
    int status = l == NULL ? -1 : 0;

    *linked = (struct linked){0};
    if (status == 0 && records->n_rows > INT32_MAX)
        status = fail("%zu records are more than can be linked at once", records->n_rows);
    if (status == 0) {
        l->study = study;
        l->records = records;
        l->linked = linked;
        l->rules = (struct join_rules){study->link.gap_days, study->link.transfer_days, study->link.overlap_days};
        status = find_constants(l);
    }
    if (status == 0)
        status = parts_deal(study, records, transfer, n_threads, &l->parts);
    if (status == 0)
        status = threads_run(PERSON_PARTS, n_threads, link_part, l);
    if (status == 0)
        status = count_fates(l);
    if (status == 0)
        status = make_tables(l, n_threads);
    for (size_t p = 0; l != NULL && p < PERSON_PARTS; p++) {
        path_set_free(&l->part[p].paths);
        moves_free(&l->part[p].moves);
        free(l->part[p].path_number);
    }
    if (l != NULL) {
        parts_free(&l->parts);
        free(l->contradictions.constant);
    }
    free(l);
    return status;
}

void linked_free(struct linked *linked)
{
    table_free(linked->stays);
    table_free(linked->episodes);
    table_free(linked->paths);
    table_free(linked->flow);
    table_free(linked->fates);
    *linked = (struct linked){0};
}
