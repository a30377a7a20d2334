/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * design_gram_add.h - adding rows to a Gram matrix over coded factors, the innermost loop of the regressions.
 *
 * Units of one kind are taken together.  The products of a row with all numeric columns stand side by side, so that they
 * go to the cells of a factor as vectors; products become whole numbers four at a time, by an addition that rounds as
 * llrint does.  The sums are whole numbers: nothing of this can change a bit.
 */
#ifndef STATS_DESIGN_GRAM_ADD_H
#define STATS_DESIGN_GRAM_ADD_H

#include "stats/design_gram.h"

struct gram_room;

/** Workspace for sums over a layout; NULL when memory is short. */
struct gram_room *gram_room_alloc(const struct gram_layout *layout);
void gram_room_free(struct gram_room *room); /* NULL is fine */

#endif
