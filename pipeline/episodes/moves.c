/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/moves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/ranks.h"

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

/* ---- medians of all ranks: each counts its own gaps up to a day, and halves of the days are left out ------------------- */

enum { N_PAIRS = N_STAY_LEVELS * N_STAY_LEVELS };

/* The gaps of this rank, pair of levels by pair of levels, and the two in the middle of those of all. */
struct middles {
    const int32_t *gaps;
    size_t first[N_PAIRS + 1];
    int64_t rank[N_PAIRS][2];  /* how many gaps come before it */
    int64_t low[N_PAIRS][2], high[N_PAIRS][2];
};

/* Less than `high` unless they are one. */
static int64_t middle_of(int64_t low, int64_t high)
{
    return low + (high - low) / 2;
}

/* One halving; false: nothing is left to halve. */
static bool halve(struct middles *m)
{
    int64_t n[N_PAIRS][2] = {0};
    bool more = false;

    for (size_t pair = 0; pair < N_PAIRS; pair++)
        for (int k = 0; k < 2; k++) {
            const int64_t day = middle_of(m->low[pair][k], m->high[pair][k]);
            more = more || m->low[pair][k] < m->high[pair][k];
            for (size_t i = m->first[pair]; i < m->first[pair + 1]; i++)
                n[pair][k] += m->gaps[i] <= day;
        }
    if (!more)
        return false;
    ranks_sum(n[0], 2 * N_PAIRS);
    for (size_t pair = 0; pair < N_PAIRS; pair++)
        for (int k = 0; k < 2; k++) {
            const int64_t day = middle_of(m->low[pair][k], m->high[pair][k]);
            if (n[pair][k] > m->rank[pair][k])
                m->high[pair][k] = day;
            else if (m->low[pair][k] < m->high[pair][k])
                m->low[pair][k] = day + 1;
        }
    return true;
}

static void start_middles(const struct moves *moves, const int32_t *gaps, const int64_t count[][N_MOVE_ENDS], struct middles *m)
{
    double ends[2] = {0, 0}; /* the longest gap, and the shortest with its sign changed */

    *m = (struct middles){.gaps = gaps};
    for (size_t i = 0; i < moves->n; i++) {
        ends[0] = gaps[i] > ends[0] ? gaps[i] : ends[0];
        ends[1] = -(double)gaps[i] > ends[1] ? -(double)gaps[i] : ends[1];
    }
    ranks_largest(ends, 2);
    for (size_t pair = 0; pair < N_PAIRS; pair++) {
        const size_t from = pair / N_STAY_LEVELS, to = pair % N_STAY_LEVELS;
        m->first[pair + 1] = m->first[pair] + (size_t)moves->count[from][to];
        for (int k = 0; count[from][to] > 0 && k < 2; k++) {
            m->rank[pair][k] = (count[from][to] - 1 + k) / 2;
            m->low[pair][k] = -(int64_t)ends[1];
            m->high[pair][k] = (int64_t)ends[0];
        }
    }
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
    int32_t *const gaps = deal_gaps(moves);
    int64_t count[N_MOVE_ENDS][N_MOVE_ENDS];
    struct middles middles = {0};
    int status = gaps == NULL ? -1 : 0;

    memcpy(count, moves->count, sizeof count);
    ranks_sum(count[0], N_MOVE_ENDS * N_MOVE_ENDS);
    if (status == 0) {
        start_middles(moves, gaps, (const int64_t(*)[N_MOVE_ENDS])count, &middles);
        while (halve(&middles))
            ;
    }
    for (int entered = 0; status == 0 && entered < N_STAY_LEVELS; entered++)
        if (count[MOVE_ENTRY][entered] > 0)
            status = add_row(flow, arm, MOVE_ENTRY, entered, count[MOVE_ENTRY][entered], NAN);
    for (int from = 0; from < N_STAY_LEVELS; from++)
        for (int to = 0; status == 0 && to < N_MOVE_ENDS; to++) {
            const int64_t *const days = to < N_STAY_LEVELS ? middles.low[from * N_STAY_LEVELS + to] : NULL;
            if (count[from][to] > 0)
                status = add_row(flow, arm, from, to, count[from][to], days == NULL ? NAN : ((double)days[0] + (double)days[1]) / 2);
        }
    free(gaps);
    return status;
}
