/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * aft.h - parametric accelerated failure time models for times that are exact, right-, left- or interval-censored.
 *
 *     log T = b_0 + x' b + scale W        W: smallest extreme value (Weibull; scale = 1: exponential), normal, logistic
 *
 * exp(b_j) is the factor by which a unit of x_j stretches time.  A row is (lower, upper]: lower = upper an event, upper
 * INFINITY right-censored, lower 0 left-censored.  The log-likelihood is that of T, not of log T.
 *
 * In tau = 1 / scale and delta = b / scale the log-likelihood is concave, so Newton's steps, halved where needed, end at its
 * maximum from anywhere; errors come from the observed information there, carried back to b and log(scale).  Sums over
 * rows are order-free (design_gram.h, exact_sum.h): the same bits for every order and any number of threads.
 *
 * Equal to survreg() of R's package survival.  Kalbfleisch & Prentice 2002, chapter 3; concavity: Burridge 1981,
 * JRSS B 43:41.
 */
#ifndef STATS_AFT_H
#define STATS_AFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/design_matrix.h"
#include "stats/distribution.h"
#include "stats/reducer.h"

enum aft_distribution { AFT_WEIBULL, AFT_EXPONENTIAL, AFT_LOGNORMAL, AFT_LOGLOGISTIC };

enum aft_column {
    AFT_FITTED,
    AFT_ALIASED, /* constant, or a combination of columns before it */
    AFT_INFINITE /* the likelihood rises for ever in its direction: nobody of a level has an event */
};

struct aft_rows {
    size_t n;
    const double *lower;      /* [n] finite, >= 0 */
    const double *upper;      /* [n] >= lower, > 0, may be INFINITY; not (0, INFINITY) */
    const int64_t *frequency; /* [n] >= 0, or NULL: 1 each */
    const double *offset;     /* [n] added to the log of time, finite, or NULL */
    const struct design_matrix *design; /* the same n rows, without a column for b_0 */
    const struct reducer *reducer; /* the rows are those of one of several places (reducer.h); NULL: all */
};

struct aft {
    size_t p;
    /* b_0, then the columns, then log(scale): p + 2 places.  log(scale) is 0 without error for the exponential. */
    double *coef;    /* NAN unless fitted; that of b_0 where the level that others are compared with has no event */
    double *std_err;
    double *covariance; /* [(p + 2)^2] */
    enum aft_column *column; /* [p] */
    double loglik_null, loglik;
    struct chi_square_test lr_test; /* all columns 0 */
    int64_t n_person, n_event; /* n_event: known, or known to lie in an interval */
    int n_iteration;
    bool converged; /* false also where the scale runs towards 0: a perfect fit has no maximum */
};

/** Room for p columns; NULL when memory is short. */
struct aft *aft_alloc(size_t p);
void aft_free(struct aft *fit);

/**
 * aft_solve - the fit.
 *
 * Returns GSL_SUCCESS also when the iterations end without convergence or columns have no coefficient: see the fit;
 * GSL_EZERODIV when no row has an upper end: there is no maximum; GSL_EINVAL for no row, a design of other size or n_threads
 * 0; GSL_EDOM for ends, frequencies or offsets that are not as said; GSL_ENOMEM.
 */
int aft_solve(const struct aft_rows *rows, enum aft_distribution distribution, size_t n_threads, struct aft *fit);

#endif
