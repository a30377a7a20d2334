/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * glm_sandwich.h - variances of glm.h that hold when the model's own do not: wrong variance function, sampling weights,
 * people of one programme who resemble each other.
 *
 *     V = A (sum u_i u_i') A,     A the inverse information, u_i = w_i r_i (1, x_i), r_i = d loglik / d eta
 *
 *     GLM_HC0   as it stands                                 GLM_HC1   times n / (n - p)
 *     GLM_HC2   u_i u_i' / (1 - h_i)                         GLM_HC3   u_i u_i' / (1 - h_i)^2
 *
 * h_i is the leverage.  With clusters the u_i are added within each, and V is multiplied by G / (G - 1).  Equal to vcovHC
 * and vcovCL(type = "HC0") of R's package sandwich.  Frequencies count as so many rows (clusters: all copies together).
 *
 * White 1980, doi:10.2307/1912934; MacKinnon & White 1985, doi:10.1016/0304-4076(85)90158-7; Liang & Zeger 1986,
 * doi:10.1093/biomet/73.1.13; modified Poisson for risk ratios: Zou 2004, doi:10.1093/aje/kwh090.
 */
#ifndef STATS_GLM_SANDWICH_H
#define STATS_GLM_SANDWICH_H

#include <stdint.h>

#include "stats/clusters.h"
#include "stats/glm.h"

enum glm_robust { GLM_HC0, GLM_HC1, GLM_HC2, GLM_HC3 };

/**
 * data, options   those of the fit
 * frequencies     data->weight holds frequencies, not sampling weights
 * covariance      output [p * p] of the columns as given; NAN for separated ones
 *
 * Rows predicted perfectly add nothing.  GSL_SUCCESS; GSL_EDOM where a leverage is 1 (HC2, HC3) or n <= p (HC1); GSL_ENOMEM.
 */
int glm_sandwich(const struct glm_data *data, const struct glm_options *options, const struct glm_fit *fit,
                 enum glm_robust kind, bool frequencies, double *covariance);

/**
 * Clusters of the rows, of which G have one, in all places where rows lie in several (options->reducer).  GSL_EDOM with fewer than two.
 */
int glm_sandwich_clustered(const struct glm_data *data, const struct glm_options *options, const struct glm_fit *fit,
                           const struct clusters *clusters, double *covariance);

#endif
