/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * funnel.h - is a programme further from what was expected than chance explains?
 *
 * Each unit i has an observed count O_i of events, its expectation E_i and the variance V_i of the count under the
 * expectation: for a common proportion p E = n p and V = n p (1 - p), after adjustment E = sum p_j and
 * V = sum p_j (1 - p_j) over its people, for a rate with person-time E = V.
 *
 *     z_i  = (O_i - E_i) / sqrt(V_i)
 *     phi  = sum_i zw_i^2 / I          zw: z with the lowest and the highest share `winsor` set to their quantile
 *
 * Units differ by more than chance when phi > 1 + 2 sqrt(2 / I).  Then
 *
 *     FUNNEL_MULTIPLICATIVE   z_i / sqrt(phi)
 *     FUNNEL_ADDITIVE         (O_i / E_i - 1) / sqrt(V_i / E_i^2 + tau2),
 *                             tau2 = (I phi - (I - 1)) / (sum w - sum w^2 / sum w), w_i = E_i^2 / V_i; not below 0
 *     FUNNEL_CHANCE           z_i as it is, whatever phi says
 *
 * effective   w_i (1 - p) / p: the number of people of an unadjusted unit with the same precision; n_i itself where
 *             E = n p and V = n p (1 - p).  A unit plotted as p O_i / E_i against it lies outside
 *             p -+ z sqrt(phi p (1 - p) / effective) exactly when its z does.
 *
 * Spiegelhalter 2005, doi:10.1002/sim.1970; random effects: DerSimonian & Laird 1986 as there.
 */
#ifndef STATS_FUNNEL_H
#define STATS_FUNNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum funnel_model { FUNNEL_CHANCE, FUNNEL_MULTIPLICATIVE, FUNNEL_ADDITIVE };

struct funnel_options {
    enum funnel_model model;
    double winsor; /* share at each end, 0 .. 0.5 exclusive; 0.1 is usual */
};

struct funnel_dispersion {
    size_t n_unit;     /* units with V > 0: only they count */
    double phi;        /* NAN without units */
    bool overdispersed;
    double tau2;       /* between-unit variance of O / E; 0 unless additive and overdispersed */
};

/**
 * observed, expected, variance   [n] counts and their expectation; variance >= 0
 * spare                          [n] workspace
 * z                              [n] output: after the model; NAN where V = 0
 *
 * GSL_SUCCESS; GSL_EINVAL for a number that is negative or not finite, or winsor outside [0, 0.5).  O(n log n).
 */
int funnel_solve(const double *observed, const double *expected, const double *variance, size_t n,
                 const struct funnel_options *options, double *spare, double *z, struct funnel_dispersion *dispersion);

/** funnel_effective - people of an unadjusted unit with this precision at a share of p; 0 where variance is 0. */
double funnel_effective(double expected, double variance, double p);

/**
 * funnel_binomial_limit, funnel_poisson_limit - exact control limit of a proportion, of O / E.
 *
 * With R the count under the target and r the smallest whole number with P(R <= r) > tail,
 *
 *     limit = (r - a) / n,    a = (P(R <= r) - tail) / P(R = r)         (of O / E: divided by the expected count)
 *
 * so that limits run smoothly over n.  tail is the probability below the limit: 0.025 and 0.975 for 95 %, 0.001 and 0.999
 * for 99.8 %.  Cut to [0, 1], from below to 0.  NAN unless n >= 1, 0 < target < 1, 0 < tail < 1, expected > 0.
 * Spiegelhalter 2005, appendix A.1.1.  O(sqrt n).
 */
double funnel_binomial_limit(double target, int64_t n, double tail);
double funnel_poisson_limit(double expected, double tail);

#endif
