/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/logistic_rows.h"

#include <math.h>
#include <string.h>

#include "stats/vectors.h"

/* Functions that take and give vectors are all inlined: how one would be called does not matter. */
#pragma GCC diagnostic ignored "-Wpsabi"

#define SIGN_BIT UINT64_C(0x8000000000000000)

/* ---- parts of vectors ------------------------------------------------------------------------------------------- */

VECTOR_INLINE vector_reals choose(vector_bits mask, vector_reals yes, vector_reals no)
{
    return (vector_reals)((mask & (vector_bits)yes) | (~mask & (vector_bits)no));
}

VECTOR_INLINE vector_reals magnitude(vector_reals x)
{
    return (vector_reals)((vector_bits)x & ~SIGN_BIT);
}

VECTOR_INLINE vector_reals larger(vector_reals a, vector_reals b)
{
    return choose((vector_bits)(a > b), a, b);
}

VECTOR_INLINE double largest_of(vector_reals x)
{
    double largest = 0;

    for (size_t k = 0; k < VECTOR_LANES; k++)
        largest = x[k] > largest ? x[k] : largest;
    return largest;
}

/* ---- functions -------------------------------------------------------------------------------------------------- */

#define LOG2_E 0x1.71547652b82fep+0
#define LN2_HIGH 0x1.62e42fefa3800p-1 /* 42 bits: times a whole number of 11 bits it is exact */
#define LN2_LOW 0x1.ef35793c76730p-45
#define LN2 0x1.62e42fefa39efp-1
#define EXP_LEAST (-708.0)

/* x = k ln 2 + r, |r| <= ln 2 / 2; exp(r) by its series to the 13th power, whose rest is below 2^-57. */
VECTOR_INLINE vector_reals exp_of(vector_reals x)
{
    static const double series[] = {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                                    1.0 / 5040,       1.0 / 720,       1.0 / 120,      1.0 / 24,      1.0 / 6,      1.0 / 2};
    const vector_reals zero = {0}, least = zero + EXP_LEAST, bounded = larger(x, least);
    const vector_reals whole = bounded * LOG2_E + VECTOR_MAGIC, k = whole - VECTOR_MAGIC;
    const vector_reals r = (bounded - k * LN2_HIGH) - k * LN2_LOW;
    vector_reals sum = zero + series[0];

#pragma GCC unroll 16
    for (size_t j = 1; j < sizeof series / sizeof series[0]; j++)
        sum = sum * r + series[j];
    sum = 1 + (r + r * r * sum);
    return (vector_reals)((vector_bits)sum + ((vector_bits)whole << 52));
}

/* log(1 + s) = 2 artanh(s / (2 + s)), and above sqrt 2 - 1 ln 2 + 2 artanh((s - 1) / (s + 3)): |t| <= 0.1716, t^22 / 23 < 2^-60. */
VECTOR_INLINE vector_reals log1p_of(vector_reals s)
{
    static const double series[] = {1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3};
    const vector_reals zero = {0};
    const vector_bits above = (vector_bits)(s > 0.41421356237309503);
    const vector_reals t = choose(above, s - 1, s) / choose(above, s + 3, s + 2), square = t * t;
    vector_reals sum = zero + series[0];

#pragma GCC unroll 16
    for (size_t j = 1; j < sizeof series / sizeof series[0]; j++)
        sum = sum * square + series[j];
    return choose(above, zero + LN2, zero) + (2 * t + 2 * t * (square * sum));
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

struct terms {
    vector_reals residual, information, loglik;
};

VECTOR_INLINE struct terms terms_of(vector_reals y, vector_reals eta, vector_reals weight)
{
    const vector_reals zero = {0};
    const vector_bits with = (vector_bits)(y > 0.5), counts = (vector_bits)(weight > 0);
    const vector_reals against = (vector_reals)((vector_bits)eta ^ (with & SIGN_BIT)); /* > 0: on the wrong side */
    const vector_reals small = exp_of(-magnitude(eta)), large = 1 / (1 + small), other = small * large;
    const vector_reals off = choose((vector_bits)(against > 0), large, other);
    const vector_reals residual = (vector_reals)((vector_bits)off ^ (~with & SIGN_BIT));
    const vector_reals loglik = -(larger(against, zero) + log1p_of(small));

    return (struct terms){(vector_reals)((vector_bits)(weight * residual) & counts),
                          (vector_reals)((vector_bits)(weight * (large * other)) & counts),
                          (vector_reals)((vector_bits)(weight * loglik) & counts)};
}

VECTOR_VERSIONS static void whole_vectors(const double *y, const double *eta, const double *weight, size_t n, double *residual,
                                          double *information, double *loglik, struct logistic_bounds *bounds)
{
    vector_reals most_residual = {0}, most_information = {0}, most_loglik = {0}, nothing = {0};

    for (size_t k = 0; k < n; k += VECTOR_LANES) {
        const struct terms t = terms_of(*(const vector_reals *)(y + k), *(const vector_reals *)(eta + k),
                                        *(const vector_reals *)(weight + k));
        *(vector_reals *)(residual + k) = t.residual;
        *(vector_reals *)(information + k) = t.information;
        *(vector_reals *)(loglik + k) = t.loglik;
        most_residual = larger(magnitude(t.residual), most_residual);
        most_information = larger(t.information, most_information);
        most_loglik = larger(magnitude(t.loglik), most_loglik);
        nothing += t.loglik * 0; /* NAN once a number is not finite, which no comparison would keep */
    }
    bounds->residual = fmax(bounds->residual, largest_of(most_residual));
    bounds->information = fmax(bounds->information, largest_of(most_information));
    bounds->loglik = fmax(bounds->loglik, largest_of(most_loglik));
    for (size_t k = 0; k < VECTOR_LANES; k++)
        bounds->loglik = isnan(nothing[k]) ? INFINITY : bounds->loglik;
}

void logistic_rows(const double *y, const double *eta, const double *weight, size_t n, double *residual, double *information,
                   double *loglik, struct logistic_bounds *bounds)
{
    const size_t whole = n / VECTOR_LANES * VECTOR_LANES, rest = n - whole;
    double part[6][VECTOR_LANES] = {{0}};

    whole_vectors(y, eta, weight, whole, residual, information, loglik, bounds);
    if (rest == 0)
        return;
    memcpy(part[0], y + whole, rest * sizeof *y);
    memcpy(part[1], eta + whole, rest * sizeof *eta);
    memcpy(part[2], weight + whole, rest * sizeof *weight);
    whole_vectors(part[0], part[1], part[2], VECTOR_LANES, part[3], part[4], part[5], bounds);
    memcpy(residual + whole, part[3], rest * sizeof *residual);
    memcpy(information + whole, part[4], rest * sizeof *information);
    memcpy(loglik + whole, part[5], rest * sizeof *loglik);
}

/* ---- functions alone --------------------------------------------------------------------------------------------- */

VECTOR_VERSIONS static void exps(const double *x, double *y)
{
    *(vector_reals *)y = exp_of(*(const vector_reals *)x);
}

VECTOR_VERSIONS static void log1ps(const double *x, double *y)
{
    *(vector_reals *)y = log1p_of(*(const vector_reals *)x);
}

static void by_vectors(void (*function)(const double *, double *), const double *x, size_t n, double *y)
{
    for (size_t k = 0; k < n; k += VECTOR_LANES) {
        const size_t n_here = n - k < VECTOR_LANES ? n - k : VECTOR_LANES;
        double from[VECTOR_LANES] = {0}, to[VECTOR_LANES];

        memcpy(from, x + k, n_here * sizeof *from);
        function(from, to);
        memcpy(y + k, to, n_here * sizeof *to);
    }
}

void logistic_exp(const double *x, size_t n, double *y)
{
    by_vectors(exps, x, n, y);
}

void logistic_log1p(const double *x, size_t n, double *y)
{
    by_vectors(log1ps, x, n, y);
}
