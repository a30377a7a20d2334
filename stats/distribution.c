/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/distribution.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_erf.h>
#include <math.h>

#include "stats/incomplete.h"
#include "stats/saddle_point.h"

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

    for (double a = top; a > first && term > sum * negligible; a--)
        sum += term *= a / h;
    term = 1;
    for (double a = top + 1; a <= last && term > sum * negligible; a++)
        sum += term *= h / a;
    return poisson_log_pmf(top, h) + log(sum);
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
    const double odds = f * (df1 / df2);

    if (odds == 0 || isinf(odds))
        *log_p = odds == 0 ? 0 : GSL_NEGINF;
    else
        *log_p = beta_tails(df1 / 2, df2 / 2, odds).log_upper;
    return exp(*log_p);
}

double t_two_sided(double t, double df)
{
    double log_p;

    return f_upper_tail(t * t, 1, df, &log_p);
}

void chi_square_test_set(struct chi_square_test *test, double statistic, size_t df)
{
    test->statistic = statistic;
    test->df = df;
    test->p_value = chi_square_upper_tail(statistic, df, &test->log_p);
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
    return stirling_error(n) - stirling_error(x) - stirling_error(n - x) - poisson_deviance(x, n * p) -
           poisson_deviance(n - x, n * q) - log(2 * M_PI * x * ((n - x) / n)) / 2;
}

double binomial_lower_tail(double x, double n, double p, double q)
{
    if (x < 0)
        return 0;
    return x >= n ? 1 : exp(beta_tails(n - x, x + 1, q / p).log_lower);
}

double poisson_log_pmf(double x, double mean)
{
    return x == 0 ? -mean : -stirling_error(x) - poisson_deviance(x, mean) - log(2 * M_PI * x) / 2;
}

double poisson_lower_tail(double x, double mean)
{
    return x < 0 ? 0 : exp(gamma_tails(x + 1, mean).log_upper);
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
