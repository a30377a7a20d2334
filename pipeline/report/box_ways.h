/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * box_ways.h - inside displacement_box: ways by which the rows and columns of a box add up again after a move in one cell.
 *
 * A move is made in a cell (p0, q0) so many times.  Its row then needs cells that make the opposite, each of which needs others of
 * its column that make the move, and so on, until one lies in column q0: a way.  Each cell carries as much as its rooms allow, and
 * ways are sought until as much is carried as is wanted, as a flow is augmented.
 *
 *     reach     how many times a cell may make the move, or the opposite; looked up when it is first asked for
 *     moved     what the ways of this search have carried through a cell (box_moves.h ends the search)
 *
 * The search is given up after so many looks, of one target and of all targets of a row, or of a column: what is found depends on
 * no clock and on no other line.
 */
#ifndef REPORT_BOX_WAYS_H
#define REPORT_BOX_WAYS_H

#include "report/box_mover.h"

struct open_cell; /* box_open.h */

/** One kind takes the place of another one, or of nobody: the slots in which they differ. */
struct move {
    size_t kind, other; /* n_kinds: nobody */
    size_t n_more, n_less;
    const size_t *more, *less; /* [n_slots] */
};

/** How many times a cell may make a move, and how many times the opposite. */
struct reach {
    int32_t more, less; /* -1: not looked up yet */
};

/** What one thread works with (box_moves.h makes it). */
struct worker {
    const struct box_mover *mover;
    size_t *more, *less;   /* [n_slots] of its move */
    struct reach *reaches; /* [n_cells] of its move */
    size_t *known;         /* [n_cells] those that were looked up */
    size_t n_known;
    struct open_cell *open; /* [n_cells] */
    int32_t *moved;        /* [n_cells] */
    bool *is_touched;      /* [n_cells] */
    size_t *touched;       /* [n_cells] those that moved */
    size_t n_touched, n_looks;
    size_t *looks;         /* [height, or width] for all targets of a row, or of a column */
    bool by_column;
    size_t *rows, *column_before, *row_before; /* [height], [height], [width] */
    int32_t *rooms;        /* [n_slots * n_cells] those of the mover, but for what was moved for good */
    bool *is_changed;      /* [n_cells] */
    size_t *changed;       /* [n_cells] where that is */
    size_t n_changed;
};

/** How many times, up to `want`, the move can be made in a cell; what that moves is then in `moved` and `touched`. */
int32_t box_make_way(struct worker *worker, const struct move *move, size_t cell, int32_t want);

/** Before another move, and whenever rooms have changed. */
void box_forget_reaches(struct worker *worker);

#endif
