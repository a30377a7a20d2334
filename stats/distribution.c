/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/distribution.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_erf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

static const double negligible = 0x1p-60; /* a term this small against its sum no longer changes it */

double normal_upper_tail(double z)
{
    return erfc(z * M_SQRT1_2) / 2;
}

double normal_two_sided(double z)
{
    return erfc(fabs(z) * M_SQRT1_2);
}

double normal_log_upper_tail(double z)
{
    if (z < 0)
        return log1p(-normal_upper_tail(-z)); /* near 1 the logarithm of the other tail is what counts */
    return gsl_sf_log_erfc(z * M_SQRT1_2) - M_LN2;
}

double normal_upper_quantile(double p)
{
    return p > 0 && p < 1 ? gsl_cdf_ugaussian_Qinv(p) : GSL_NAN;
}

double confidence_z(double level)
{
    return level > 0 && level < 1 ? normal_upper_quantile((1 - level) / 2) : GSL_NAN;
}

/* log of the sum over a = first, first + 1, ..., last of h^a exp(-h) / gamma(a + 1), from its largest term outwards. */
static double log_poisson_terms(double h, double first, double last)
{
    const double top = fmax(first, last - fmax(0, ceil(last - h)));
    double sum = 1, term = 1;
    int sign;

    for (double a = top; a > first && term > sum * negligible; a--)
        sum += term *= a / h;
    term = 1;
    for (double a = top + 1; a <= last && term > sum * negligible; a++)
        sum += term *= h / a;
    return top * log(h) - h - lgamma_r(top + 1, &sign) + log(sum);
}

double chi_square_upper_tail(double x, size_t df, double *log_p)
{
    const double h = x / 2, last = (double)df / 2 - 1;
    double log_sum = GSL_NEGINF, log_root = GSL_NEGINF, larger, p;

    if (!(x >= 0) || df == 0) {
        p = larger = GSL_NAN;
    } else if (x == 0 || isinf(x)) {
        p = x == 0;
        larger = x == 0 ? 0 : GSL_NEGINF;
    } else {
        if (df > 1)
            log_sum = log_poisson_terms(h, df % 2 == 0 ? 0 : 0.5, last);
        if (df % 2 == 1)
            log_root = gsl_sf_log_erfc(sqrt(h));
        p = fmin(1, exp(log_sum) + (df % 2 == 1 ? erfc(sqrt(h)) : 0));
        larger = fmax(log_sum, log_root);
        larger = fmin(0, larger + log1p(exp(fmin(log_sum, log_root) - larger)));
    }
    if (log_p != NULL)
        *log_p = larger;
    return p;
}

double f_upper_tail(double f, double df1, double df2, double *log_p)
{
    const double p = gsl_cdf_fdist_Q(f, df1, df2);
    const double x = df2 / (df2 + df1 * f), a = df2 / 2, b = df1 / 2;
    double sum = 1, term = 1;

    *log_p = log(p);
    if (p > 1e-280)
        return p;
    for (int n = 0; term > 1e-17 * sum; n++) { /* x < 1: the terms decrease in the end */
        term *= x * (a + b + n) / (a + 1 + n);
        sum += term;
    }
    *log_p = a * log(x) + b * log1p(-x) - log(a) - gsl_sf_lnbeta(a, b) + log(sum);
    return exp(*log_p);
}

void chi_square_test_set(struct chi_square_test *test, double statistic, size_t df)
{
    test->statistic = statistic;
    test->df = df;
    test->p_value = chi_square_upper_tail(statistic, df, &test->log_p);
}

/* log n! - ((n + 1/2) log n - n + log(2 pi) / 2), n a whole number >= 1. */
static double stirling_error(double n)
{
    static const double small[] = { /* from the definition with 50 digits, n = 1 .. 15 */
        0.0810614667953272582197, 0.0413406959554092940938, 0.0276779256849983391488, 0.0207906721037650931115,
        0.0166446911898211921632, 0.0138761288230707479987, 0.0118967099458917700951, 0.0104112652619720964975,
        0.0092554621827127329177, 0.0083305634333628712565, 0.0075736754879518407950, 0.0069428401072095298657,
        0.0064089941880042070684, 0.0059513701127588477356, 0.0055547335519628013710};
    const double s = 1 / (n * n);

    if (n < 16)
        return small[(size_t)n - 1];
    return (1. / 12 - s * (1. / 360 - s * (1. / 1260 - s * (1. / 1680 - s * (1. / 1188 - s * (691. / 360360)))))) / n;
}

/* x log(x / mean) + mean - x, x > 0, mean > 0: half the Poisson deviance. */
static double deviance(double x, double mean)
{
    const double gap = x - mean, v = gap / (x + mean);
    double sum, power, before, j = 3;

    if (!(fabs(v) < 0.1))
        return x * log(x / mean) - gap;
    /* log(x / mean) = 2 atanh v; its first term joins -gap in closed form, before they could cancel. */
    sum = gap * v;
    power = 2 * x * v;
    do {
        before = sum;
        power *= v * v;
        sum += power / j;
        j += 2;
    } while (sum != before);
    return sum;
}

double binomial_log_pmf(double x, double n, double p, double q)
{
    if (x < 0 || x > n)
        return GSL_NEGINF;
    if (x == 0)
        return n == 0 ? 0 : n * (p < q ? log1p(-p) : log(q));
    if (x == n)
        return n * (q < p ? log1p(-q) : log(p));
    if (p == 0 || q == 0)
        return GSL_NEGINF;
    return stirling_error(n) - stirling_error(x) - stirling_error(n - x) - deviance(x, n * p) -
           deviance(n - x, n * q) - log(2 * M_PI * x * ((n - x) / n)) / 2;
}

double hypergeometric_log_pmf(double x, double marked, double plain, double drawn)
{
    const double total = marked + plain, p = drawn / total, q = (total - drawn) / total;

    if (x < 0 || x > marked || drawn - x < 0 || drawn - x > plain)
        return GSL_NEGINF;
    if (drawn == 0 || drawn == total)
        return 0;
    return binomial_log_pmf(x, marked, p, q) + binomial_log_pmf(drawn - x, plain, p, q) -
           binomial_log_pmf(drawn, total, p, q);
}
