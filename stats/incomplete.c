/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/incomplete.h"

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdbool.h>

#include "stats/saddle_point.h"

enum { MOST_STEPS = 1 << 24 };
static const double negligible = 0x1p-54; /* a change this small, relatively, no longer counts */

static bool is_positive(double x)
{
    return x > 0 && isfinite(x);
}

static struct tails none(void)
{
    return (struct tails){GSL_NAN, GSL_NAN, GSL_NAN};
}

/* The other tail of a smaller one; where they meet either may pass 1 by its rounding. */
static double log_rest(double log_tail)
{
    if (log_tail < -M_LN2)
        return log1p(-exp(log_tail));
    return log(fmax(-expm1(log_tail), 0));
}

/* A continued fraction b0 + a1 / (b1 + a2 / (b2 + ...)) from its front (Lentz 1976, doi:10.1364/AO.15.000668). */
struct fraction {
    double value, c, d;
};

static void begin(struct fraction *f, double b0)
{
    *f = (struct fraction){b0, b0, 0};
}

/* True as long as the value still moves. */
static bool carry_on(struct fraction *f, double a, double b)
{
    f->d = 1 / (b + a * f->d);
    f->c = b + a / f->c;
    const double by = f->c * f->d;
    f->value *= by;
    return !(fabs(by - 1) <= negligible);
}

/* ---- gamma --------------------------------------------------------------------------------------------------------- */

/* log sum_k x^k / ((a + 1) ... (a + k)) */
static double log_gamma_series(double a, double x)
{
    double sum = 1, term = 1;
    int k = 1;

    do {
        term *= x / (a + k);
        sum += term;
    } while (term > sum * negligible && k++ < MOST_STEPS);
    return k > MOST_STEPS ? GSL_NAN : log(sum);
}

/* log (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...))) */
static double log_gamma_fraction(double a, double x)
{
    const double first = x - a + 1;
    struct fraction f;
    double k = 1;

    begin(&f, first);
    while (carry_on(&f, -k * (k - a), first + 2 * k) && k < MOST_STEPS)
        k++;
    return k < MOST_STEPS ? log(f.value) : GSL_NAN;
}

struct tails gamma_tails(double a, double x)
{
    if (!is_positive(a) || !is_positive(x))
        return none();
    struct tails t = {.log_slope = log(a / (2 * M_PI)) / 2 - stirling_error(a) - poisson_deviance(a, x)};

    if (x <= fmax(a, 1)) { /* the fraction is slow near 0 */
        t.log_lower = t.log_slope - log(a) + log_gamma_series(a, x);
        t.log_upper = log_rest(t.log_lower);
    } else {
        t.log_upper = t.log_slope - log_gamma_fraction(a, x);
        t.log_lower = log_rest(t.log_upper);
    }
    return t;
}

/* ---- beta ---------------------------------------------------------------------------------------------------------- */

/* log of the slope over the lower tail, for x <= a / (a + b), y = 1 - x. */
static double log_beta_fraction(double a, double b, double x, double y)
{
    const double lambda = a * y - b * x;
    struct fraction f;
    double k = 1;

    begin(&f, a / (a + 1) * (lambda + 1));
    while (k < MOST_STEPS) {
        const double s = a + 2 * k - 1, inner = k * (b - k) * x / s;
        if (!carry_on(&f, (a + k - 1) / s * inner * ((a + b + k - 1) * x), k + inner + (a + k) / (s + 2) * (lambda + 1 + k * (1 + y))))
            break;
        k++;
    }
    return k < MOST_STEPS ? log(f.value) : GSL_NAN;
}

struct tails beta_tails(double a, double b, double w)
{
    if (!is_positive(a) || !is_positive(b) || !is_positive(w))
        return none();
    const double x = w / (1 + w), y = 1 / (1 + w), n = a + b;
    struct tails t = {.log_slope = log(a / n * (b / (2 * M_PI))) / 2 + stirling_error(n) - stirling_error(a) -
                                   stirling_error(b) - poisson_deviance(a, n * x) - poisson_deviance(b, n * y)};

    if (w <= a / b) {
        t.log_lower = t.log_slope - log_beta_fraction(a, b, x, y);
        t.log_upper = log_rest(t.log_lower);
    } else {
        t.log_upper = t.log_slope - log_beta_fraction(b, a, y, x);
        t.log_lower = log_rest(t.log_upper);
    }
    return t;
}
