/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * finegray.h - Fine and Gray's regression of the cumulative incidence of one cause: subdistribution hazards.
 *
 *     lambda*(t | z) = lambda*_0(t) exp(z' beta)
 *
 * Those who had another event stay at risk for this one, with weights that fall as they would have been censored:
 *
 *     w_i(t) = 1                            X_i >= t: still followed
 *     w_i(t) = G(t-) / G(X_i-)              X_i < t and another event          G: Kaplan-Meier curve of the censoring time,
 *     w_i(t) = 0                            X_i < t otherwise                  of the row's own censoring group
 *
 *     score = sum_{events i} (z_i - E(X_i))       E(t) = sum_i w_i e^{z_i'beta} z_i / sum_i w_i e^{z_i'beta}
 *
 * tied events are taken one after the other at the same risk set (Breslow).  G jumps after the events of its time, but for
 * time 0, where crr takes G(0); it is 0 beyond the last time of its group.  The covariance is I^-1 (sum_i (eta_i + psi_i)(eta_i + psi_i)') I^-1, eta a row's share of the
 * score and psi that of its censoring in the G of its group.  All as crr() of R's package cmprsk has it, with which the
 * results agree; finegray() of the package survival breaks ties of events and censorings otherwise (differences near 1e-3
 * on tied days).  With several censoring groups the coefficients are still crr's; its errors (2.2-11) are not reached by
 * the formula above and differ in their third digit.  With clusters the shares are summed by cluster first.
 *
 * The sums over time and over rows are swapped: with Lambda(t) = sum_{t_k <= t} d_k / S0(t_k),
 *
 *     information = sum_i e^{eta_i} a_i z_i z_i' - sum_k d_k E_k E_k',
 *     a_i = Lambda(X_i) + [another event] sum_{t_k > X_i} G(t_k-) d_k / S0(t_k) / G(X_i-)
 *
 * so that a Newton step is two passes over the rows in order of time, and the covariance two more: O(n p) and no risk set
 * is ever written out, whereas crr is quadratic in n.  Sums over rows are whole numbers (fixed_sum.h): the same bits for
 * every order of the rows and any number of threads.  Places (reducer.h) send each other, for a step, 2 (1 + n_group)(p + 2) numbers a time,
 * and once at the end 4 (p + 3) a time, kind of exit and group.
 *
 * Fine & Gray 1999, doi:10.1080/01621459.1999.10474144; clusters: Zhou, Fine, Latouche & Labopin 2012,
 * doi:10.1093/biostatistics/kxr032.
 */
#ifndef STATS_FINEGRAY_H
#define STATS_FINEGRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/design_matrix.h"
#include "stats/distribution.h"
#include "stats/reducer.h"

enum finegray_column {
    FINEGRAY_FITTED,
    FINEGRAY_ALIASED, /* constant in all risk sets, or a combination of columns before it */
    FINEGRAY_INFINITE /* the likelihood rises for ever in its direction */
};

struct finegray_rows {
    size_t n;
    const double *time;     /* [n] finite, >= 0 */
    const int32_t *cause;   /* [n] 0 censored, 1, 2, ... */
    int32_t wanted;         /* the cause that is modelled, >= 1 */
    const double *offset;   /* [n] finite, or NULL */
    const int32_t *group;   /* [n] censoring group 0 .. n_group - 1, or NULL: one */
    size_t n_group;         /* 1 when group is NULL */
    const int32_t *cluster; /* [n] 0 .. n_cluster - 1, or NULL: each row for itself */
    size_t n_cluster, n_shared; /* the first n_shared have rows in several places (clusters.h); not asked for without a reducer */
    const struct design_matrix *design; /* the same n rows */
    const struct reducer *reducer; /* the rows are those of one of several places (reducer.h); NULL: all */
};

struct finegray_control {
    double alias_tolerance; /* share of a column that those before it leave unexplained */
    double tolerance;       /* largest score' information^-1 score that still counts as converged */
    int n_max;              /* iterations */
};
#define FINEGRAY_CONTROL {.alias_tolerance = 1.8e-12, .tolerance = 1e-15, .n_max = 50}

struct finegray {
    size_t p;
    double *coef;           /* [p] NAN unless fitted */
    double *std_err;        /* [p] robust */
    double *covariance;     /* [p * p] robust; 0 where not fitted */
    double *information;    /* [p * p] at the estimate */
    enum finegray_column *column;
    double loglik_null, loglik; /* of the weighted partial likelihood */
    struct chi_square_test lr_test;   /* pseudo likelihood ratio: 2 (loglik - loglik_null) */
    struct chi_square_test wald_test; /* coef' covariance^-1 coef */
    int64_t n_event, n_other, n_censored;
    int n_iteration;
    bool converged;
};

/** Room for p columns (p may be 0); NULL when memory is short. */
struct finegray *finegray_alloc(size_t p);
void finegray_free(struct finegray *fit);

/**
 * finegray_solve - the fit.
 *
 * Returns GSL_SUCCESS also when the iterations end without convergence or columns have no coefficient: see the fit;
 * GSL_EZERODIV when the cause has no event; GSL_EINVAL for no row, more than 2^31 rows, or a design of other size; GSL_EDOM for a
 * time, cause, group, cluster or offset that is not as said, or where exp overflows; GSL_ENOMEM.
 */
int finegray_solve(const struct finegray_rows *rows, const struct finegray_control *control, size_t n_threads,
                   struct finegray *fit);

#endif
