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

/* ---- medians: the gaps of a pair of levels lie together, and only their middle is put in its place ------------------- */

/* Value k in order, with no larger one before it and no smaller one behind it (Hoare 1961, doi:10.1145/366622.366647). */
static int32_t put_in_place(int32_t *values, size_t n, size_t k)
{
    const ptrdiff_t wanted = (ptrdiff_t)k;

    for (ptrdiff_t low = 0, high = (ptrdiff_t)n - 1; low < high;) {
        const int32_t pivot = values[wanted];
        ptrdiff_t i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i <= j) {
                const int32_t kept = values[i];
                values[i++] = values[j];
                values[j--] = kept;
            }
        }
        if (j < wanted)
            low = i;
        if (wanted < i)
            high = j;
    }
    return values[wanted];
}

static double median_of(int32_t *gaps, size_t n)
{
    const int32_t upper = put_in_place(gaps, n, n / 2);
    int32_t lower = upper;

    if (n % 2 == 0) {
        lower = gaps[0];
        for (size_t i = 1; i < n / 2; i++)
            lower = gaps[i] > lower ? gaps[i] : lower;
    }
    return ((double)lower + upper) / 2;
}

/* The gaps, pair of levels by pair of levels, in the order of the table. */
static int32_t *deal_gaps(const struct moves *moves)
{
    size_t at[N_STAY_LEVELS][N_STAY_LEVELS], next = 0;
    int32_t *const gaps = allocate(moves->n, sizeof *gaps);

    for (int from = 0; from < N_STAY_LEVELS; from++)
        for (int to = 0; to < N_STAY_LEVELS; to++) {
            at[from][to] = next;
            next += (size_t)moves->count[from][to];
        }
    for (size_t i = 0; gaps != NULL && i < moves->n; i++)
        gaps[at[moves->items[i].from][moves->items[i].to]++] = moves->items[i].gap;
    return gaps;
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

int flow_add(struct table *flow, const char *arm, const struct moves *moves)
{
    int32_t *const gaps = deal_gaps(moves), *at = gaps;
    int status = gaps == NULL ? -1 : 0;

    for (int entered = 0; status == 0 && entered < N_STAY_LEVELS; entered++)
        if (moves->count[MOVE_ENTRY][entered] > 0)
            status = add_row(flow, arm, MOVE_ENTRY, entered, moves->count[MOVE_ENTRY][entered], NAN);
    for (int from = 0; from < N_STAY_LEVELS; from++)
        for (int to = 0; status == 0 && to < N_MOVE_ENDS; to++) {
            const size_t n = (size_t)moves->count[from][to];
            const bool has_gap = n > 0 && to < N_STAY_LEVELS;
            if (n > 0)
                status = add_row(flow, arm, from, to, (int64_t)n, has_gap ? median_of(at, n) : NAN);
            at += has_gap ? n : 0;
        }
    free(gaps);
    return status;
}
