/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * glm_family.h - what one row adds to a generalised linear model (formulas: glm.h).
 */
#ifndef STATS_GLM_FAMILY_H
#define STATS_GLM_FAMILY_H

#include "stats/glm.h"

struct glm_terms {
    double mean;
    double residual;    /* d loglik / d eta */
    double information; /* expected -d2 loglik / d eta^2 */
    double loglik;      /* with all constants */
};

struct glm_terms glm_terms_of(enum glm_family family, double theta, double y, double eta);

/** The log-likelihood of one row, with all constants; eta may be infinite. */
double glm_loglik_of(enum glm_family family, double theta, double y, double eta);

/** The largest log-likelihood one row can have. */
double glm_saturated(enum glm_family family, double theta, double y);

bool glm_is_outcome(enum glm_family family, double y);

#endif
