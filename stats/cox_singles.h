/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_singles.h - sums of squares of the scores of many rows, each by itself, from tables (cox_score.h).
 *
 *     M = sum_i U_i U_i'           U = a z + r B - e zbar,   a = e - r A,  e = w delta
 *
 * B and zbar are those of a position and of dying there, so with sums over the rows of a position alone
 *
 *     M = sum a^2 z z' + sum_t [ B (sum a r z + B sum r^2 / 2 - zbar sum r e)' + zbar (zbar sum e^2 / 2 - sum a e z)' + transposed ]
 *
 * the first is a Gram matrix, and a row adds to one cell a unit of design_gram.h in place of p^2.  All sums over rows are whole
 * numbers; positions are taken in fixed parts.
 */
#ifndef STATS_COX_SINGLES_H
#define STATS_COX_SINGLES_H

#include "stats/cox_score.h"

/** Are there rows enough at every position, with risks that differ little enough, for the tables to be quick and precise? */
bool cox_singles_pay(const struct cox_work *work);

/** May row i be taken so?  Not who enters late, for then means of two positions belong to it. */
bool cox_single(const struct cox_data *data, size_t i);

struct cox_single_rows {
    const uint8_t *alone; /* [n] by row of data: 1 to be taken, where cox_single */
    bool copies;          /* every copy of a row by itself */
};

/** meat [p * p] is added to, the lower triangle.  GSL_ENOMEM. */
int cox_singles(const struct cox_scores *scores, const struct cox_single_rows *rows, double *meat);

#endif
