/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * count_box.h - counts that lie in a box: several in each cell of a grid, and kinds of people who are counted in them.
 *
 * The grid has rows and columns, of each the first is the total of the others.  A slot is one count in every cell ("with the event
 * by day 30").  A kind says which slots one more person of it adds one to ("in sight all the time, with the event between day 14
 * and 30": known on all days, without the event by day 7 and 14, with it by 30 and 90, and among those between).  Where each slot
 * adds up over rows and columns a person of some kind may be thought elsewhere, another one there in return, and nobody sees it:
 * that is how displacement_box.h finds tables that fit.
 *
 * A box says nothing that relations do not say: it is a hint where to look.
 */
#ifndef REPORT_COUNT_BOX_H
#define REPORT_COUNT_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** In place of a count: nobody of this slot is there, and who reads may know it; and: here the slot counts nothing. */
#define NOBODY SIZE_MAX
#define NOT_COUNTED (SIZE_MAX - 1)

struct count_box {
    size_t height, width; /* with their totals, which come first */
    size_t n_slots, n_kinds, n_terms;
    size_t *counts;       /* [n_slots * height * width] counts of the system, NOBODY or NOT_COUNTED */
    size_t *first;        /* [n_kinds + 1] of the slots of a kind */
    size_t *slots;        /* [n_terms] kind by kind, in rising order */
    size_t slots_capacity, kinds_capacity, terms_capacity;
    struct count_box *next;
};

/** NULL after telling. */
struct count_box *count_box_alloc(size_t height, size_t width);
void count_box_free(struct count_box *box); /* and those behind it; NULL is fine */

static inline size_t count_box_cells(const struct count_box *box)
{
    return box->height * box->width;
}

/** The counts of a new slot, one a cell, all NOT_COUNTED: valid until the next one is added.  NULL after telling. */
size_t *count_box_slot(struct count_box *box);

/** A new kind, of these slots in any order.  -1 after telling. */
int count_box_kind(struct count_box *box, const size_t *slots, size_t n);

#endif
