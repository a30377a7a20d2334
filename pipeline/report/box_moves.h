/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * box_moves.h - inside displacement_box: moves of people, and what they let a reader think possible.
 *
 * A worker starts at the true table.  What a move reaches widens low and high of the counts that it changes in its target; then it
 * is taken back, or stays: further moves start from there until the worker starts anew.
 */
#ifndef REPORT_BOX_MOVES_H
#define REPORT_BOX_MOVES_H

#include "report/box_ways.h"

/** At the true table, with the rooms of the mover as they are.  -1 after telling; free in any case. */
int box_worker_alloc(struct worker *worker, const struct box_mover *mover);
void box_worker_free(struct worker *worker);

/** People of one kind in place of another; n_kinds: nobody.  Valid until the next one. */
struct move box_move_of(struct worker *worker, size_t kind, size_t other);

/** How many times a move must be made in a cell, so that each open count that it changes there becomes safe; 0: none is open. */
int32_t box_farthest(const struct worker *worker, const struct move *move, size_t cell);

/** Makes a move in a cell up to `want` times; how many times.  stays: it is not taken back. */
int32_t box_try_move(struct worker *worker, const struct move *move, size_t cell, int32_t want, bool stays);

/** Back to the true table. */
void box_start_anew(struct worker *worker);

#endif
