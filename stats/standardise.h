/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * standardise.h - the mean of an outcome if everybody were in one arm: from a regression in that arm, alone or with the
 * residuals of a weighted sample (doubly robust).
 *
 *     m(x) = mu(b'(1, x))       fitted where observed[i] > 0, by these weights; logistic, or identity
 *     T    = sum_i t_i m(x_i) / sum t        over the people that the number speaks of
 *     A    = sum_i a_i (y_i - m(x_i)) / sum a         residuals of the arm, weighted to those people; 0 without a
 *     value = T + A
 *
 * T + A is right when either the regression or the weights are.  Its linear part has three sources; the first is given
 * here, what weights add is the caller's (influence.h, ipcw.h), by the slopes that stand beside it:
 *
 *     phi_i   = t_i (m_i - T) / sum t + observed_i (y_i - m_i) v'(1, x_i),       v = I^-1 dvalue/db
 *     slope_i = (y_i - m_i - A) / sum a                   d value / d a_i
 *     share_i = observed_i d value / d observed_i = observed_i (y_i - m_i) v'(1, x_i)
 *
 * Where nobody, or everybody, has the event m is 0 or 1.  A separated logistic regression is fitted with Firth's penalty.
 * Sums have no order.
 *
 * Robins, Rotnitzky & Zhao 1994, doi:10.1080/01621459.1994.10476818; Bang & Robins 2005,
 * doi:10.1111/j.1541-0420.2005.00377.x; standardised risks: Greenland 1991; stacked equations: Stefanski & Boos 2002,
 * doi:10.1198/000313002753631330.
 */
#ifndef STATS_STANDARDISE_H
#define STATS_STANDARDISE_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/design_matrix.h"
#include "stats/reducer.h"

enum standardise_link { STANDARDISE_LOGISTIC, STANDARDISE_IDENTITY };

struct standardise_rows {
    const struct design_matrix *design; /* [n] without the arm */
    const double *y;                    /* [n] where observed; STANDARDISE_LOGISTIC: 0 or 1 */
    const double *observed;             /* [n] >= 0: weight in the regression; 0 outside of the arm, or not seen */
    const double *target;               /* [n] >= 0 */
    const double *residual;             /* [n] a, 0 where observed is or residual_y says what y is there; NULL: none */
    const double *residual_y;           /* [n] y of A where a > 0; NULL: y */
    enum standardise_link link;
    size_t n_threads;
    const struct reducer *reducer;      /* the rows are those of one of several places (reducer.h); NULL: all */
};

struct standardised {
    double value;
    double *phi, *slope, *share; /* [n] the caller's */
    double *mean;                /* [n] m of every row, the caller's; NULL: not wanted */
    size_t rank;                 /* columns of the regression, the intercept among them */
    bool penalised;              /* Firth's penalty was needed */
    bool constant;               /* nobody, or everybody, has the event */
};

/** GSL_SUCCESS; GSL_EDOM when nobody is observed or meant; GSL_EINVAL for values that are not as said; GSL_ENOMEM. */
int standardise_arm(const struct standardise_rows *rows, struct standardised *result);

#endif
