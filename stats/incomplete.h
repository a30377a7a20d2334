/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * incomplete.h - the incomplete gamma and beta functions: both tails, for small and very large shapes.
 *
 *     gamma   P(X <= x) = 1 / Gamma(a) int_0^x t^(a-1) exp(-t) dt
 *     beta    P(X / (1 - X) <= w) = 1 / B(a, b) int_0^(w / (1 + w)) t^(a-1) (1 - t)^(b-1) dt
 *
 * Beta variables are looked at by their odds w = x / (1 - x), which tell values near 0 and near 1 apart alike.  The smaller
 * tail is computed as itself, the other from it: relative error below 1e-11 for shapes up to 1e8 (most of it is the rounding
 * of x, which alone moves a tail by sqrt(a) z 1e-16), and so the logarithm is right where the tail itself would underflow.
 *
 * The logarithms are NAN for shapes or values that are not > 0 and finite, and where 2^24 steps do not suffice: in the middle
 * of distributions with shapes beyond 1e12 or below 1e-6.  O(sqrt a) steps of the series near the mean and O((a + b)^(1/3)) of
 * the fractions, fewer further out: 40,000 and 3,000 for shapes of 1e8.  All functions are pure.
 */
#ifndef STATS_INCOMPLETE_H
#define STATS_INCOMPLETE_H

struct tails {
    double log_lower, log_upper; /* logarithms of both tails */
    double log_slope;            /* log of d lower / d log x, of d lower / d log w */
};

/**
 * gamma_tails - of a Gamma(a, 1) variable at x.
 *
 * Up to the mean the series DLMF 8.7.1 of positive terms, beyond it the continued fraction DLMF 8.9.2.
 */
struct tails gamma_tails(double a, double x);

/**
 * beta_tails - of a Beta(a, b) variable at the odds w.
 *
 * The continued fraction of DiDonato & Morris 1992, doi:10.1145/131766.131776, on the side of the mean w = a / b where it
 * converges fast.
 */
struct tails beta_tails(double a, double b, double w);

#endif
