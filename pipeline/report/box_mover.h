/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * box_mover.h - inside displacement_box: a box of counts, and what the relations say of how counts in it may move.
 *
 *     tied      a count that is never moved: stiff, twice in the box, or of a relation that is neither within one cell nor of one
 *               slot along a whole row or column
 *     shape     the relations within a cell; cells that have the same ones share it.  A shape keeps a pair of kinds when people
 *               of the one in place of the other change no relation of it: both add as much to each
 *     room      how far a count may fall from its true value before it is less than a reader knows it to be
 *
 * The first two hold as long as the relations do; rooms are looked up again before each search, when more may be hidden.
 */
#ifndef REPORT_BOX_MOVER_H
#define REPORT_BOX_MOVER_H

#include "report/displacement_graph.h"

/** Of boxes with at most 64 slots a word. */
enum { SLOT_WORDS = 8 };

/** Rooms: nothing is counted there; and: the count may not be moved. */
enum { BOUNDLESS = INT32_MAX / 4, FIXED = -1 };

#define NOWHERE UINT32_MAX

/** Where a count lies. */
struct place {
    uint32_t slot, cell;
};

/** Which relations there are within the cells; shape 0: none. */
struct shapes {
    size_t n;
    size_t *of_cell; /* [n_cells] */
    bool *is_kept;   /* [n * (n_kinds + 1) * (n_kinds + 1)] are they kept when people of one kind take the place of another? */
};

struct box_mover {
    const struct displacement_graph *graph;
    const struct count_box *box;
    struct place *places; /* [n_counts] slot NOWHERE: not in the box */
    bool *is_tied;        /* [n_counts] never moved */
    bool *is_within;      /* [n_relations] of counts of one cell */
    struct shapes shapes;
    int32_t *rooms;       /* [n_slots * n_cells] how far a count may fall; FIXED: it may not be moved */
    double *low, *high;   /* of the caller */
    struct box_mover *next;
};

static inline size_t box_count_at(const struct count_box *box, size_t slot, size_t cell)
{
    return box->counts[slot * count_box_cells(box) + cell];
}

/** Makes the rest of a mover (of base/memory.h) whose graph and box are set.  -1 after telling; free in any case. */
int box_mover_make(struct box_mover *mover);
void box_mover_free(struct box_mover *mover);

/** Looks again at which counts are unknown, and how far each may fall. */
void box_mover_find_rooms(const struct box_mover *mover);

/** Is a table still sought for this count, by low and high of the mover?  None is for NOBODY and NOT_COUNTED. */
bool box_is_open(const struct box_mover *mover, size_t count);

#endif
