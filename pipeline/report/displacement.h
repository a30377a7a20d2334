/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * displacement.h - tables that a reader cannot tell from the true one, found without a linear programme.
 *
 * A displacement d of the counts is a proof that a count may be d larger (or smaller) than it is:
 *
 *     sum of coefficient * d = 0                 in every relation
 *     low <= value + d <= high                   for every count; d = 0 where it is known
 *
 * One is sought as a flow is augmented (displacement_path.h): a count is pushed, and what its relations miss then is made good
 * along paths.  In a two-way table that is the method of Ford and Fulkerson, and finds a displacement whenever there is one;
 * elsewhere it may find none where there is one, and that proves nothing.  The next push goes on from the table that was
 * found last, so that what one push has heaped up serves the next.
 *
 * Whole numbers throughout: every push is checked against bounds and relations before it counts, and displacer_check adds up
 * all of the last table again, term by term.
 */
#ifndef REPORT_DISPLACEMENT_H
#define REPORT_DISPLACEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/count_system.h"

struct displacer;
struct pusher;

/**
 * Of a system whose relations stay as they are.  low, high: [n_counts] values that were seen to fit; every table that is found
 * widens them.  NULL after telling.
 */
struct displacer *displacer_alloc(const struct count_system *system, double *low, double *high);
void displacer_free(struct displacer *displacer); /* NULL is fine */

/** Looks again at which counts are unknown, after some were hidden.  None may be known that was unknown before. */
void displacer_refresh(struct displacer *displacer);

/**
 * Pushes counts.  Several of one displacer may work at once on counts of different parts: those that no relation of unknown counts
 * ties together.  What one finds depends on its own pushes alone.  NULL after telling.
 */
struct pusher *pusher_alloc(struct displacer *displacer);
void pusher_free(struct pusher *pusher); /* NULL is fine */

/** So many looks at counts may all searches together take from here on: some 10 ns each. */
void pusher_allow(struct pusher *pusher, size_t looks);

/** Seeks a table in which a count is `goal`.  False: none was found; low and high tell how far it went. */
bool pusher_reach(struct pusher *pusher, size_t count, int64_t goal);

/** Adds up all relations of the last table, and looks at all bounds.  -1 after telling. */
int displacer_check(const struct displacer *displacer);

#endif
