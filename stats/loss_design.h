/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * loss_design.h - the columns of a regression of losses, each factor beside a level of which somebody is lost.
 *
 * A level of which nobody is lost has no hazard: its coefficient falls for ever, and that can be used.  Were it the level of reference, all
 * others would rise for ever instead, of which nothing can be known.  The model is the same, whichever level has no column.
 */
#ifndef STATS_LOSS_DESIGN_H
#define STATS_LOSS_DESIGN_H

#include "stats/design_matrix.h"

struct loss_design {
    struct design_matrix matrix; /* rows are those of the design it is made of, which must live as long */
    struct design_block *block;
    int32_t *column; /* maps of all blocks, one after the other */
};

/**
 * Where nobody of the level of reference is lost, it gets the column of the first level of which somebody is; else the columns are those of
 * `of`.  Factors alone are looked at: codes without a value, of which one level has no column.
 *
 * lost     [n] people of a row who are lost, whole numbers
 * reducer  the rows lie in several places (reducer.h); NULL: these are all
 *
 * GSL_SUCCESS or GSL_ENOMEM.  Collective.  O(n * blocks); one message of as many numbers as there are levels.
 */
int loss_design_alloc(const struct design_matrix *of, const int64_t *lost, const struct reducer *reducer, struct loss_design **design);
void loss_design_free(struct loss_design *design); /* NULL is fine */

#endif
