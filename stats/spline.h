/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * spline.h - restricted cubic splines: cubic between knots, linear beyond the outer ones.
 *
 *     s_0(x) = x
 *     s_j(x) = { (x - t_j)+^3 + [ (t_{k-1} - t_j) (x - t_k)+^3 - (t_k - t_j) (x - t_{k-1})+^3 ] / (t_k - t_{k-1}) }
 *              / (t_k - t_1)^2,    j = 1 .. k - 2
 *
 * so k knots give k - 1 columns in units of x.  Durrleman & Simon 1989, doi:10.1002/sim.4780080504; the scale is that
 * of Harrell, Regression Modeling Strategies, section 2.4.5.
 */
#ifndef STATS_SPLINE_H
#define STATS_SPLINE_H

#include <stddef.h>
#include <stdint.h>

#include "stats/people_quantile.h"

enum { SPLINE_KNOTS_MIN = 3, SPLINE_KNOTS_MAX = 7 };

/**
 * spline_knots - knots at quantiles of x: equally spaced from q to 1 - q, q = 0.1 for 3 knots, 0.05 for 4 to 6,
 * 0.025 for 7; with fewer than 100 values the outer knots are the fifth smallest and the fifth largest.
 *
 * x          [n] ascending
 * frequency  [n] how often each counts, >= 1; NULL: once
 * knots      [n_knots] output, 3 .. 7 of them
 *
 * Quantiles interpolate between neighbours (type 7 of Hyndman & Fan).
 * GSL_EINVAL when knots are not distinct: too few different values.
 */
int spline_knots(const double *x, const int64_t *frequency, size_t n, size_t n_knots, double *knots);

/**
 * The same of rows that lie in several places (reducer.h): values [n] ascending, people up to each (people_quantile.h).  Sent: some
 * thousand numbers.
 */
int spline_knots_all(const struct people_value *values, size_t n, size_t n_knots, const struct reducer *reducer, double *knots);

/** spline_value - s_j(x), j = 0 .. n_knots - 2. */
double spline_value(const double *knots, size_t n_knots, size_t j, double x);

#endif
