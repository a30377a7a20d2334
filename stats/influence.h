/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * influence.h - from what each row does to a number to the number's variance.
 *
 * Let d_i = d theta / d w_i be the slope of an estimate by the weight of row i (weighted_curve.h, cox.h).  Its linear part is
 *
 *     phi_i = w_i d_i + q' I^-1 s_i,      q = sum_j g_j d_j (1, x_j),      s_i = f_i (a_i - e_i)(1, x_i)
 *
 * where the second term is what estimating the propensity adds: g = d w / d eta, s_i is row i's share of the logistic
 * score, and I the information.  var theta = sum phi_i^2, or the sum over clusters of the square of their sum.  Without a
 * model, or with weights known beforehand, the second term is left out; leaving it out for estimated weights is the
 * "naive" robust variance, mostly too large for everybody (ATE), and never offered here.
 *
 * The linear part of a difference is the difference of the linear parts, also when both arms share a model, so every
 * contrast of the same rows has its variance from one vector.
 *
 * Hajek 1974; Lunceford & Davidian 2004, doi:10.1002/sim.1903; Tsiatis 2006, Semiparametric Theory and Missing Data, chapter 3.
 */
#ifndef STATS_INFLUENCE_H
#define STATS_INFLUENCE_H

#include <stddef.h>
#include <stdint.h>

#include "stats/clusters.h"
#include "stats/glm.h"

/** What phi needs of a logistic propensity. */
struct influence_model {
    const struct glm_fit *fit;   /* of the treated by x; NULL: weights are known */
    const struct glm_data *data; /* its rows: the same n, y = treated */
    const double *slope;         /* [n] g; NULL: 1 */
    size_t n_threads;
};

/**
 * influence_linear - phi of every row.
 *
 * n          rows
 * weight     [n]; NULL: 0, so that only what estimating the propensity adds is left
 * slope_by_weight  [n] d, finite where weight > 0; 0 where a row is of no concern
 * phi        output [n]; may be slope_by_weight itself
 *
 * Of a fit of rows in several places (glm.h) it is called in all of them, each with its rows.
 *
 * GSL_SUCCESS, GSL_EINVAL for a d that is not finite, GSL_ENOMEM.  O(n * blocks).  Rows that the propensity predicted perfectly
 * have no part in its score.
 */
int influence_linear(const struct influence_model *model, size_t n, const double *weight, const double *slope_by_weight,
                     double *phi);

/** The same of several numbers, in as many messages as of one: slopes and phi [n_slopes] of [n] each. */
int influence_linear_each(const struct influence_model *model, size_t n, const double *weight, const double *const *slopes, size_t n_slopes,
                          double *const *phi);

/**
 * influence_variance - sum of squares of phi, within clusters first.
 *
 * frequency  [n] copies that a row stands for: its phi is theirs together, so a row adds phi^2 / frequency; NULL: 1.
 *            Not with clusters, whose members are added first.
 * cluster    [n] 0 .. n_cluster - 1, or NULL: every row by itself
 *
 * With clusters the sum is multiplied by G / (G - 1), G the clusters in which some phi is not 0; else by 1.  Order-free.
 * GSL_SUCCESS; GSL_EDOM with fewer than 2 such clusters; GSL_EINVAL for a phi that is not finite; GSL_ENOMEM.
 */
int influence_variance(size_t n, const double *phi, const double *frequency, const int32_t *cluster, size_t n_cluster,
                       double *variance);

/**
 * The same of rows that lie in several places (reducer.h); clusters of the rows here, or NULL.  Sent: a few numbers, and two for each
 * cluster that is shared.
 */
int influence_variance_all(size_t n, const double *phi, const double *frequency, const struct clusters *clusters,
                           const struct reducer *reducer, double *variance);

/**
 * The same of several numbers, in as many messages as of one: phi and variances [n_phi], NAN where one is not defined or a phi is not
 * finite.  GSL_SUCCESS, GSL_ENOMEM.
 */
int influence_variance_each(size_t n, const double *const *phi, size_t n_phi, const struct clusters *clusters,
                            const struct reducer *reducer, double *variances);

/** influence_sum_all - the same without the factor: sum over clusters of the square of their sum. */
int influence_sum_all(size_t n, const double *phi, const struct clusters *clusters, const struct reducer *reducer, double *sum);

#endif
