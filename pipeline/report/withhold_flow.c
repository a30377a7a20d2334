/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/withhold_flow.h"

#include <stdint.h>
#include <string.h>

#include "report/pool.h"

enum { MOVES_MAX = 512 };

/* The moves of one arm. */
struct moves {
    const struct table *flow;
    size_t n;
    size_t rows[MOVES_MAX];
    bool hidden[MOVES_MAX];
};

static bool same_text(const struct table *table, const char *column, size_t row, const char *other_column, size_t other)
{
    size_t a_length = 0, b_length = 0;
    const char *a = column_text(table_column(table, column), row, &a_length);
    const char *b = column_text(table_column(table, other_column), other, &b_length);

    return a_length == b_length && memcmp(a, b, a_length) == 0;
}

static bool is_outside(const struct table *flow, const char *column, size_t row)
{
    static const char *const outside[] = {"entry", "end", "open"};
    size_t length = 0;
    const char *text = column_text(table_column(flow, column), row, &length);

    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        if (length == strlen(outside[i]) && memcmp(text, outside[i], length) == 0)
            return true;
    return false;
}

/* Does move k touch the level (or the outside) at this end of move i? */
static bool touches(const struct moves *moves, size_t k, const char *end, size_t i)
{
    const struct table *flow = moves->flow;

    if (is_outside(flow, end, moves->rows[i]))
        return is_outside(flow, "from", moves->rows[k]) || is_outside(flow, "to", moves->rows[k]);
    return same_text(flow, "from", moves->rows[k], end, moves->rows[i]) ||
           same_text(flow, "to", moves->rows[k], end, moves->rows[i]);
}

/* If the hidden move i is alone at this end, the smallest other one is hidden with it. */
static bool hide_another(struct moves *moves, const char *end, size_t i)
{
    size_t smallest = moves->n;

    for (size_t k = 0; k < moves->n; k++) {
        const int64_t n = cell_integer(moves->flow, "n", moves->rows[k]);

        if (k == i || n <= 0 || !touches(moves, k, end, i))
            continue;
        if (moves->hidden[k])
            return false;
        if (smallest == moves->n || n < cell_integer(moves->flow, "n", moves->rows[smallest]))
            smallest = k;
    }
    if (smallest == moves->n)
        return false;
    moves->hidden[smallest] = true;
    return true;
}

bool flow_is_small(const struct release_policy *policy, const struct table *flow, size_t row)
{
    struct moves moves = {.flow = flow};
    bool again = true;

    for (size_t i = 0; i < flow->n_rows && moves.n < MOVES_MAX; i++)
        if (same_text(flow, "arm", i, "arm", row)) {
            moves.hidden[moves.n] = releasable_is_small(policy, cell_integer(flow, "n", i));
            moves.rows[moves.n++] = i;
        }
    while (again) {
        again = false;
        for (size_t i = 0; i < moves.n; i++)
            if (moves.hidden[i])
                again = hide_another(&moves, "from", i) | hide_another(&moves, "to", i) | again;
    }
    for (size_t i = 0; i < moves.n; i++)
        if (moves.rows[i] == row)
            return moves.hidden[i];
    return true; /* more moves than anybody could have made: nothing of them leaves */
}
