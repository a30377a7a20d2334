/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/link_group.h"

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
    size_t most_stays;                  /* of a person */
    size_t first_person, first_episode; /* of the part, among all */
    struct path_set paths;
    struct moves moves;
    uint32_t *path_number;              /* [paths.n] among all paths */
    int64_t counts[N_FATES], people_left_out[N_FATES];
};

struct linking {
    const struct study *study;
    const struct table *records;
    const int32_t *number; /* of the records in the source, or NULL */
    struct parts parts;
    struct part part[PERSON_PARTS];
    struct contradictions contradictions;
    struct join_rules rules;
    struct link_group *group;
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
    part->most_stays = n > part->most_stays ? n : part->most_stays;
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

static int32_t number_of(const struct linking *l, const struct stay *stay)
{
    return l->number == NULL ? (int32_t)stay->record : l->number[stay->record];
}

static void fill_stays(const struct linking *l, size_t first, size_t end, const struct part *part)
{
    const struct stay_columns columns = stay_columns_of(l->group->stays);

    for (size_t i = first; i < end; i++) {
        const struct stay *stay = &l->parts.stays[i];
        stay_columns_fill(&columns, i, stay, number_of(l, stay));
        columns.person[i] = (int32_t)(part->first_person + stay->person);
        columns.episode[i] = stay->fate > FATE_DUPLICATE ? INT32_MIN : (int32_t)(part->first_episode + stay->episode);
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

enum { AHEAD = 16 }; /* stays, until what is asked for has come */

static int fill_episodes(struct linking *l, struct part *part, size_t first, size_t end, struct path *path)
{
    struct episode_fill fill = {.filler = &l->filler, .paths = &part->paths, .moves = &part->moves, .path = path};
    size_t row = part->first_episode;

    for (size_t at = first, next; at < end; at = next) {
        next = at + 1;
        if (at + AHEAD < end)
            episode_filler_expect(&l->filler, &l->parts.stays[at + AHEAD]);
        if (l->parts.stays[at].fate > FATE_DUPLICATE)
            continue;
        next = episode_end(&l->parts, at, end);
        if (episode_fill_row(&fill, row++, part->first_person, l->parts.stays + at, next - at) != 0)
            return -1;
    }
    return 0;
}

static int fill_part(void *context, size_t which)
{
    struct linking *l = context;
    const size_t first = l->parts.first[which], end = l->parts.first[which + 1];
    const size_t room = 2 * l->part[which].most_stays + 1;
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
    return status;
}

static int number_paths(void *context, size_t which)
{
    const struct linking *l = context;
    const struct part *part = &l->part[which];
    int32_t *path = (int32_t *)table_column(l->group->episodes, "path")->values + part->first_episode;

    for (size_t i = 0; i < part->n_episodes; i++)
        path[i] = (int32_t)part->path_number[path[i]];
    return 0;
}

static int sum_up(struct linking *l, int n_threads)
{
    int status = merge_paths(l, &l->group->paths);

    if (status == 0)
        status = threads_run(PERSON_PARTS, n_threads, number_paths, l);
    for (size_t p = 0; status == 0 && p < PERSON_PARTS; p++)
        status = moves_merge(&l->group->moves, &l->part[p].moves);
    return status;
}

/* ---- all ------------------------------------------------------------------------------------------------------------- */

static int count_fates(struct linking *l)
{
    struct link_group *group = l->group;
    size_t n_people = 0, n_episodes = 0;
    int64_t sum = 0;

    for (size_t p = 0; p < PERSON_PARTS; p++) {
        struct part *part = &l->part[p];
        part->first_person = n_people;
        part->first_episode = n_episodes;
        n_people += part->n_people;
        n_episodes += part->n_episodes;
        for (int fate = 0; fate < N_FATES; fate++) {
            group->counts[fate] += part->counts[fate];
            group->people_left_out[fate] += part->people_left_out[fate];
        }
    }
    for (size_t i = l->parts.first[LEFT_OUT_PART]; i < l->parts.first[LEFT_OUT_PART + 1]; i++)
        group->counts[l->parts.stays[i].fate]++;
    for (int fate = 0; fate < N_FATES; fate++)
        sum += group->counts[fate];
    group->n_people = (int64_t)n_people;
    if (sum != (int64_t)l->records->n_rows || (size_t)group->counts[FATE_BEGINS] != n_episodes)
        return fail("the fates of the records do not add up: %lld of %zu", (long long)sum, l->records->n_rows);
    return 0;
}

/* Records that are no stays, with their numbers in the source. */
static int take_left_out(struct linking *l)
{
    const size_t first = l->parts.first[LEFT_OUT_PART], n = l->parts.first[LEFT_OUT_PART + 1] - first;

    if ((l->group->left_out = allocate(n, sizeof *l->group->left_out)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        l->group->left_out[i] = l->parts.stays[first + i];
        l->group->left_out[i].record = (uint32_t)number_of(l, &l->parts.stays[first + i]);
    }
    l->group->n_left_out = n;
    return 0;
}

/* Persons and paths are numbered anew when all groups are known; everything else may be made narrow at once. */
static int shrink_episodes(struct table *episodes, int n_threads)
{
    const size_t later[] = {table_column_index(episodes, "person"), table_column_index(episodes, "path")};

    return table_shrink_but(episodes, later, sizeof later / sizeof later[0], n_threads);
}

static int make_tables(struct linking *l, int n_threads)
{
    const struct study_table *source = study_find_table(l->study, ROLE_EPISODES);
    const struct column *reason = source->reason.text == NULL ? NULL : table_column(l->records, source->reason.text);
    const size_t n_episodes = l->part[PERSON_PARTS - 1].first_episode + l->part[PERSON_PARTS - 1].n_episodes;
    struct link_group *group = l->group;

    if ((group->stays = stays_alloc(l->study, l->parts.first[LEFT_OUT_PART])) == NULL ||
        (group->episodes = episodes_alloc(l->study, reason, n_episodes)) == NULL || take_left_out(l) != 0)
        return -1;
    l->filler = episode_filler_of(l->study, l->records, group->episodes);
    if (threads_run(PERSON_PARTS, n_threads, fill_part, l) != 0 || sum_up(l, n_threads) != 0)
        return -1;
    parts_free(&l->parts); /* what follows needs the memory */
    return shrink_episodes(group->episodes, n_threads);
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

int link_group(const struct study *study, const struct table *records, const int32_t *number, const uint8_t *transfer,
               int n_threads, struct link_group *group)
{
    struct linking *l = allocate(1, sizeof *l);
    int status = l == NULL ? -1 : 0;

    *group = (struct link_group){0};
    if (status == 0 && records->n_rows > INT32_MAX)
        status = fail("%zu records are more than can be linked at once", records->n_rows);
    if (status == 0) {
        l->study = study;
        l->records = records;
        l->number = number;
        l->group = group;
        l->rules = (struct join_rules){study->link.gap_days, study->link.transfer_days, study->link.overlap_days};
        status = find_constants(l);
    }
    if (status == 0)
        status = parts_deal(study, records, number, transfer, n_threads, &l->parts);
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

void link_group_free(struct link_group *group)
{
    table_free(group->stays);
    table_free(group->episodes);
    path_set_free(&group->paths);
    moves_free(&group->moves);
    free(group->left_out);
    *group = (struct link_group){0};
}
