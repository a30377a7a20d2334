/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * meta_tau.h - the variance between studies: its estimates and its limits (formulas: meta.h).
 *
 * Arguments as meta_solve has checked them; k >= 2.
 */
#ifndef STATS_META_TAU_H
#define STATS_META_TAU_H

#include <stddef.h>

#include "stats/meta.h"

/** Sums over studies at one tau^2, w = 1 / (std_error^2 + tau^2). */
struct meta_sums {
    double w, w_squared; /* sum w, sum w^2 */
    double mean;         /* sum w y / sum w */
    double q;            /* sum w (y - mean)^2 */
    double q_squared;    /* sum w^2 (y - mean)^2 */
    double log_w;        /* sum log w */
};

void meta_sums_at(const double *estimate, const double *std_error, size_t k, double tau_squared,
                  struct meta_sums *sums);

double meta_tau_squared(const double *estimate, const double *std_error, size_t k, enum meta_method method);

/** The t >= 0 with sum w(t) (y - mu(t))^2 = value; 0 when the sum is below value already at t = 0.  value > 0. */
double meta_tau_squared_at(const double *estimate, const double *std_error, size_t k, double value);

#endif
