/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * box_open.h - inside displacement_box: cells in which something is open, and which moves are worth trying there.
 *
 * Slots are bits of SLOT_WORDS words.
 */
#ifndef REPORT_BOX_OPEN_H
#define REPORT_BOX_OPEN_H

#include "report/box_ways.h"

/** A cell in which something is open: which slots may be moved, and which are sought. */
struct open_cell {
    size_t cell;
    uint64_t movable[SLOT_WORDS], sought[SLOT_WORDS];
};

static inline void box_mark(uint64_t *words, size_t slot)
{
    words[slot / 64] |= UINT64_C(1) << slot % 64;
}

/** The slots that may be moved in a cell are added to `words`. */
void box_find_movable(const struct box_mover *mover, size_t cell, uint64_t *words);

/** What is still sought there; is there anything? */
bool box_find_sought(const struct box_mover *mover, struct open_cell *open);

/** The cells of these rows in which something is open go to worker->open; how many. */
size_t box_find_open(struct worker *worker, size_t from, size_t until);

/** The slots of a kind; and: is this one of them? */
void box_kind_bits(const struct count_box *box, size_t kind, uint64_t *words);
bool box_has_slot(const struct count_box *box, size_t kind, size_t slot);

/** Is one of these slots sought there? */
bool box_is_sought(const struct open_cell *open, const uint64_t *kind);

/** Is the move possible there, does it move something that is sought, and would not each kind come and go by itself? */
bool box_is_worth_trying(const struct open_cell *open, const uint64_t *kind, const uint64_t *other);

#endif
