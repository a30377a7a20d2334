/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * turnbull_error.h - standard errors of Turnbull's estimate, from the observed information.
 *
 * With S_k the survival after the k-th interval that has mass, a row that covers intervals f + 1 .. l has the probability
 * S_f - S_l, and
 *
 *     I = sum_i n_i (e_f - e_l)(e_f - e_l)' / (S_f - S_l)^2,     se(S_k)^2 = (I^-1)_kk,     S_0 = 1 and S_m = 0 being known
 *
 * The intervals that have mass are taken for given.  That is right when there are few days on which times can be assessed
 * and many people (visits); with assessments all over the days the estimate converges more slowly than an error can say,
 * and its limits are too narrow.  For times that are known or right-censored it is Greenwood's error.
 *
 * Turnbull 1976, JRSS B 38:290, section 4; Gentleman & Geyer 1994, doi:10.1093/biomet/81.3.618.
 */
#ifndef STATS_TURNBULL_ERROR_H
#define STATS_TURNBULL_ERROR_H

#include "stats/turnbull.h"

enum { TURNBULL_ERROR_INTERVALS = 1000 };

/**
 * turnbull_error - standard errors of fit->surv.
 *
 * std_err    output [fit->n], NAN where there is none: where S is 0, and before the first mass
 *
 * GSL_SUCCESS; GSL_ESING when the information is singular (the mass is not unique) and GSL_EBADLEN for more than
 * TURNBULL_ERROR_INTERVALS intervals with mass: std_err is NAN throughout; GSL_ENOMEM.  O(rows + intervals^3).
 */
int turnbull_error(const struct turnbull *fit, double *std_err);

#endif
