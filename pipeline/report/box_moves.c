/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/box_moves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/box_open.h"

void box_worker_free(struct worker *worker)
{
    free(worker->more);
    free(worker->less);
    free(worker->reaches);
    free(worker->known);
    free(worker->open);
    free(worker->moved);
    free(worker->touched);
    free(worker->is_touched);
    free(worker->rows);
    free(worker->looks);
    free(worker->column_before);
    free(worker->row_before);
    free(worker->rooms);
    free(worker->changed);
    free(worker->is_changed);
}

int box_worker_alloc(struct worker *worker, const struct box_mover *mover)
{
    const struct count_box *const box = mover->box;
    const size_t n_cells = count_box_cells(box);

    *worker = (struct worker){.mover = mover};
    if ((worker->more = allocate(box->n_slots + 1, sizeof *worker->more)) == NULL ||
        (worker->less = allocate(box->n_slots + 1, sizeof *worker->less)) == NULL ||
        (worker->reaches = allocate(n_cells, sizeof *worker->reaches)) == NULL ||
        (worker->known = allocate(n_cells, sizeof *worker->known)) == NULL ||
        (worker->open = allocate(n_cells, sizeof *worker->open)) == NULL ||
        (worker->moved = allocate(n_cells, sizeof *worker->moved)) == NULL ||
        (worker->touched = allocate(n_cells, sizeof *worker->touched)) == NULL ||
        (worker->is_touched = allocate(n_cells, sizeof *worker->is_touched)) == NULL ||
        (worker->looks = allocate(box->height + box->width, sizeof *worker->looks)) == NULL ||
        (worker->rows = allocate(box->height, sizeof *worker->rows)) == NULL ||
        (worker->column_before = allocate(box->height, sizeof *worker->column_before)) == NULL ||
        (worker->row_before = allocate(box->width, sizeof *worker->row_before)) == NULL ||
        (worker->is_changed = allocate(n_cells, sizeof *worker->is_changed)) == NULL ||
        (worker->changed = allocate(n_cells, sizeof *worker->changed)) == NULL ||
        (worker->rooms = allocate(box->n_slots * n_cells, sizeof *worker->rooms)) == NULL)
        return -1;
    memcpy(worker->rooms, mover->rooms, box->n_slots * n_cells * sizeof *worker->rooms);
    for (size_t cell = 0; cell < n_cells; cell++)
        worker->reaches[cell].more = -1;
    return 0;
}

/* How many are in a slot of a cell in the table that moves start at. */
static int64_t value_now(const struct worker *worker, size_t slot, size_t cell)
{
    const struct box_mover *const mover = worker->mover;
    const size_t at = slot * count_box_cells(mover->box) + cell;

    return mover->graph->system->counts[mover->box->counts[at]].value + worker->rooms[at] - mover->rooms[at];
}

/* How far an open count must go up, or down (sign -1), from where it is; 0 and less: that does not help. */
static int32_t distance(const struct worker *worker, size_t slot, size_t cell, int sign)
{
    const struct box_mover *const mover = worker->mover;
    const size_t count = box_count_at(mover->box, slot, cell);
    const double threshold = (double)mover->graph->system->threshold, value = (double)value_now(worker, slot, cell);

    if (sign > 0)
        return (int32_t)(fmax(threshold, mover->low[count] + threshold) - value);
    return (int32_t)fmin(value, value - (mover->high[count] - threshold));
}

/* The largest distance of the open counts that a move changes in a cell; 0: there is none. */
int32_t box_farthest(const struct worker *worker, const struct move *move, size_t cell)
{
    const struct box_mover *const mover = worker->mover;
    int32_t most = 0;

    for (size_t k = 0; k < move->n_more + move->n_less; k++) {
        const bool is_more = k < move->n_more;
        const size_t slot = is_more ? move->more[k] : move->less[k - move->n_more];

        if (box_is_open(mover, box_count_at(mover->box, slot, cell)) && distance(worker, slot, cell, is_more ? 1 : -1) > most)
            most = distance(worker, slot, cell, is_more ? 1 : -1);
    }
    return most;
}

/* What has been reached by a move is seen. */
static void widen(const struct worker *worker, const struct move *move, size_t cell, int32_t by)
{
    const struct box_mover *const mover = worker->mover;

    for (size_t k = 0; k < move->n_more + move->n_less; k++) {
        const bool is_more = k < move->n_more;
        const size_t slot = is_more ? move->more[k] : move->less[k - move->n_more], count = box_count_at(mover->box, slot, cell);

        if (count == NOT_COUNTED)
            continue;
        const double value = (double)(value_now(worker, slot, cell) + (is_more ? by : -by));
        mover->high[count] = fmax(mover->high[count], value);
        mover->low[count] = fmin(mover->low[count], value);
    }
}

/* What was moved is taken back; `move` not NULL: it stays, and further moves start from there. */
static void end_way(struct worker *worker, const struct move *move)
{
    const size_t n_cells = count_box_cells(worker->mover->box);

    while (worker->n_touched > 0) {
        const size_t cell = worker->touched[--worker->n_touched];

        for (size_t k = 0; move != NULL && k < move->n_more + move->n_less; k++) {
            const bool is_more = k < move->n_more;
            int32_t *const room = &worker->rooms[(is_more ? move->more[k] : move->less[k - move->n_more]) * n_cells + cell];

            if (*room != BOUNDLESS)
                *room += is_more ? worker->moved[cell] : -worker->moved[cell];
        }
        if (move != NULL && !worker->is_changed[cell])
            worker->changed[worker->n_changed++] = cell;
        if (move != NULL)
            worker->is_changed[cell] = true;
        worker->moved[cell] = 0;
        worker->is_touched[cell] = false;
    }
}

void box_start_anew(struct worker *worker)
{
    const size_t n_cells = count_box_cells(worker->mover->box);

    while (worker->n_changed > 0) {
        const size_t cell = worker->changed[--worker->n_changed];

        worker->is_changed[cell] = false;
        for (size_t slot = 0; slot < worker->mover->box->n_slots; slot++)
            worker->rooms[slot * n_cells + cell] = worker->mover->rooms[slot * n_cells + cell];
    }
    box_forget_reaches(worker);
}

int32_t box_try_move(struct worker *worker, const struct move *move, size_t cell, int32_t want, bool stays)
{
    const int32_t done = want > 0 ? box_make_way(worker, move, cell, want) : 0;

    if (done > 0)
        widen(worker, move, cell, done);
    end_way(worker, stays ? move : NULL);
    return done;
}

/* Slots of one kind that are not those of the other; both rise.  NO kind: n_kinds. */
static size_t without(const struct count_box *box, size_t kind, size_t other, size_t *out)
{
    const size_t end = kind < box->n_kinds ? box->first[kind + 1] : 0, end_other = other < box->n_kinds ? box->first[other + 1] : 0;
    size_t k = other < box->n_kinds ? box->first[other] : 0, n = 0;

    for (size_t i = kind < box->n_kinds ? box->first[kind] : 0; i < end; i++) {
        while (k < end_other && box->slots[k] < box->slots[i])
            k++;
        if (k == end_other || box->slots[k] != box->slots[i])
            out[n++] = box->slots[i];
    }
    return n;
}

struct move box_move_of(struct worker *worker, size_t kind, size_t other)
{
    const struct count_box *const box = worker->mover->box;
    const size_t n_more = without(box, kind, other, worker->more), n_less = without(box, other, kind, worker->less);

    return (struct move){kind, other, n_more, n_less, worker->more, worker->less};
}
