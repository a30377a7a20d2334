/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * gee.h - generalised estimating equations: a regression of outcomes that resemble each other within clusters.
 *
 *     sum_g D_g' V_g^-1 (y_g - mu_g) = 0,        V_g = phi A_g^1/2 R(alpha) A_g^1/2,       A = variance function of the family
 *
 * R exchangeable: 1 on the diagonal, alpha elsewhere.  From Pearson's residuals e = (y - mu) / sqrt(A),
 *
 *     phi   = sum e^2 / n,         alpha = sum_g sum_{i < j} e_i e_j / (phi * pairs)
 *
 * without a correction for the coefficients, as geese() of R's package geepack has them.  With d = sqrt(A) (1, x), of a cluster
 * of m rows
 *
 *     D' V^-1 D = (sum d d' - c s s') / (1 - alpha),   U = (sum d e - c s t) / (1 - alpha),   s = sum d, t = sum e,
 *     c = alpha / (1 + (m - 1) alpha)
 *
 * and the covariance is H^-1 (sum U U') H^-1 times G / (G - 1), H the sum of the first: it holds whatever the correlation is.
 * With working independence coefficients are those of glm.h and errors those of glm_sandwich_clustered().  A marginal model: what it says
 * is of the population, not of one cluster.
 *
 * Sums have no order.  Liang & Zeger 1986, doi:10.1093/biomet/73.1.13.
 */
#ifndef STATS_GEE_H
#define STATS_GEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/glm.h"

struct gee {
    size_t p;           /* as the fit it began from */
    double *coef;       /* [p] of the columns as given; 0 where aliased */
    double *covariance; /* [p * p] robust */
    double alpha, phi;
    int n_iteration;
    bool converged;
};

/**
 * gee_exchangeable - solves the equations, from a converged fit of glm.h without weights and penalty, logistic or Poisson.
 *
 * cluster    [n] 0 .. n_cluster - 1
 *
 * GSL_SUCCESS, also without convergence: look; GSL_EDOM for fewer than two clusters, no cluster of two rows, or a correlation at which V has
 * no inverse; GSL_EINVAL for weights, another family, or a fit with separated columns; GSL_ENOMEM.  O(iterations * (n * blocks^2 + G p^2)).
 */
int gee_exchangeable(const struct glm_data *data, const struct glm_options *options, const struct glm_fit *start, const int32_t *cluster,
                     size_t n_cluster, struct gee *gee);
void gee_clear(struct gee *gee);

#endif
