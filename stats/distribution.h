/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * distribution.h - tails and quantiles that stay accurate far out.
 *
 * Tails are computed as tails, never as 1 - something: relative error below 1e-12 down to 1e-300.  Where a tail falls
 * below the smallest double its logarithm is still given.  All functions are pure.
 */
#ifndef STATS_DISTRIBUTION_H
#define STATS_DISTRIBUTION_H

#include <stddef.h>

/** struct chi_square_test - a test statistic that is chi-square with df degrees of freedom under the null. */
struct chi_square_test {
    double statistic;
    size_t df;
    double p_value; /* upper tail */
    double log_p;   /* its natural logarithm, finite also where p_value underflows to 0 */
};

/** normal_upper_tail - P(Z > z) = erfc(z / sqrt 2) / 2. */
double normal_upper_tail(double z);

/** normal_two_sided - P(|Z| > |z|). */
double normal_two_sided(double z);

/** normal_log_upper_tail - log P(Z > z), for z as large as 1e150. */
double normal_log_upper_tail(double z);

/** normal_upper_quantile - the z with P(Z > z) = p, 0 < p < 1; NAN otherwise. */
double normal_upper_quantile(double p);

/** confidence_z - z of a two-sided interval, 1.959963984540054 for level 0.95; NAN unless 0 < level < 1. */
double confidence_z(double level);

/**
 * chi_square_upper_tail - P(X > x) for a chi-square variable with df degrees of freedom.
 *
 * x          >= 0; 0 gives 1
 * df         >= 1
 * log_p      output, may be NULL: the logarithm, to 1e-12 relative or, where p is nearly 1, 1e-13 absolute
 *
 * A finite sum of positive terms (Abramowitz & Stegun 1964, 26.4.4 and 26.4.5), taken from its largest term outwards.
 * NAN for a negative or missing x or df = 0.  O(sqrt df).
 */
double chi_square_upper_tail(double x, size_t df, double *log_p);

/**
 * f_upper_tail - P(F > f) for a variable of Fisher's distribution with df1 and df2 degrees of freedom; with df1 = 1 the
 * two-sided tail of Student's t at sqrt(f).
 *
 * f             >= 0; 0 gives 1, INFINITY 0
 * df1, df2      > 0
 * log_p         output: the logarithm
 *
 * By the incomplete beta function (incomplete.h), also where p underflows.  NAN for a missing f or df.
 */
double f_upper_tail(double f, double df1, double df2, double *log_p);

/** t_two_sided - P(|T| > |t|) for Student's t with df > 0 degrees of freedom. */
double t_two_sided(double t, double df);

/** chi_square_test_set - fills a test from its statistic and df. */
void chi_square_test_set(struct chi_square_test *test, double statistic, size_t df);

/**
 * binomial_log_pmf - log P(X = x), X ~ Binomial(n, p), by the saddle-point expansion: relative error of the
 * probability near 1e-14 also for n = 1e9.
 *
 * x, n       whole numbers, 0 <= x <= n
 * p, q       p + q = 1, given both so that neither is rounded away
 *
 * -INFINITY where the probability is 0.  Loader 2000, Fast and accurate computation of binomial probabilities.
 */
double binomial_log_pmf(double x, double n, double p, double q);

/** binomial_lower_tail - P(X <= x), X ~ Binomial(n, p), p + q = 1 and both > 0; x and n whole.  O(sqrt n). */
double binomial_lower_tail(double x, double n, double p, double q);

/** poisson_log_pmf - log P(X = x), X ~ Poisson(mean), by the saddle-point expansion; for any x >= 0, mean > 0. */
double poisson_log_pmf(double x, double mean);

/** poisson_lower_tail - P(X <= x), X ~ Poisson(mean), x whole, mean > 0.  O(sqrt mean). */
double poisson_lower_tail(double x, double mean);

/**
 * hypergeometric_log_pmf - log P(X = x) for x marked among `drawn`, drawn without return from `marked` + `plain`.
 *
 * -INFINITY outside max(0, drawn - plain) .. min(drawn, marked).
 */
double hypergeometric_log_pmf(double x, double marked, double plain, double drawn);

#endif
