/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All of it, row by row: what the relations say is in box_mover.h, how counts move in box_moves.h. */
#include "report/displacement_box.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/threads.h"
#include "report/box_moves.h"
#include "report/box_open.h"

/* Counts for which a row and a column are raised together. */
enum { LAST_MAX = 3000 };

int box_movers_alloc(const struct displacement_graph *graph, struct box_mover **movers)
{
    *movers = NULL;
    for (const struct count_box *box = graph->system->boxes; box != NULL; box = box->next) {
        if (box->n_slots > 64 * SLOT_WORDS)
            continue;
        struct box_mover *const mover = allocate(1, sizeof *mover);

        if (mover == NULL)
            return -1;
        *mover = (struct box_mover){.graph = graph, .box = box, .next = *movers};
        *movers = mover;
        if (box_mover_make(mover) != 0)
            return -1;
    }
    return 0;
}

void box_movers_free(struct box_mover *movers)
{
    while (movers != NULL) {
        struct box_mover *const next = movers->next;

        box_mover_free(movers);
        movers = next;
    }
}

bool box_movers_own(const struct box_mover *movers, size_t count)
{
    for (; movers != NULL; movers = movers->next)
        if (movers->box->n_kinds > 2 && movers->places[count].slot != NOWHERE)
            return true;
    return false;
}

/* Runs of so many rows, or columns. */
struct parts {
    const struct box_mover *mover;
    size_t size;
};

/* Somebody less of each kind, and somebody more, where that is sought in these rows. */
static void add_people(struct worker *worker, size_t from, size_t until)
{
    const struct count_box *const box = worker->mover->box;
    const size_t n = box_find_open(worker, from, until);
    uint64_t bits[SLOT_WORDS];

    for (size_t kind = 0; kind < box->n_kinds; kind++) {
        box_kind_bits(box, kind, bits);
        for (int turn = 0; turn < 2; turn++) {
            const struct move move = turn == 0 ? box_move_of(worker, box->n_kinds, kind) : box_move_of(worker, kind, box->n_kinds);

            for (size_t k = 0; k < n; k++) {
                struct open_cell *const open = &worker->open[k];

                if (box_is_sought(open, bits) && box_try_move(worker, &move, open->cell, box_farthest(worker, &move, open->cell), false) > 0)
                    box_find_sought(worker->mover, open);
            }
            box_forget_reaches(worker);
        }
    }
}

/* People of one kind in place of another, for what is still open in these rows. */
static void change_people(struct worker *worker, size_t from, size_t until)
{
    const struct count_box *const box = worker->mover->box;
    const size_t n = box_find_open(worker, from, until);

    for (size_t kind = 0; n > 0 && kind < box->n_kinds; kind++)
        for (size_t other = 0; other < box->n_kinds; other++) {
            uint64_t bits[2][SLOT_WORDS];
            struct move move = {.n_more = 0};

            box_kind_bits(box, kind, bits[0]);
            box_kind_bits(box, other, bits[1]);
            for (size_t k = 0; k < n && other != kind; k++) {
                if (!box_is_worth_trying(&worker->open[k], bits[0], bits[1]))
                    continue;
                if (move.n_more + move.n_less == 0)
                    move = box_move_of(worker, kind, other);
                box_try_move(worker, &move, worker->open[k].cell, box_farthest(worker, &move, worker->open[k].cell), false);
            }
            box_forget_reaches(worker);
        }
}

/* Of these parts of a line those in which a slot is open. */
struct line {
    size_t total, first, step, n;
};

static bool is_open_in(const struct worker *worker, const struct line *line, size_t slot)
{
    for (size_t k = 0; k < line->n; k++)
        if (box_is_open(worker->mover, box_count_at(worker->mover->box, slot, line->first + k * line->step)))
            return true;
    return false;
}

/* One more of each kind that a slot counts, wherever it is open in a line. */
static void add_to_line(struct worker *worker, const struct line *line, size_t slot)
{
    const struct box_mover *const mover = worker->mover;

    box_forget_reaches(worker);
    for (size_t kind = 0; kind < mover->box->n_kinds; kind++) {
        const struct move move = box_move_of(worker, kind, mover->box->n_kinds);

        if (!box_has_slot(mover->box, kind, slot))
            continue;
        for (size_t k = 0; k < line->n; k++) {
            const size_t cell = line->first + k * line->step;

            if (box_is_open(mover, box_count_at(mover->box, slot, cell)))
                box_try_move(worker, &move, cell, box_farthest(worker, &move, cell), false);
        }
        box_forget_reaches(worker);
    }
}

/* As many more of one kind as can be, in place of all others that can go: from where each has come to.  Are there any? */
static bool heap_up(struct worker *worker, const struct open_cell *at, size_t kind, size_t slot)
{
    const struct box_mover *const mover = worker->mover;
    const struct count_box *const box = mover->box;
    int32_t want = 2 * (int32_t)mover->graph->system->threshold;
    uint64_t bits[2][SLOT_WORDS];

    box_kind_bits(box, kind, bits[0]);
    for (size_t other = 0; want > 0 && other < box->n_kinds; other++) {
        box_kind_bits(box, other, bits[1]);
        if (box_has_slot(box, other, slot) || !box_is_worth_trying(at, bits[0], bits[1]))
            continue;
        const struct move move = box_move_of(worker, kind, other);
        box_forget_reaches(worker);
        want -= box_try_move(worker, &move, at->cell, want, true);
    }
    box_forget_reaches(worker);
    return worker->n_changed > 0;
}

/*
 * The parts of a line reach no further than its total, which few may make: first it is raised, by people of one kind in place
 * of others, and from there the parts are.
 */
static void raise_total(struct worker *worker, const struct line *line)
{
    const struct box_mover *const mover = worker->mover;
    const struct count_box *const box = mover->box;
    struct open_cell total = {.cell = line->total};

    box_find_movable(mover, line->total, total.movable);
    for (size_t slot = 0; slot < box->n_slots; slot++) {
        if (box_count_at(box, slot, line->total) == NOT_COUNTED || mover->rooms[slot * count_box_cells(box) + line->total] == FIXED)
            continue;
        for (size_t w = 0; w < SLOT_WORDS; w++)
            total.sought[w] = 0;
        box_mark(total.sought, slot);
        for (size_t kind = 0; kind < box->n_kinds; kind++) {
            if (!box_has_slot(box, kind, slot) || !(box_is_open(mover, box_count_at(box, slot, line->total)) || is_open_in(worker, line, slot)))
                continue;
            if (heap_up(worker, &total, kind, slot))
                add_to_line(worker, line, slot);
            box_start_anew(worker);
        }
    }
}

static int move_rows(void *context, size_t part)
{
    const struct parts *const parts = context;
    const struct count_box *const box = parts->mover->box;
    const size_t from = part * parts->size, end = from + parts->size, until = end < box->height ? end : box->height;
    struct worker worker;
    int status = box_worker_alloc(&worker, parts->mover);

    if (status == 0) {
        add_people(&worker, from, until);
        change_people(&worker, from, until);
        for (size_t p = from > 0 ? from : 1; p < until; p++)
            raise_total(&worker, &(struct line){p * box->width, p * box->width + 1, 1, box->width - 1});
    }
    box_worker_free(&worker);
    return status;
}

static int move_columns(void *context, size_t part)
{
    const struct parts *const parts = context;
    const struct count_box *const box = parts->mover->box;
    const size_t from = part * parts->size, end = from + parts->size, until = end < box->width ? end : box->width;
    struct worker worker;
    int status = box_worker_alloc(&worker, parts->mover);

    worker.by_column = true;
    for (size_t q = from > 0 ? from : 1; status == 0 && q < until; q++)
        raise_total(&worker, &(struct line){q, box->width + q, box->width, box->height - 1});
    box_worker_free(&worker);
    return status;
}

/* Of a cell whose row and column are both too poor: both totals are raised, then it is. */
static void raise_both(struct worker *worker, size_t cell, size_t slot)
{
    const struct box_mover *const mover = worker->mover;
    const struct count_box *const box = mover->box;
    const size_t totals[] = {cell - cell % box->width, cell % box->width};

    for (size_t kind = 0; kind < box->n_kinds && box_is_open(mover, box_count_at(box, slot, cell)); kind++) {
        if (!box_has_slot(box, kind, slot))
            continue;
        for (size_t k = 0; k < 2; k++) {
            struct open_cell total = {.cell = totals[k]};

            box_find_movable(mover, totals[k], total.movable);
            box_mark(total.sought, slot);
            heap_up(worker, &total, kind, slot);
        }
        const struct move move = box_move_of(worker, kind, box->n_kinds);
        box_try_move(worker, &move, cell, box_farthest(worker, &move, cell), false);
        box_start_anew(worker);
    }
}

static int move_last(const struct box_mover *mover)
{
    const struct count_box *const box = mover->box;
    struct worker worker;
    int status = box_worker_alloc(&worker, mover), n = 0;

    for (size_t at = 0; status == 0 && n < LAST_MAX && at < box->n_slots * count_box_cells(box); at++) {
        const size_t cell = at % count_box_cells(box);

        if (cell < box->width || cell % box->width == 0 || !box_is_open(mover, box->counts[at]))
            continue;
        raise_both(&worker, cell, at / count_box_cells(box));
        n++;
    }
    box_worker_free(&worker);
    return status;
}

/* Side by side: in each line counts are changed by nobody else. */
static int run_parts(const struct box_mover *mover, size_t n_lines, int n_threads, int (*work)(void *context, size_t part))
{
    const size_t n_parts = n_threads < 2 ? 1 : 2 * (size_t)n_threads;
    struct parts parts = {mover, (n_lines + n_parts - 1) / n_parts};

    return threads_run((n_lines + parts.size - 1) / parts.size, n_threads, work, &parts);
}

int box_movers_run(struct box_mover *movers, double *low, double *high, int n_threads)
{
    int status = 0;

    for (struct box_mover *mover = movers; mover != NULL && status == 0; mover = mover->next) {
        mover->low = low;
        mover->high = high;
        box_mover_find_rooms(mover);
        status = run_parts(mover, mover->box->height, n_threads, move_rows);
        if (status == 0)
            status = run_parts(mover, mover->box->width, n_threads, move_columns);
        if (status == 0)
            status = move_last(mover);
    }
    return status;
}
