/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * witness.h - which counts of a grid cannot be proved small: there is a point where all equations hold and they are large.
 *
 * A dashboard of some ten thousand cells is too large to ask its whole of each.  A point is sought among some lines and columns of
 * the grid, those of the count and others by chance, the more the longer none is found (linear programmes, GLPK); all other counts are what
 * they truly are, and every equation that one of these is in is kept, so that such a point is one of the whole.  Not finding one says nothing.
 */
#ifndef TESTS_ATTACK_WITNESS_H
#define TESTS_ATTACK_WITNESS_H

#include "tests/attack/view.h"

struct witness;

struct witness *witness_alloc(const struct view *view);
/** How many programmes were solved. */
size_t witness_free(struct witness *witness);

/** Was the count the threshold or more at one of the points that were found? */
bool witness_is_large(const struct witness *witness, size_t count);

/**
 * How large can a count be, the threshold at most?  One that is in no cell is taken for one of the total of all.  more: so many lines and columns by chance, and some ten times as many in which
 * there are people; beside totals all counts that are nowhere in the grid.  WITNESS_WHOLE: everything, so that this is how large it can be.
 * NAN: that was not found out.
 */
double witness_find(struct witness *witness, size_t count, size_t more);
#define WITNESS_WHOLE SIZE_MAX

#endif
