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

/** Can the count be the threshold or more?  more: so many lines and columns by chance, and some ten times as many in which there are people.
 *  Others that are so large at the same point are remembered.  false: it is nowhere in a grid, or no point was found. */
bool witness_find(struct witness *witness, size_t count, size_t more);

#endif
