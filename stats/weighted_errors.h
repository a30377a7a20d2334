/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * weighted_errors.h - the standard errors of a weighted curve at all of its times at once.
 *
 * Read one by one (weighted_curve.h, influence.h), an error costs a pass over the rows and the design.  But the slope of
 * the curve by the weight of a row depends on when and how the row left, and on t only so:
 *
 *     d_i(t) = alpha(x_i, kind_i) + beta(x_i, kind_i) X(t)   for x_i <= t,       a(t)   for x_i > t
 *
 *     survival            alpha = 0,  beta = h,          X = S(t),   a = S(t) growth(t)
 *     incidence of c      alpha = b - h F(x),  beta = h, X = F(t),   a = the slope of who is still at risk
 *
 * with h = growth(x) for who is lost at x, growth(x-) - 1/Y(x) for who has an event, and b the slope at x itself.  So
 *
 *     var(t) = sum w^2 d^2 / f + 2 v(t)' sum w d r (1, x) + v(t)' M v(t),      v(t) = I^-1 sum g d (1, x),
 *     M = sum f r^2 (1, x)(1, x)',  r = treated - e
 *
 * needs sums of w^2 / f, g (1, x) and w r (1, x) by time and kind alone: one pass over the rows, then O(times p^2).
 * The same numbers as influence_variance() without clusters, up to rounding.  Nobody enters late.  Sums have no order.
 */
#ifndef STATS_WEIGHTED_ERRORS_H
#define STATS_WEIGHTED_ERRORS_H

#include "stats/influence.h"
#include "stats/weighted_curve.h"

struct weighted_errors_request {
    const struct weighted_curve *curve;  /* as solved from the rows of the arm */
    const struct weighted_rows *rows;    /* its rows: first .. first + rows->n - 1 of the pair */
    size_t first, n;                     /* n: rows of the pair */
    const double *frequency;             /* [n] */
    const struct influence_model *model; /* of the pair's rows; NULL, or without a fit: weights are known */
    size_t cause;                        /* 0: survival; else the incidence of this cause */
    const struct reducer *reducer;       /* rows lie in several places (reducer.h), as those of the curve and the fit; NULL: all are here */
};

/**
 * std_error  output [curve->n_time]; 0 before the first event, and where the parts of the variance cancel to what rounding leaves of
 *            them: where everybody had the event, say
 *
 * GSL_SUCCESS; GSL_EUNIMPL for delayed entry, or where the sums would need more than WEIGHTED_ERRORS_CELLS numbers;
 * GSL_ENOMEM; errors of design_clusters.
 */
#define WEIGHTED_ERRORS_CELLS 20000000
int weighted_errors(const struct weighted_errors_request *request, double *std_error);

#endif
