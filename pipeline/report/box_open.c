/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/box_open.h"

void box_find_movable(const struct box_mover *mover, size_t cell, uint64_t *words)
{
    for (size_t slot = 0; slot < mover->box->n_slots; slot++) {
        if (mover->rooms[slot * count_box_cells(mover->box) + cell] != FIXED)
            box_mark(words, slot);
    }
}

bool box_find_sought(const struct box_mover *mover, struct open_cell *open)
{
    bool any = false;

    for (size_t w = 0; w < SLOT_WORDS; w++)
        open->sought[w] = 0;
    for (size_t slot = 0; slot < mover->box->n_slots; slot++)
        if (box_is_open(mover, box_count_at(mover->box, slot, open->cell))) {
            box_mark(open->sought, slot);
            any = true;
        }
    return any;
}

size_t box_find_open(struct worker *worker, size_t from, size_t until)
{
    const size_t width = worker->mover->box->width;
    size_t n = 0;

    for (size_t cell = from * width; cell < until * width; cell++) {
        worker->open[n] = (struct open_cell){.cell = cell};
        if (box_find_sought(worker->mover, &worker->open[n]))
            box_find_movable(worker->mover, cell, worker->open[n++].movable);
    }
    return n;
}

static bool is_part(const uint64_t *words, const uint64_t *all)
{
    uint64_t beyond = 0;

    for (size_t w = 0; w < SLOT_WORDS; w++)
        beyond |= words[w] & ~all[w];
    return beyond == 0;
}

bool box_is_worth_trying(const struct open_cell *open, const uint64_t *kind, const uint64_t *other)
{
    uint64_t both[SLOT_WORDS], sought = 0;

    for (size_t w = 0; w < SLOT_WORDS; w++) {
        both[w] = kind[w] ^ other[w];
        sought |= both[w] & open->sought[w];
    }
    if (sought == 0 || !is_part(both, open->movable))
        return false;
    return !is_part(kind, open->movable) || !is_part(other, open->movable);
}

void box_kind_bits(const struct count_box *box, size_t kind, uint64_t *words)
{
    for (size_t w = 0; w < SLOT_WORDS; w++)
        words[w] = 0;
    for (size_t k = box->first[kind]; k < box->first[kind + 1]; k++)
        box_mark(words, box->slots[k]);
}

bool box_has_slot(const struct count_box *box, size_t kind, size_t slot)
{
    for (size_t k = box->first[kind]; k < box->first[kind + 1]; k++)
        if (box->slots[k] == slot)
            return true;
    return false;
}

bool box_is_sought(const struct open_cell *open, const uint64_t *kind)
{
    uint64_t sought = 0;

    for (size_t w = 0; w < SLOT_WORDS; w++)
        sought |= kind[w] & open->sought[w];
    return sought != 0;
}
