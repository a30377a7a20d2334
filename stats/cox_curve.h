/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_curve.h - the baseline hazard, and the predicted curve of somebody with covariates x.
 *
 *     H(t | x) = exp(x'beta + offset) H0(t)            S = exp(-H)
 *     var H    = exp(2 (x'beta + offset)) { sum_{s <= t} sum_l m / den_l^2 + q' V q },
 *     q        = sum_{s <= t} sum_l (m / den_l) (x - xbar_l(s))
 *
 * with the tied terms of the likelihood (cox_risk.h), V the covariance of the coefficients.  Columns without a
 * coefficient count as 0.  Tsiatis 1981, doi:10.1214/aos/1176345339; Therneau & Grambsch 2000, section 10.2.
 */
#ifndef STATS_COX_CURVE_H
#define STATS_COX_CURVE_H

#include "stats/cox_score.h"

struct cox_curve {
    size_t n;        /* positions of the stratum */
    size_t first;    /* the first of them: times are data->time + first */
    double *cumhaz, *std_err; /* [n] */
};

/**
 * cox_curve_solve - the curve of one stratum.
 *
 * scores     of the work whose last evaluation is the fit's point
 * x          [p] covariates, in units of the design handed over
 * offset     of the person
 * curve      output with room for n_axis values in each array
 *
 * GSL_EINVAL when no event happens in the stratum; GSL_ENOMEM.
 */
int cox_curve_solve(struct cox_scores *scores, const struct cox_fit *fit, const double *covariance, int32_t stratum,
                    const double *x, double offset, struct cox_curve *curve);

#endif
