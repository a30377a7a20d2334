/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * negbin.h - negative binomial regression with its dispersion: glm.h and theta in turn until neither moves.
 *
 *     variance = mu + mu^2 / theta
 *
 * theta maximises the likelihood for the fitted means (Newton on log theta, safeguarded); its standard error is that of the
 * observed information at theta, which is free of the coefficients asymptotically.  Where the counts spread no more than
 * Poisson counts do, the likelihood rises for ever with theta: `infinite`, and the fit is Poisson's.
 *
 * Equal to MASS::glm.nb.  Lawless 1987, doi:10.2307/3314912.
 */
#ifndef STATS_NEGBIN_H
#define STATS_NEGBIN_H

#include "stats/glm.h"

struct negbin {
    struct glm_fit *fit;
    double theta, theta_std_error; /* INFINITY and NAN when infinite */
    bool infinite;
    bool converged;
};

/** As glm_fit_alloc with GLM_NEGBIN; options->theta is not looked at.  On error negbin->fit is NULL. */
int negbin_solve(const struct glm_data *data, const struct glm_options *options, struct negbin *negbin);
void negbin_clear(struct negbin *negbin);

#endif
