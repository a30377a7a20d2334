/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * ipcw.h - weights for those who are seen to a day, in place of those who were lost before it.
 *
 *     G(v) = prod_{s < v} (1 - C(s) / Y(s))        the chance of not being lost before v, by Kaplan-Meier
 *
 * At a time s, C(s) are lost, and Y(s) could have been: at risk and without an event at s, as events come first.  A row whose
 * number is known at v gets 1 / G(v); sums of such weights with G estimated so are those of Kaplan-Meier itself.
 *
 * What estimating G does to a sum of e_i, e_i ~ 1 / G(v_i), by one unit of the weight of row j lost or gone at x_j:
 *
 *     B(x_j) 1{lost} / Y(x_j) - sum_{s < x_j} B(s) C(s) / (Y(s) (Y(s) - C(s))),      B(s) = sum_{i: v_i > s} e_i
 *
 * Weights are frequencies.  Nobody enters late.  Times are places on a common axis, 0 .. n_time - 1; v is given as the number
 * of places before it.  Sums have no order (exact_sum.h).
 *
 * Robins & Rotnitzky 1992; Satten & Datta 2001, doi:10.1198/000313001317098185.
 */
#ifndef STATS_IPCW_H
#define STATS_IPCW_H

#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

struct ipcw_rows {
    size_t n;
    const uint32_t *place;   /* [n] where a row goes: event or loss */
    const int32_t *cause;    /* [n] 0: lost */
    const double *frequency; /* [n] >= 0; 0 leaves a row out */
    const struct reducer *reducer; /* the rows are those of one of several places (reducer.h), frequencies whole; NULL: all */
};

struct ipcw {
    size_t n_time;
    double *before; /* [n_time + 1] G: chance of not being lost at the first k places */
    double *lost;   /* [n_time] C */
    double *at_risk; /* [n_time] Y */
};

struct ipcw *ipcw_alloc(size_t n_time); /* NULL when memory is short */
void ipcw_free(struct ipcw *ipcw);      /* NULL is fine */

/** GSL_EDOM for a place beyond the axis.  O(n + n_time). */
int ipcw_solve(struct ipcw *ipcw, const struct ipcw_rows *rows);

/**
 * ipcw_influence - adds to phi of every row, all its copies together, what estimating G does to sum e.
 *
 * n_before   [n] places before v_i
 * e          [n] 0 for rows that are not seen
 * phi        [n] added to
 *
 * GSL_SUCCESS, GSL_ENOMEM, GSL_EINVAL for an e that is not finite.  O(n + n_time).
 */
int ipcw_influence(const struct ipcw *ipcw, const struct ipcw_rows *rows, const uint32_t *n_before, const double *e,
                   double *phi);

#endif
