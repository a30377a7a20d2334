/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/moves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static int reserve(struct moves *moves, size_t more)
{
    size_t capacity = moves->capacity;
    struct path_move *items;

    if (moves->n + more <= capacity)
        return 0;
    capacity = 2 * capacity > moves->n + more ? 2 * capacity : moves->n + more + 64;
    if ((items = reallocate(moves->items, capacity, sizeof *items)) == NULL)
        return -1;
    moves->items = items;
    moves->capacity = capacity;
    return 0;
}

int moves_add(struct moves *moves, const struct path *path, bool open)
{
    if (path->n == 0)
        return 0;
    if (reserve(moves, path->n - 1) != 0)
        return -1;
    moves->count[MOVE_ENTRY][path->levels[0]]++;
    moves->count[path->levels[path->n - 1]][open ? MOVE_OPEN : MOVE_END]++;
    for (size_t i = 0; i + 1 < path->n; i++) {
        moves->items[moves->n++] = path->moves[i];
        moves->count[path->moves[i].from][path->moves[i].to]++;
    }
    return 0;
}

int moves_merge(struct moves *into, const struct moves *from)
{
    if (reserve(into, from->n) != 0)
        return -1;
    if (from->n > 0)
        memcpy(into->items + into->n, from->items, from->n * sizeof *from->items);
    into->n += from->n;
    for (int i = 0; i < N_MOVE_ENDS; i++)
        for (int k = 0; k < N_MOVE_ENDS; k++)
            into->count[i][k] += from->count[i][k];
    return 0;
}

void moves_free(struct moves *moves)
{
    free(moves->items);
    *moves = (struct moves){0};
}

const char *move_end_name(int end)
{
    static const char *const others[] = {
        [LEVEL_UNKNOWN - N_LEVELS] = "unknown", [MOVE_ENTRY - N_LEVELS] = "entry", [MOVE_END - N_LEVELS] = "end",
        [MOVE_OPEN - N_LEVELS] = "open"};

    return end < N_LEVELS ? level_names[end] : others[end - N_LEVELS];
}

struct table *flow_alloc(void)
{
    struct table *flow = table_alloc("flow", "Moves between levels of care");

    if (flow != NULL && table_add_column(flow, "arm", COLUMN_TEXT, 1, "Arm", "") != NULL &&
        table_add_column(flow, "from", COLUMN_TEXT, 1, "From level", "") != NULL &&
        table_add_column(flow, "to", COLUMN_TEXT, 1, "To level", "") != NULL &&
        table_add_column(flow, "n", COLUMN_INT64, 0, "Moves", "") != NULL &&
        table_add_column(flow, "median_gap", COLUMN_FLOAT64, 0, "Median days between", "days") != NULL)
        return flow;
    table_free(flow);
    return NULL;
}

static int compare_moves(const void *a, const void *b)
{
    const struct path_move *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return (x->gap > y->gap) - (x->gap < y->gap);
}

static int add_row(struct table *flow, const char *arm, int from, int to, int64_t n, double median_gap)
{
    struct row_builder row = table_new_row(flow);

    row_text(&row, "arm", arm);
    row_text(&row, "from", move_end_name(from));
    row_text(&row, "to", move_end_name(to));
    row_integer(&row, "n", n);
    row_real(&row, "median_gap", median_gap);
    return row_end(&row);
}

int flow_add(struct table *flow, const char *arm, struct moves *moves)
{
    size_t at = 0; /* the moves of one pair lie together, smallest gap first */

    if (moves->n > 1)
        qsort(moves->items, moves->n, sizeof *moves->items, compare_moves);
    for (int entered = 0; entered < N_STAY_LEVELS; entered++)
        if (moves->count[MOVE_ENTRY][entered] > 0 &&
            add_row(flow, arm, MOVE_ENTRY, entered, moves->count[MOVE_ENTRY][entered], NAN) != 0)
            return -1;
    for (int from = 0; from < N_STAY_LEVELS; from++)
        for (int to = 0; to < N_MOVE_ENDS; to++) {
            const size_t n = (size_t)moves->count[from][to];
            double median = NAN;
            if (n == 0)
                continue;
            if (to < N_STAY_LEVELS) {
                median = ((double)moves->items[at + (n - 1) / 2].gap + moves->items[at + n / 2].gap) / 2;
                at += n;
            }
            if (add_row(flow, arm, from, to, (int64_t)n, median) != 0)
                return -1;
        }
    return 0;
}
