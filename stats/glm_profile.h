/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * glm_profile.h - limits of a coefficient from the profile of its likelihood.
 *
 *     l_p(b) = max over all others with this one held at b,        limits: 2 (l - l_p(b)) = chi-square quantile of 1 degree of freedom
 *
 * found on the signed root r(b) = sign(b - b_max) sqrt(2 (l - l_p(b))), which is nearly straight, by false position; each step is a fit
 * with the column as an offset.  Unlike Wald's they need no symmetry, and do not depend on how the coefficient is written.
 *
 * confint() of R's MASS interpolates the same curve and lies within some 1e-4 of it.
 *
 * Venzon & Moolgavkar 1988, doi:10.2307/2347496.
 */
#ifndef STATS_GLM_PROFILE_H
#define STATS_GLM_PROFILE_H

#include "stats/glm.h"

/**
 * column     1 .. fit->p - 1; not the intercept, nor an aliased or separated one
 * fit        converged, of data with options (logistic, Poisson, or negative binomial of this theta; no penalty)
 * low, high  output; infinite where the likelihood never falls so far
 *
 * GSL_SUCCESS; GSL_EINVAL for a column or fit that is not as said; GSL_ENOMEM; errors of glm_fit_alloc.  Some ten fits a limit.
 */
int glm_profile_limits(const struct glm_data *data, const struct glm_options *options, const struct glm_fit *fit, size_t column,
                       double level, double *low, double *high);

#endif
