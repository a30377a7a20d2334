/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * saddle_point.h - the two parts from which probabilities near their largest value are put together without cancellation.
 *
 *     Gamma(n + 1) = sqrt(2 pi n) n^n exp(-n + stirling_error(n))
 *     x^x exp(-x) / (m^x exp(-m)) = exp(poisson_deviance(x, m))
 *
 * so that, for one, a Poisson probability is exp(-stirling_error(x) - poisson_deviance(x, mean)) / sqrt(2 pi x), where
 * logarithms of factorials would leave an error that grows with the count.  Both are pure.
 * Loader 2000, Fast and accurate computation of binomial probabilities.
 */
#ifndef STATS_SADDLE_POINT_H
#define STATS_SADDLE_POINT_H

/** stirling_error - log Gamma(n + 1) - ((n + 1/2) log n - n + log(2 pi) / 2), n > 0; to 1e-14 absolute. */
double stirling_error(double n);

/** poisson_deviance - x log(x / mean) + mean - x, x > 0, mean > 0: half the deviance of a Poisson count; >= 0. */
double poisson_deviance(double x, double mean);

#endif
