/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * weighted_curve.h - survival and cumulative incidence under inverse-probability weights, and what each person's weight
 * does to them.
 *
 * With weights w, at the sorted times t_1 < t_2 < ...: D_c(k) the weight of exits by cause c, D the weight of all causes,
 * Y(k) the weight at risk (entry < t_k <= exit),
 *
 *     S(t)   = prod_{t_k <= t} (1 - D(k) / Y(k))                        free of every cause
 *     F_c(t) = sum_{t_k <= t} S(t_k -) D_c(k) / Y(k)                    Aalen-Johansen
 *     mu     = int_0^tau S(u) du                                        restricted mean
 *
 * The derivative d_i = d theta / d w_i of such a number is its influence by one unit of weight; multiplying all weights by
 * a constant changes no number, so sum w_i d_i = 0.  From it come all variances (influence.h): sum (w_i d_i)^2 for known
 * weights is the infinitesimal jackknife (equal to Greenwood's when all weights are 1), and for weights that were
 * estimated the same d_i give the part that estimating them adds or takes away.
 *
 * Weights are no frequencies: Greenwood's formula on weighted counts is not offered.
 *
 * Sums over rows are grid sums (grid_sum.h): row order, chunks and threads change no bit.
 */
#ifndef STATS_WEIGHTED_CURVE_H
#define STATS_WEIGHTED_CURVE_H

#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

/* Rows as places on a common axis. */
struct weighted_rows {
    size_t n;
    const uint32_t *place;  /* [n] exit time: time[place[i]] */
    const uint32_t *entry;  /* [n] entry time, a place below `place`, or WEIGHTED_FROM_START; NULL: all from the start */
    const int32_t *cause;   /* [n] 0 censored, 1 .. n_cause */
    const double *weight;   /* [n] >= 0, finite; 0 leaves a row out */
};

#define WEIGHTED_FROM_START UINT32_MAX

struct weighted_curve {
    size_t n_time, n_cause;
    const double *time;     /* [n_time] strictly increasing, >= 0; the caller's */
    double *at_risk;        /* [n_time] Y */
    double *event;          /* [n_cause * n_time] D_c, cause after cause */
    double *surv;           /* [n_time] S(t_k) */
    double *cuminc;         /* [n_cause * n_time] F_c(t_k) */
    double total;           /* sum of weights */
    double *growth;         /* [n_time] sum_{j <= k} D / (Y (Y - D)) */
    double *area;           /* [n_time] int_0^{t_k} S */
    double *area_growth;    /* [n_time] int_0^{t_k} S growth */
    double *incidence_growth; /* [n_cause * n_time] sum_{j <= k} S(t_j -) growth(t_j -) D_c / Y */
    double *incidence_share;  /* [n_cause * n_time] sum_{j <= k} S(t_j -) D_c / Y^2 */
};

/** NULL when memory is short or a size is 0.  (8 + 4 n_cause) doubles a time at most. */
struct weighted_curve *weighted_curve_alloc(const double *time, size_t n_time, size_t n_cause);
void weighted_curve_free(struct weighted_curve *curve); /* NULL is fine */

/**
 * weighted_curve_solve - the curve of these rows.
 *
 * Returns GSL_SUCCESS; GSL_EINVAL when all weights are 0 or n is 0; GSL_EDOM for a place, entry, cause or weight out of
 * range.  O(n + n_time); allocates 2 (1 + n_cause) n_time doubles while it runs (GSL_ENOMEM).
 */
int weighted_curve_solve(struct weighted_curve *curve, const struct weighted_rows *rows);

/** The same of rows that lie in several places (reducer.h), each with rows of its own.  Sent: 2 (2 + n_cause) n_time numbers. */
int weighted_curve_solve_all(struct weighted_curve *curve, const struct weighted_rows *rows, const struct reducer *reducer);

/* The last place with time <= t, or n_time when t lies before the first.  O(log n_time). */
size_t weighted_curve_place(const struct weighted_curve *curve, double t);

double weighted_curve_survival(const struct weighted_curve *curve, double t);
double weighted_curve_risk(const struct weighted_curve *curve, size_t cause, double t); /* cause 1 .. n_cause */

/** GSL_EDOM when tau <= 0, or beyond the last time with weight at risk while S > 0 there. */
int weighted_curve_rmst(const struct weighted_curve *curve, double tau, double *rmst);
double weighted_curve_max_tau(const struct weighted_curve *curve);

/**
 * The derivatives by each row's weight; rows as they were solved.  A row of weight 0 is left out and has 0.
 * influence: output [n].  O(n) each.
 */
void weighted_curve_survival_influence(const struct weighted_curve *curve, const struct weighted_rows *rows, double t,
                                       double *influence);
void weighted_curve_risk_influence(const struct weighted_curve *curve, const struct weighted_rows *rows, size_t cause,
                                   double t, double *influence);
void weighted_curve_rmst_influence(const struct weighted_curve *curve, const struct weighted_rows *rows, double tau,
                                   double *influence);

#endif
