/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/box_ways.h"

/* Cells that are looked at for one target, and for all of a line, before they are given up. */
enum { LOOKS_MAX = 200000, LINE_LOOKS_MAX = 30000000 };

/* How far all of these may fall; FIXED: one may not be moved. */
static int32_t least_room(const struct worker *worker, const size_t *slots, size_t n, size_t cell)
{
    const size_t n_cells = count_box_cells(worker->mover->box);
    int32_t room = BOUNDLESS;

    for (size_t k = 0; k < n && room != FIXED; k++)
        if (worker->rooms[slots[k] * n_cells + cell] < room)
            room = worker->rooms[slots[k] * n_cells + cell];
    return room;
}

static struct reach find_reach(const struct worker *worker, const struct move *move, size_t cell)
{
    const struct box_mover *const mover = worker->mover;
    const size_t n = mover->box->n_kinds + 1;
    const int32_t less = least_room(worker, move->more, move->n_more, cell);
    const int32_t more = less == FIXED ? FIXED : least_room(worker, move->less, move->n_less, cell);

    if (more == FIXED || !mover->shapes.is_kept[(mover->shapes.of_cell[cell] * n + move->kind) * n + move->other])
        return (struct reach){0, 0};
    return (struct reach){more, less};
}

/* How many times a cell may make the move (sign 1), or the opposite (-1). */
static int32_t reach_of(struct worker *worker, const struct move *move, size_t cell, int sign)
{
    struct reach *const reach = &worker->reaches[cell];

    if (reach->more < 0) {
        *reach = find_reach(worker, move, cell);
        worker->known[worker->n_known++] = cell;
    }
    return sign > 0 ? reach->more : reach->less;
}

void box_forget_reaches(struct worker *worker)
{
    for (size_t k = 0; k < worker->n_known; k++)
        worker->reaches[worker->known[k]].more = -1;
    worker->n_known = 0;
}

static int side_of(size_t line)
{
    return line == 0 ? -1 : 1;
}

/* How many times more a cell can make the move (sign 1) or the opposite, after what this search has moved already. */
static int32_t left_of(struct worker *worker, const struct move *move, size_t cell, int sign)
{
    return reach_of(worker, move, cell, sign) - sign * worker->moved[cell];
}

static void move_cell(struct worker *worker, size_t cell, int32_t by)
{
    if (!worker->is_touched[cell])
        worker->touched[worker->n_touched++] = cell;
    worker->is_touched[cell] = true;
    worker->moved[cell] += by;
}

/* A search for ways from the row of a target to its column: from a row by what a cell gives, from a column by what one takes. */
struct ways {
    const struct move *move;
    size_t p0, q0;
    int sign;     /* of the target's lines */
    size_t start; /* the row that is looked at first */
};

static int32_t gives(struct worker *worker, const struct ways *ways, size_t p, size_t q)
{
    return left_of(worker, ways->move, p * worker->mover->box->width + q, -ways->sign * side_of(p) * side_of(q));
}

static int32_t takes(struct worker *worker, const struct ways *ways, size_t p, size_t q)
{
    return left_of(worker, ways->move, p * worker->mover->box->width + q, ways->sign * side_of(p) * side_of(q));
}

/* The row that ends a way, or SIZE_MAX; came_by: the column before each row, the row before each column. */
static size_t find_way(struct worker *worker, const struct ways *ways)
{
    const struct count_box *const box = worker->mover->box;
    size_t n = 0;

    for (size_t p = 0; p < box->height; p++)
        worker->column_before[p] = SIZE_MAX;
    for (size_t q = 0; q < box->width; q++)
        worker->row_before[q] = SIZE_MAX;
    worker->rows[n++] = ways->p0;
    for (size_t at = 0; at < n; at++) {
        const size_t p = worker->rows[at];

        for (size_t q = 0; q < box->width; q++) {
            if (q == ways->q0 || worker->row_before[q] != SIZE_MAX || gives(worker, ways, p, q) <= 0)
                continue;
            worker->row_before[q] = p;
            for (size_t k = 0; k < box->height; k++) {
                const size_t next = ways->start + k < box->height ? ways->start + k : ways->start + k - box->height;

                if (next == ways->p0 || worker->column_before[next] != SIZE_MAX)
                    continue;
                worker->n_looks++;
                if (takes(worker, ways, next, q) <= 0)
                    continue;
                worker->column_before[next] = q;
                worker->rows[n++] = next;
                if (gives(worker, ways, next, ways->q0) > 0)
                    return next;
            }
        }
        if (worker->n_looks > LOOKS_MAX)
            return SIZE_MAX;
    }
    return SIZE_MAX;
}

/* Carries as much as the way does; how much. */
static int32_t follow_way(struct worker *worker, const struct ways *ways, size_t last, int32_t want)
{
    const size_t width = worker->mover->box->width;
    int32_t amount = want, room = gives(worker, ways, last, ways->q0);

    amount = room < amount ? room : amount;
    for (size_t p = last; p != ways->p0; p = worker->row_before[worker->column_before[p]]) {
        const size_t q = worker->column_before[p];

        room = takes(worker, ways, p, q);
        amount = room < amount ? room : amount;
        room = gives(worker, ways, worker->row_before[q], q);
        amount = room < amount ? room : amount;
    }
    move_cell(worker, last * width + ways->q0, -ways->sign * side_of(last) * side_of(ways->q0) * amount);
    for (size_t p = last; p != ways->p0; p = worker->row_before[worker->column_before[p]]) {
        const size_t q = worker->column_before[p], before = worker->row_before[q];

        move_cell(worker, p * width + q, ways->sign * side_of(p) * side_of(q) * amount);
        move_cell(worker, before * width + q, -ways->sign * side_of(before) * side_of(q) * amount);
    }
    return amount;
}

/* How many times, up to `want`, the move can be made in a cell: way by way, as a flow is augmented (Ford and Fulkerson). */
int32_t box_make_way(struct worker *worker, const struct move *move, size_t cell, int32_t want)
{
    const struct count_box *const box = worker->mover->box;
    struct ways ways = {move, cell / box->width, cell % box->width, side_of(cell / box->width) * side_of(cell % box->width), 0};
    int32_t done = 0;
    size_t last;

    if (reach_of(worker, move, cell, 1) < want)
        want = reach_of(worker, move, cell, 1);
    worker->n_looks = 0;
    size_t *const looks = &worker->looks[worker->by_column ? ways.q0 : ways.p0];
    while (done < want && *looks < LINE_LOOKS_MAX && (last = find_way(worker, &ways)) != SIZE_MAX) {
        done += follow_way(worker, &ways, last, want - done);
        ways.start = last;
    }
    *looks += worker->n_looks;
    return done;
}
