/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * loss_weights.h - weights for those who are seen, in place of those like them who were lost: censoring that depends on
 * covariates.
 *
 *     G_i(k) = prod_{s < k} (1 - dL(s)) ^ r_i,    r_i = exp((x_i - m)' beta),    dL(s) = C(s) / sum_{j in R(s)} f_j r_j
 *
 * is the chance of person i not to be lost at the first k places: proportional hazards of being lost, beta by partial likelihood
 * (Breslow ties), m the mean of all who can be lost, so that neither where a covariate is 0 nor the level of
 * reference matters, be it one of which nobody is lost (loss_design.h).  Events come first: R(s) holds those beyond s, and those
 * lost at s.  Without covariates G is Kaplan-Meier's of the losses (ipcw.h).  Where dL comes above 0.95, log(1 - dL) goes on along its tangent.  Losses at place `horizon` and later are no
 * losses: the end of follow-up comes to all.
 *
 * A curve under weights a_i / G_i(t) is that of weighted_curve.h with sums that change with time,
 *
 *     Y(k) = sum_{i at risk at k} a_i / G_i(k),     D_c(k) = sum_{i: event c at k} a_i / G_i(k)
 *
 * and its derivatives by a_i come with what estimating G adds, of beta and of every dL.
 *
 * Sums over people are exact (exact_sum.h): order and threads change no bit, nor does it who has which rows where these lie in
 * several places.  Arrays by row are then those of this place, all else is of all; functions that return a code are collective.
 * Robins & Rotnitzky 1992; Robins & Finkelstein 2000, doi:10.1111/j.0006-341X.2000.00779.x; Satten & Datta 2001,
 * doi:10.1198/000313001317098185.
 */
#ifndef STATS_LOSS_WEIGHTS_H
#define STATS_LOSS_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/design_matrix.h"
#include "stats/reducer.h"
#include "stats/weighted_curve.h"

struct loss_rows {
    size_t n;
    const uint32_t *place;    /* [n] where a row goes: event or loss */
    const int32_t *cause;     /* [n] 0: lost */
    const double *frequency;  /* [n] whole numbers >= 0; 0 leaves a row out */
    const struct design_matrix *design; /* of the n rows; p = 0 is fine */
    size_t n_time;
    size_t horizon;           /* <= n_time */
    const struct reducer *reducer; /* the rows lie in several places (reducer.h); NULL: these are all */
};

struct loss_weights {
    struct loss_rows rows;
    double *r;        /* [n]; 0: of a kind of which nobody is lost */
    double *level;    /* [n_time + 1] -log of the common G at the first k places */
    double *jump;     /* [n_time] dL */
    double *gain;     /* [n_time] derivative of -log(1 - dL) */
    double *at_risk;  /* [n_time] sum of f r */
    size_t p, n_lost; /* columns that have a coefficient; people lost */
    double *covariance; /* [p of design squared] of beta; 0 where none */
    struct loss_design *design; /* the columns of beta; NULL: there was no regression */
    bool exists;      /* false: the regression has no maximum; nobody may use it */
    size_t n_threads;
};

/** GSL_SUCCESS, also when the regression does not exist (look); GSL_EDOM for a place beyond the axis; GSL_ENOMEM. */
int loss_weights_alloc(const struct loss_rows *rows, size_t n_threads, struct loss_weights **weights);
void loss_weights_free(struct loss_weights *weights); /* NULL is fine */

/** 1 / G of row i at the first k places. */
double loss_weight(const struct loss_weights *weights, size_t i, size_t k);

/**
 * loss_influence - adds to phi [n] what estimating G does to a number.
 *
 * by_row     [n] derivative of the number by the linear predictor of a row, through its own weights
 * by_level   [n_time + 1] derivative by level[k]
 *
 * GSL_SUCCESS, GSL_ENOMEM, GSL_EINVAL for numbers that are not finite.  O(n + n_time).
 */
int loss_influence(const struct loss_weights *weights, const double *by_row, const double *by_level, double *phi);

/**
 * loss_sums - Y(k) and D_c(k) under weights a [n] >= 0: y [n_time], d [n_cause * n_time], cause 1 first.
 *
 * GSL_SUCCESS; GSL_EDOM for a cause beyond n_cause; GSL_EINVAL, GSL_ENOMEM.  O(n * n_time).
 */
int loss_sums(const struct loss_weights *weights, const double *a, size_t n_cause, double *y, double *d);

/**
 * loss_sums_influence - of a number that is made of these sums: the derivative slope [n] by a and, added to phi [n], what estimating
 * G does.
 *
 * by_y, by_d  its derivatives by Y(k) and D_c(k), as loss_sums has them
 *
 * As loss_influence().  O(n * n_time).
 */
int loss_sums_influence(const struct loss_weights *weights, const double *a, const double *by_y, const double *by_d, double *slope,
                        double *phi);

/** The curve under weights a [n] >= 0; errors as weighted_curve_solve.  O(n * times with an event). */
int loss_curve_solve(const struct loss_weights *weights, const double *a, struct weighted_curve *curve);

enum loss_reading { LOSS_SURVIVAL, LOSS_RISK, LOSS_RMST };

/**
 * loss_curve_influence - of the number that is read on day t (of a cause; up to tau = t): the derivative d [n] by a, and, added
 * to phi [n], what estimating G does.  Errors as above.
 */
int loss_curve_influence(const struct loss_weights *weights, const double *a, const struct weighted_curve *curve,
                         enum loss_reading reading, size_t cause, double t, double *d, double *phi);

#endif
