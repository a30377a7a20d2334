/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/link.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pack.h"
#include "base/ranks.h"
#include "base/threads.h"
#include "episodes/join.h"
#include "episodes/tables.h"

void link_groups_free(struct link_groups *all)
{
    for (size_t g = 0; all->groups != NULL && g < all->n; g++)
        link_group_free(&all->groups[g]);
    free(all->groups);
    table_free(all->left_out);
    table_free(all->paths);
    table_free(all->flow);
    table_free(all->fates);
    *all = (struct link_groups){0};
}

/* ---- counts ------------------------------------------------------------------------------------------------------------- */

static void add_up(struct link_groups *all)
{
    for (size_t g = 0; g < all->n; g++) {
        const struct link_group *const group = &all->groups[g];
        all->n_people += group->n_people;
        all->n_episodes += (int64_t)group->episodes->n_rows;
        for (int fate = 0; fate < N_FATES; fate++) {
            all->n_records += group->counts[fate];
            all->counts[fate] += group->counts[fate];
            all->people_left_out[fate] += group->people_left_out[fate];
        }
    }
    ranks_sum(&all->n_records, 1);
    ranks_sum(all->counts, N_FATES);
    ranks_sum(all->people_left_out, N_FATES);
}

/* ---- numbers through all groups ------------------------------------------------------------------------------------------ */

static void shift(struct column *column, size_t n, int64_t by)
{
    int32_t *const values = column->values;

    for (size_t i = 0; by != 0 && i < n; i++)
        values[i] = values[i] == INT32_MIN ? INT32_MIN : (int32_t)(values[i] + by);
}

/* Sums of this rank's groups become sums of all ranks. */
static void number_persons(struct link_groups *all)
{
    int64_t person = ranks_before(all->n_people), episode = ranks_before(all->n_episodes);

    for (size_t g = 0; g < all->n; g++) {
        const struct link_group *const group = &all->groups[g];
        shift(table_column(group->stays, "person"), group->stays->n_rows, person);
        shift(table_column(group->stays, "episode"), group->stays->n_rows, episode);
        shift(table_column(group->episodes, "person"), group->episodes->n_rows, person);
        person += group->n_people;
        episode += (int64_t)group->episodes->n_rows;
    }
    ranks_sum(&all->n_people, 1);
    ranks_sum(&all->n_episodes, 1);
}

/* ---- paths ------------------------------------------------------------------------------------------------------------------ */

static void pack_paths(struct pack *pack, const struct link_groups *all)
{
    for (size_t g = 0; g < all->n; g++) {
        const struct path_set *const paths = &all->groups[g].paths;
        pack_put_number(pack, paths->n);
        for (size_t i = 0; i < paths->n; i++) {
            pack_put_number(pack, paths->items[i].length);
            pack_put(pack, paths->items[i].levels, paths->items[i].length);
            pack_put_number(pack, (uint64_t)paths->items[i].n_episodes);
            pack_put_number(pack, (uint64_t)paths->items[i].n_open);
        }
    }
}

static int add_paths(struct unpack *from, struct path_set *paths)
{
    while (from->left > 0 && !from->broken)
        for (uint64_t n = unpack_number(from); n > 0; n--) {
            const size_t length = (size_t)unpack_number(from);
            const uint8_t *const levels = unpack_take(from, length);
            const int64_t n_episodes = (int64_t)unpack_number(from), n_open = (int64_t)unpack_number(from);
            if (path_set_add(paths, levels, length, n_episodes, n_open) == SIZE_MAX)
                return -1;
        }
    return 0;
}

/* The different paths of everybody. */
static int collect_paths(const struct link_groups *all, struct path_set *paths)
{
    struct pack pack = {0};
    struct ranks_bytes from = {0};

    pack_paths(&pack, all);
    int status = pack.broken ? -1 : ranks_collect(pack.bytes, pack.n, &from);
    for (size_t r = 0; status == 0 && r < ranks_n(); r++) {
        struct unpack one = {.bytes = from.bytes + from.first[r], .left = from.first[r + 1] - from.first[r]};
        status = add_paths(&one, paths);
    }
    ranks_bytes_free(&from);
    pack_free(&pack);
    return status;
}

/* number [paths of the group]: that of each among all. */
static int find_paths(struct path_set *paths, const struct link_group *group, uint32_t **number)
{
    if ((*number = allocate(group->paths.n, sizeof **number)) == NULL)
        return -1;
    for (size_t i = 0; i < group->paths.n; i++) {
        const struct path_of_set *const item = &group->paths.items[i];
        (*number)[i] = (uint32_t)path_set_add(paths, item->levels, item->length, 0, 0); /* it is there */
    }
    return 0;
}

enum { PIECE = 65536 }; /* episodes */

struct renumbering {
    int32_t *path;   /* [n] */
    size_t n;
    uint32_t *new_number; /* [paths of the group] */
};

static int renumber_piece(void *context, size_t piece)
{
    const struct renumbering *const r = context;
    const size_t first = piece * PIECE, end = r->n - first < PIECE ? r->n : first + PIECE;

    for (size_t i = first; i < end; i++)
        r->path[i] = (int32_t)r->new_number[r->path[i]];
    return 0;
}

/* number [paths of the group] becomes that of the order. */
static int renumber(struct link_group *group, uint32_t *number, const uint32_t *to_new, int n_threads)
{
    struct renumbering r = {table_column(group->episodes, "path")->values, group->episodes->n_rows, number};

    for (size_t i = 0; i < group->paths.n; i++)
        number[i] = to_new[number[i]];
    return threads_run((r.n + PIECE - 1) / PIECE, n_threads, renumber_piece, &r);
}

/* Numbers of paths are those of their order. */
static int number_paths(struct link_groups *all, int n_threads)
{
    struct path_set paths = {0};
    uint32_t **const numbers = allocate(all->n, sizeof *numbers), *to_new = NULL;
    int status = numbers == NULL ? -1 : collect_paths(all, &paths);

    for (size_t g = 0; status == 0 && g < all->n; g++)
        status = find_paths(&paths, &all->groups[g], &numbers[g]);
    if (status == 0 && ((to_new = allocate(paths.n, sizeof *to_new)) == NULL || path_set_sort(&paths, to_new) != 0 ||
                        (all->paths = paths_table(&paths)) == NULL))
        status = -1;
    for (size_t g = 0; status == 0 && g < all->n; g++)
        status = renumber(&all->groups[g], numbers[g], to_new, n_threads);
    for (size_t g = 0; numbers != NULL && g < all->n; g++)
        free(numbers[g]);
    free(numbers);
    free(to_new);
    path_set_free(&paths);
    return status;
}

/* ---- moves -------------------------------------------------------------------------------------------------------------------- */

static int join_moves(struct link_groups *all)
{
    struct moves moves = {0};
    int status = 0;

    for (size_t g = 0; status == 0 && g < all->n; g++) {
        status = moves_merge(&moves, &all->groups[g].moves);
        moves_free(&all->groups[g].moves);
    }
    if (status == 0 && ((all->flow = flow_alloc()) == NULL || flow_add(all->flow, "", &moves) != 0))
        status = -1;
    moves_free(&moves);
    return status;
}

/* ---- records that are no stays ----------------------------------------------------------------------------------------------- */

static int compare_left_out(const void *a, const void *b)
{
    const struct stay *x = a, *y = b;

    if (x->fate != y->fate)
        return x->fate < y->fate ? -1 : 1;
    const int order = stay_compare(x, y);
    return order != 0 ? order : (x->record > y->record) - (x->record < y->record);
}

static int fill_left_out(const struct study *study, struct stay *stays, size_t n, struct link_groups *all)
{
    if ((all->left_out = stays_alloc(study, n)) == NULL)
        return -1;
    const struct stay_columns columns = stay_columns_of(all->left_out);
    if (n > 0)
        qsort(stays, n, sizeof *stays, compare_left_out);
    for (size_t i = 0; i < n; i++) {
        stay_columns_fill(&columns, i, &stays[i], (int32_t)stays[i].record);
        columns.person[i] = columns.episode[i] = INT32_MIN;
    }
    return 0;
}

/* They go to the last rank, behind all others. */
static int join_left_out(const struct study *study, struct link_groups *all)
{
    struct pack pack = {0};
    struct ranks_bytes from = {0};
    size_t *const first = allocate(ranks_n() + 1, sizeof *first);

    for (size_t g = 0; g < all->n; g++)
        pack_put(&pack, all->groups[g].left_out, all->groups[g].n_left_out * sizeof *all->groups[g].left_out);
    if (first != NULL)
        first[ranks_n()] = pack.n;
    int status = first == NULL || pack.broken || ranks_exchange(pack.bytes, first, &from) != 0 ? -1 : 0;
    if (status == 0)
        status = fill_left_out(study, (void *)from.bytes, from.first[ranks_n()] / sizeof(struct stay), all);
    ranks_bytes_free(&from);
    pack_free(&pack);
    free(first);
    return status;
}

/* ---- types ---------------------------------------------------------------------------------------------------------------------- */

static void take_wider(enum column_type *types, const enum column_type *others, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (column_type_width(others[k], 1, 1) > column_type_width(types[k], 1, 1))
            types[k] = others[k];
}

/*
 * A group has made its columns narrow, but for those that are numbered over all groups: persons ascend, and each path is that of
 * an episode.
 */
static void types_of(const struct link_groups *all, const struct table *episodes, enum column_type *types)
{
    const struct column *const person = table_column(episodes, "person");
    const int64_t last = episodes->n_rows == 0 ? 0 : column_integer(person, episodes->n_rows - 1);

    for (size_t k = 0; k < episodes->n_columns; k++)
        types[k] = episodes->columns[k].type;
    types[table_column_index(episodes, "person")] = column_type_for(0, last);
    types[table_column_index(episodes, "path")] = column_type_for(0, (int64_t)all->paths->n_rows - 1);
}

/* The narrowest types that hold the values of all groups of all ranks. */
static int find_types(const struct link_groups *all, enum column_type **types)
{
    const size_t n = all->groups[0].episodes->n_columns;
    enum column_type *const own = allocate(n, sizeof *own);
    struct ranks_bytes of_all = {0};
    int status = own == NULL || (*types = allocate(n, sizeof **types)) == NULL ? -1 : 0;

    for (size_t g = 0; status == 0 && g < all->n; g++) {
        types_of(all, all->groups[g].episodes, own);
        if (g == 0)
            memcpy(*types, own, n * sizeof *own);
        take_wider(*types, own, n);
    }
    if (status == 0)
        status = ranks_collect(*types, n * sizeof **types, &of_all);
    for (size_t r = 0; status == 0 && r < ranks_n(); r++)
        take_wider(*types, (const void *)(of_all.bytes + of_all.first[r]), n);
    ranks_bytes_free(&of_all);
    free(own);
    return status;
}

static int agree_on_types(struct link_groups *all, int n_threads)
{
    enum column_type *types = NULL;
    int status = find_types(all, &types);

    for (size_t g = 0; status == 0 && g < all->n; g++)
        status = table_retype(all->groups[g].episodes, types, n_threads);
    free(types);
    return status;
}

/* ---- all ------------------------------------------------------------------------------------------------------------------------- */

int link_groups_join(const struct study *study, int n_threads, struct link_groups *all)
{
    add_up(all);
    number_persons(all);
    return number_paths(all, n_threads) != 0 || join_moves(all) != 0 || join_left_out(study, all) != 0 ||
                   agree_on_types(all, n_threads) != 0 || (all->fates = fates_table(all->counts)) == NULL
               ? -1
               : 0;
}

static struct table *take(struct table **table)
{
    struct table *const taken = *table;

    *table = NULL;
    return taken;
}

int link_stays(const struct study *study, const struct table *records, const uint8_t *transfer, int n_threads,
               struct linked *linked)
{
    struct link_groups all = {.n = 1, .groups = allocate(1, sizeof *all.groups)};
    int status = all.groups == NULL ? -1 : link_group(study, records, NULL, transfer, n_threads, &all.groups[0]);

    *linked = (struct linked){0};
    if (status == 0)
        status = link_groups_join(study, n_threads, &all);
    if (status == 0)
        status = table_append(all.groups[0].stays, all.left_out);
    if (status == 0) {
        linked->stays = take(&all.groups[0].stays);
        linked->episodes = take(&all.groups[0].episodes);
        linked->paths = take(&all.paths);
        linked->flow = take(&all.flow);
        linked->fates = take(&all.fates);
        linked->n_people = all.n_people;
        memcpy(linked->counts, all.counts, sizeof all.counts);
        memcpy(linked->people_left_out, all.people_left_out, sizeof all.people_left_out);
    }
    link_groups_free(&all);
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
