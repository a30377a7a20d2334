/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_gather.h - rows of a Cox model that lie in several places (cox_rows.reducer) brought together in each of them.
 *
 * For what cannot be added up by parts of the rows: the likelihood of exact ties grows row by row (cox_exact.h), and other sums of it
 * round otherwise.  It costs d p^2 for each row, which many rows do not allow, so that to have all of them everywhere is the least of it.
 */
#ifndef STATS_COX_GATHER_H
#define STATS_COX_GATHER_H

#include "stats/cox_data.h"

struct cox_gathered {
    struct cox_rows rows;          /* those of the first place first; their workers are the places, and they have no reducer */
    struct design_matrix design;   /* of rows */
    struct design_block *block;
    void **columns;                /* [n_columns] freed with them */
    size_t n_columns;
};

/**
 * rows       with a reducer; which of its arrays are NULL is the same in all places, and so is the design but for its rows
 * all        output; to be cleared in any case.  What belongs to no row (columns of levels) stays the caller's
 *
 * GSL_ENOMEM, in all places alike.  Sent: the rows.
 */
int cox_gather(const struct cox_rows *rows, struct cox_gathered *all);
void cox_gathered_clear(struct cox_gathered *all);

#endif
