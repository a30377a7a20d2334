/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_frailty.h - gamma frailties: a factor of the hazard that a group, a site, has in common.
 *
 *     hazard of i in group g = z_g lambda0(t) exp(x_i'beta),     z_g gamma with mean 1 and variance theta
 *
 * For a given theta the estimates maximise  loglik(beta, b) - sum_g (exp b_g - 1 - b_g) / theta,  z_g = exp b_g,  which is
 * where the EM algorithm ends, too.  Newton's method on all p + G parameters, G a factor like any other, so rows may lie in
 * several places (cox.h), groups numbered alike in each; one may have no row of a group, or of any.  theta
 * maximises the marginal likelihood, from which the frailties are integrated out,
 *
 *     loglik - sum_g D_g log z_g + sum_g { lgamma(v + D_g) - lgamma(v) + v log v - (v + D_g) log(v + L_g) + D_g },
 *
 * v = 1 / theta, D_g events, L_g the cumulative hazard of the group without its frailty.  It tends to the usual
 * likelihood for theta -> 0.  Standard errors come from the whole penalised information.
 * Nielsen, Gill, Andersen & Sorensen 1992; Therneau, Grambsch & Pankratz 2003, doi:10.1198/1061860031365.
 */
#ifndef STATS_COX_FRAILTY_H
#define STATS_COX_FRAILTY_H

#include "stats/cox.h"

enum { COX_FRAILTY_GROUPS_MAX = 1000 };

struct cox_frailty {
    size_t p, n_group;
    double theta;             /* 0: nothing speaks for frailties */
    double *coef, *std_err;   /* [p] of x; NAN for columns without a coefficient */
    double *frailty;          /* [n_group] z_g */
    double loglik_null;       /* without frailties: marginal likelihood at theta = 0 and the coefficients fitted there */
    double loglik;            /* marginal likelihood at theta */
    bool converged;
};

struct cox_frailty *cox_frailty_alloc(size_t p, size_t n_group); /* NULL when memory is short */
void cox_frailty_free(struct cox_frailty *frailty); /* NULL is fine */

/**
 * cox_frailty_solve
 *
 * rows       Efron or Breslow ties; frequencies allowed, sampling weights not
 * group      [rows->n] 0 .. n_group - 1
 * theta      NAN: estimate it; else the variance to use
 *
 * GSL_EZERODIV without an event, GSL_EINVAL for more groups than COX_FRAILTY_GROUPS_MAX or fewer than 2, GSL_EDOM,
 * GSL_ENOMEM.  O(iterations (n + (p + G)^3)).
 */
int cox_frailty_solve(const struct cox_rows *rows, enum cox_ties ties, const int32_t *group, size_t n_group,
                      double theta, size_t n_threads, struct cox_frailty *frailty);

#endif
