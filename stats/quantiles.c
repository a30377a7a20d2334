/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/quantiles.h"

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdbool.h>

#include "stats/distribution.h"
#include "stats/incomplete.h"

enum { MOST_STEPS = 200 }; /* of which most quantiles need four */
static const double smallest = 1e-290, largest = 1e290;

static bool is_share(double p)
{
    return p > 0 && p < 1;
}

static bool is_shape(double a)
{
    return a > 0 && isfinite(a);
}

/* ---- Newton's method within a bracket ------------------------------------------------------------------------------ */

/* The logarithm of a tail, and its slope over log x. */
struct point {
    double log_tail, slope;
};

typedef struct point tail_at(double a, double b, double x);

static struct point gamma_lower(double a, double b, double x)
{
    (void)b;
    const struct tails t = gamma_tails(a, x);
    return (struct point){t.log_lower, exp(t.log_slope - t.log_lower)};
}

static struct point gamma_upper(double a, double b, double x)
{
    (void)b;
    const struct tails t = gamma_tails(a, x);
    return (struct point){t.log_upper, -exp(t.log_slope - t.log_upper)};
}

static struct point beta_lower(double a, double b, double w)
{
    const struct tails t = beta_tails(a, b, w);
    return (struct point){t.log_lower, exp(t.log_slope - t.log_lower)};
}

static double within_numbers(double x)
{
    return fmin(fmax(x, smallest), largest);
}

static double solve(tail_at *at, double a, double b, double log_p, double start)
{
    double low = 0, high = INFINITY, x = within_numbers(start);

    for (int i = 0;; i++) {
        const struct point point = at(a, b, x);
        const double gap = point.log_tail - log_p, step = -gap / point.slope, next = within_numbers(x * exp(step));

        if (isnan(gap))
            return NAN;
        if (fabs(step) < 1e-11 || i == MOST_STEPS) /* the step after it would be its square */
            return next;
        if ((gap < 0) == (point.slope > 0))
            low = x;
        else
            high = x;
        if (high <= smallest || low >= largest)
            return high <= smallest ? 0 : INFINITY;
        if (next > low && next < high && !isnan(step))
            x = next;
        else
            x = sqrt(within_numbers(low)) * sqrt(within_numbers(high));
    }
}

/* ---- chi-square ---------------------------------------------------------------------------------------------------- */

/* Cornish-Fisher: the quantile of chi-square with many degrees of freedom, from the normal one. */
static double expanded(double z, double df)
{
    const double s = z * z, r = M_SQRT2 / sqrt(df), t[] = {
        2 * (s - 1) / 3,
        z * (s - 7) / 18,
        -(s * (6 * s + 14) - 32) / 810,
        z * (s * (9 * s + 256) - 433) / 19440,
        (s * (s * (12 * s - 243) - 923) + 1472) / 102060,
        -z * (s * (s * (3753 * s + 4353) - 289517) - 289717) / 146966400,
    };
    double sum = 0;

    for (int k = 5; k >= 0; k--)
        sum = t[k] + r * sum;
    return df + (2 * z / r + sum);
}

/* z: the normal quantile of the same tail.  Far below, where the cube has no root, the first term of the series. */
static double chi_square_start(double z, double df, double log_lower)
{
    const double spread = 2 / (9 * df), root = 1 - spread + z * sqrt(spread);
    int sign;

    if (root > 0.2)
        return df * root * root * root;
    return 2 * exp((log_lower + lgamma_r(df / 2 + 1, &sign)) / (df / 2));
}

/* p <= 1/2 */
static double chi_square_quantile(double p, bool upper, double df)
{
    const double z = upper ? normal_upper_quantile(p) : -normal_upper_quantile(p), log_lower = upper ? log1p(-p) : log(p);

    if (df >= 1e7)
        return expanded(z, df);
    return 2 * solve(upper ? gamma_upper : gamma_lower, df / 2, 0, log(p), chi_square_start(z, df, log_lower) / 2);
}

double chi_square_lower_quantile(double p, double df)
{
    if (!is_share(p) || !is_shape(df))
        return NAN;
    return p <= 0.5 ? chi_square_quantile(p, false, df) : chi_square_quantile(1 - p, true, df); /* 1 - p is exact */
}

double chi_square_upper_quantile(double p, double df)
{
    if (!is_share(p) || !is_shape(df))
        return NAN;
    return p <= 0.5 ? chi_square_quantile(p, true, df) : chi_square_quantile(1 - p, false, df);
}

/* ---- beta, t ------------------------------------------------------------------------------------------------------- */

/* The odds whose lower tail is about p <= 1/2. */
static double odds_start(double p, double a, double b)
{
    if (a < 1 || b < 1)
        return a / b;
    const double z = normal_upper_quantile(p), from_a = 1 / (2 * a - 1), from_b = 1 / (2 * b - 1), h = 2 / (from_a + from_b),
                 lambda = (z * z - 3) / 6;
    const double w = z * sqrt(fmax(h + lambda, 0)) / h - (from_b - from_a) * (lambda + 5. / 6 - 2 / (3 * h));
    return a / b * exp(-2 * w);
}

double beta_lower_odds(double p, double a, double b)
{
    if (!is_share(p) || !is_shape(a) || !is_shape(b))
        return NAN;
    if (p > 0.5)
        return 1 / beta_lower_odds(1 - p, b, a);
    return solve(beta_lower, a, b, log(p), odds_start(p, a, b));
}

double beta_upper_odds(double p, double a, double b)
{
    return 1 / beta_lower_odds(p, b, a);
}

double t_upper_quantile(double p, double df)
{
    if (p > 0.5)
        return -t_upper_quantile(1 - p, df);
    return p == 0.5 && is_shape(df) ? 0 : sqrt(df) / sqrt(beta_lower_odds(2 * p, df / 2, 0.5));
}
