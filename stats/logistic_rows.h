/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * logistic_rows.h - what a row adds to a logistic regression, eight rows at a time.
 *
 *     mu = 1 / (1 + exp(-eta)),  residual = w (y - mu),  information = w mu (1 - mu),  loglik = -w log(1 + exp(+-eta))
 *
 * One exponential of -|eta| serves all, so neither mu nor 1 - mu cancels.  exp and log1p are polynomials, the same operations on
 * every machine; their errors are below one unit in the last place, and below two (glm_family.h has the same from the C library,
 * row by row).
 */
#ifndef STATS_LOGISTIC_ROWS_H
#define STATS_LOGISTIC_ROWS_H

#include <stddef.h>

/* The largest magnitudes among rows; loglik is INFINITY when one is not finite. */
struct logistic_bounds {
    double residual, information, loglik;
};

/**
 * y          [n] 0 or 1
 * eta        [n] beyond 708 the smaller of mu and 1 - mu is that of 708
 * weight     [n] >= 0; rows of weight 0 give 0, whatever their eta
 * residual, information, loglik   output [n]
 * bounds     raised to what these rows have
 *
 * O(n), allocates nothing.
 */
void logistic_rows(const double *y, const double *eta, const double *weight, size_t n, double *residual, double *information,
                   double *loglik, struct logistic_bounds *bounds);

/** exp(x) for x <= 0, and log(1 + x) for 0 <= x <= 1, of n numbers: what the above is made of. */
void logistic_exp(const double *x, size_t n, double *y);
void logistic_log1p(const double *x, size_t n, double *y);

#endif
