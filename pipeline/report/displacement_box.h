/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * displacement_box.h - tables that a reader cannot tell from the true one, by thinking people of a box elsewhere.
 *
 * In a box (count_box.h) a person of one kind is put into a cell, or takes the place of one of another kind there.  In the row
 * and in the column others do the opposite, and where their own column and row meet it is done once more:
 *
 *              q0    q                     four corners, or many of them that share the first: so many people as its counts
 *        p0    +     -                     must be able to rise, one from here and one from there
 *        p     -     +                     (a total stands on the other side: its sign is the opposite)
 *
 * Then all rows and columns add up as before.  A move is made only where in each of its cells all counts that differ are
 * unknown, stay at least as large as a reader knows them to be, and keep the relations within the cell; a count that
 * stands in any other relation than one within its cell, or of its slot along a whole row or column, is not moved at all.  All that is
 * looked up in the relations themselves; the box only says where to look.  Every move starts at the true table.
 *
 * What is found proves; what is not found proves nothing.
 */
#ifndef REPORT_DISPLACEMENT_BOX_H
#define REPORT_DISPLACEMENT_BOX_H

#include "report/displacement_graph.h"

struct box_mover;

/** One for each box of the system, whose relations stay as they are; graph: of it.  NULL without a box.  -1 after telling; free in any case. */
int box_movers_alloc(const struct displacement_graph *graph, struct box_mover **movers);
void box_movers_free(struct box_mover *movers); /* NULL is fine */

/**
 * Seeks tables for all counts that are hidden, or small and unknown, and not safe yet (count_range_is_safe).  low, high: [n_counts] values
 * that were seen to fit, which are widened.  Any number of threads finds the same.  -1 after telling.
 */
int box_movers_run(struct box_mover *movers, double *low, double *high, int n_threads);

/** Is it a count of a box with more kinds than two: so many relations hold in each cell that paths (displacement.h) find nothing? */
bool box_movers_own(const struct box_mover *movers, size_t count);

#endif
