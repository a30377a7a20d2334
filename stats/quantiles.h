/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * quantiles.h - quantiles of chi-square, beta and t variables that hold for large shapes and far out.
 *
 *     chi-square   x with P(X <= x) = p, or P(X > x) = p;  2 X ~ Gamma(df / 2)
 *     beta         the odds w with P(X / (1 - X) <= w) = p; of F with 2 a and 2 b degrees of freedom:  F = w b / a
 *     t            t with P(T > t) = p:  df / t^2 are the odds of Beta(df / 2, 1 / 2) at the two-sided tail
 *
 * p is the probability of the tail that the name says, so that 1e-12 in an upper tail is not 1 - 1e-12.  Relative error below
 * 1e-12 for shapes from 1/4 to 1e9, and 1e-10 from 0.01 on.  A quantile grows or falls with p as it must, but for rounding.
 *
 * Newton's method on the logarithm of the tail over that of x, held within a bracket: the densities over log x are log-concave, and
 * so are the tails.  From 1e7 degrees of freedom on chi-square by its Cornish-Fisher expansion, whose first term left out is then
 * below rounding.  0 or INFINITY where x or the odds lie beyond 1e-290 or 1e290.  NAN unless 0 < p < 1 and the shapes are > 0
 * and finite, and where incomplete.h has no tail.  O(sqrt df), O(sqrt(a + b)) at most.  All functions are pure.
 *
 * Starts: Wilson & Hilferty 1931, doi:10.1073/pnas.17.12.684; Abramowitz & Stegun 1964, 26.5.22.  Expansion: Goldberg &
 * Levine 1946, doi:10.1214/aoms/1177730986.
 */
#ifndef STATS_QUANTILES_H
#define STATS_QUANTILES_H

/** df > 0, not necessarily whole. */
double chi_square_lower_quantile(double p, double df);
double chi_square_upper_quantile(double p, double df);

/** a, b > 0.  The upper one is 1 / beta_lower_odds(p, b, a). */
double beta_lower_odds(double p, double a, double b);
double beta_upper_odds(double p, double a, double b);

/** df > 0; negative for p > 1/2. */
double t_upper_quantile(double p, double df);

#endif
