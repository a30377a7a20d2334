/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * glm.h - logistic, Poisson and negative binomial regression.
 *
 *     eta_i = offset_i + beta_0 + x_i' beta
 *
 *     GLM_LOGISTIC  y in {0, 1},       P(y = 1) = mu = 1 / (1 + exp(-eta))
 *     GLM_POISSON   y = 0, 1, 2, ...,  mean mu = exp(eta), variance mu
 *     GLM_NEGBIN    y = 0, 1, 2, ...,  mean mu = exp(eta), variance mu + mu^2 / theta; theta given (negbin.h finds it)
 *
 * Fisher scoring from the mean, of more than 32,768 rows from the maximum of a sixteenth of them, chosen by their values
 * (glm_start.h); steps that lower the log-likelihood are halved.  Score and log-likelihood are summed without
 * an order (fixed_sum.h), the information as a Gram matrix over coded factors (design_gram.h), so row order and
 * threads change no bit.  The last step is below 1e-8 standard errors, so what is left of the distance to the maximum is
 * about its square.
 *
 * Columns that depend on those before them are aliased: coefficient 0, no error, the others as in the model without them.
 *
 * Separation: where a combination of columns predicts some outcomes perfectly, the likelihood rises for ever along
 * it.  The direction is found from the last steps and checked against every row; the columns in it have no estimate
 * (`separated`), the rows that it predicts perfectly say nothing about the others and are left out, and the others are
 * fitted as in the limit.  `loglik` is the supremum.  So it is where a maximum exists, but so far away that all rows that a
 * direction moves are within 1e-8 of their outcome: its place would be rounding.  With `firth` all coefficients exist.
 *
 * Firth's penalty (log det of the information, halved) for GLM_LOGISTIC: Firth 1993, doi:10.1093/biomet/80.1.27; Heinze &
 * Schemper 2002, doi:10.1002/sim.1047.  McCullagh & Nelder 1989; separation: Albert & Anderson 1984,
 * doi:10.1093/biomet/71.1.1.
 */
#ifndef STATS_GLM_H
#define STATS_GLM_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/design_gram.h"
#include "stats/design_matrix.h"

enum glm_family { GLM_LOGISTIC, GLM_POISSON, GLM_NEGBIN };

struct glm_data {
    const struct design_matrix *design; /* the columns but the intercept, as given; p = 0 is fine */
    const double *y;                    /* [n] */
    const double *offset;               /* [n] finite, or NULL */
    const double *weight;               /* [n] >= 0: frequencies, or sampling weights; NULL: 1.  0 leaves a row out */
};

struct glm_options {
    enum glm_family family;
    double theta;     /* GLM_NEGBIN: > 0 */
    bool firth;       /* GLM_LOGISTIC only */
    size_t n_threads; /* at least 1; changes no bit */
    const struct reducer *reducer; /* rows lie in several places (reducer.h), and the fit is that of all; NULL: all are here */
};

struct glm_fit {
    size_t n, p;            /* rows here; coefficients, the intercept first: 1 + columns */
    double *coef;           /* [p] of the columns as given; 0 where aliased, NAN where separated */
    double *covariance;     /* [p * p] inverse information; 0 where aliased, NAN where separated */
    bool *aliased;          /* [p] */
    bool *separated;        /* [p] no estimate exists: it would be infinite */
    double *eta;            /* [n] linear predictor; where a row is predicted perfectly +-INFINITY */
    double loglik;          /* with firth the penalised one */
    double loglik_null;     /* of the intercept and offset alone, fitted alike */
    double deviance;        /* 2 (saturated - loglik), without penalty */
    double score_test;      /* of all columns, at the null fit; df below */
    double wald_test;       /* NAN when something is separated */
    size_t df;              /* columns that are not aliased; separated ones count */
    size_t n_used;          /* rows of positive weight */
    double total_weight;
    int n_iteration;
    bool converged;         /* false: said to the user, never hidden */
    struct design_copy *copy; /* the standardised design that was used, for glm_sandwich.h */
    struct gram_layout *layout; /* its factors together, for design_total.h */
    double *standard_inverse; /* [p * p] inverse information on its scale */
    double *residual;         /* [n] glm_keep_residuals(); NULL: not kept */
};

/**
 * glm_fit_alloc - fits.
 *
 * Returns GSL_SUCCESS and a fit (also when it did not converge: look); GSL_EINVAL for a y, weight or offset that is not
 * as said, theta <= 0, firth with another family, no row of positive weight; GSL_ENOMEM.  On error *fit is NULL.
 * O(iterations * n * blocks^2 / threads); 32 n bytes besides the copy of the design.
 */
int glm_fit_alloc(const struct glm_data *data, const struct glm_options *options, struct glm_fit **fit);
void glm_fit_free(struct glm_fit *fit); /* NULL is fine */

/** y - mu of row i of a GLM_LOGISTIC fit of data; 0 where it is predicted perfectly. */
double glm_residual(const struct glm_data *data, const struct glm_fit *fit, size_t i);

/** Works them all out, for those who ask many times.  GSL_ENOMEM. */
int glm_keep_residuals(const struct glm_data *data, struct glm_fit *fit);

/**
 * A covariance matrix of the standardised coefficients becomes that of the columns as given; both [p * p].  Rows and columns
 * of separated coefficients are NAN.
 */
void glm_covariance_as_given(const struct glm_fit *fit, const double *standard, double *covariance);

/** glm_mean - mu for a linear predictor; infinite ones are fine. */
double glm_mean(enum glm_family family, double eta);

#endif
