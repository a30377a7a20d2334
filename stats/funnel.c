/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/funnel.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sort.h>
#include <math.h>

#include "stats/distribution.h"
#include "stats/exact_sum.h"

/* ---- between units -------------------------------------------------------------------------------------------- */

static bool is_count(double x)
{
    return isfinite(x) && x >= 0;
}

/* The quantile of sorted numbers, as R's type 7. */
static double quantile(const double *sorted, size_t n, double p)
{
    const double at = p * (double)(n - 1);
    const size_t low = (size_t)at, high = low + 1 < n ? low + 1 : low;

    return sorted[low] + (at - (double)low) * (sorted[high] - sorted[low]);
}

/* sum of squares of the winsorised z; sorted is overwritten. */
static double winsorised_squares(double *sorted, size_t n, double winsor)
{
    double low, high, total = 0;

    gsl_sort(sorted, 1, n);
    low = quantile(sorted, n, winsor);
    high = quantile(sorted, n, 1 - winsor);
    for (size_t i = 0; i < n; i++) { /* in the order of size: the same for any order of units */
        const double z = fmin(fmax(sorted[i], low), high);
        total += z * z;
    }
    return total;
}

/* DerSimonian and Laird from a given heterogeneity. */
static double between_variance(const double *expected, const double *variance, size_t n, double heterogeneity,
                               size_t n_unit)
{
    struct exact_sum sum, squares;
    double w, w2, left;

    exact_sum_init(&sum);
    exact_sum_init(&squares);
    for (size_t i = 0; i < n; i++) {
        if (variance[i] <= 0)
            continue;
        const double weight = expected[i] * expected[i] / variance[i];
        exact_sum_add(&sum, weight);
        exact_sum_add(&squares, weight * weight);
    }
    exact_sum_round(&sum, &w);
    exact_sum_round(&squares, &w2);
    left = w - w2 / w;
    return left > 0 ? fmax((heterogeneity - (double)(n_unit - 1)) / left, 0) : 0;
}

static void apply(const double *observed, const double *expected, const double *variance, size_t n,
                  const struct funnel_options *options, const struct funnel_dispersion *dispersion, double *z)
{
    for (size_t i = 0; i < n; i++) {
        if (isnan(z[i]) || !dispersion->overdispersed)
            continue;
        if (options->model == FUNNEL_MULTIPLICATIVE)
            z[i] /= sqrt(dispersion->phi);
        else if (options->model == FUNNEL_ADDITIVE)
            z[i] = (observed[i] / expected[i] - 1) /
                   sqrt(variance[i] / (expected[i] * expected[i]) + dispersion->tau2);
    }
}

int funnel_solve(const double *observed, const double *expected, const double *variance, size_t n,
                 const struct funnel_options *options, double *spare, double *z, struct funnel_dispersion *dispersion)
{
    size_t m = 0;
    double heterogeneity;

    if (!(options->winsor >= 0 && options->winsor < 0.5))
        return GSL_EINVAL;
    for (size_t i = 0; i < n; i++) {
        if (!is_count(observed[i]) || !is_count(expected[i]) || !is_count(variance[i]))
            return GSL_EINVAL;
        z[i] = variance[i] > 0 ? (observed[i] - expected[i]) / sqrt(variance[i]) : (double)NAN;
        if (variance[i] > 0)
            spare[m++] = z[i];
    }
    *dispersion = (struct funnel_dispersion){.n_unit = m, .phi = NAN};
    if (m == 0)
        return GSL_SUCCESS;
    heterogeneity = winsorised_squares(spare, m, options->winsor);
    dispersion->phi = heterogeneity / (double)m;
    dispersion->overdispersed = dispersion->phi > 1 + 2 * sqrt(2 / (double)m);
    if (options->model == FUNNEL_ADDITIVE && dispersion->overdispersed)
        dispersion->tau2 = between_variance(expected, variance, n, heterogeneity, m);
    apply(observed, expected, variance, n, options, dispersion, z);
    return GSL_SUCCESS;
}

double funnel_effective(double expected, double variance, double p)
{
    return variance > 0 ? expected * expected / variance * (1 - p) / p : 0;
}

/* ---- exact limits ---------------------------------------------------------------------------------------------- */

/* A count and its distribution: binomial, or Poisson where n is 0. */
struct count {
    double n, p, expected;
};

static double below(const struct count *count, double r)
{
    return count->n > 0 ? binomial_lower_tail(r, count->n, count->p, 1 - count->p) : poisson_lower_tail(r, count->expected);
}

static double exactly(const struct count *count, double r)
{
    return exp(count->n > 0 ? binomial_log_pmf(r, count->n, count->p, 1 - count->p) : poisson_log_pmf(r, count->expected));
}

/* The smallest r with P(R <= r) > tail, from the normal approximation by whole steps. */
static double crossing(const struct count *count, double tail, double mean, double sd, double most)
{
    double r = floor(fmin(fmax(mean - normal_upper_quantile(tail) * sd, 0), most));

    while (r > 0 && below(count, r - 1) > tail)
        r--;
    while (r < most && below(count, r) <= tail)
        r++;
    return r;
}

static double interpolated(const struct count *count, double tail, double r)
{
    return r - (below(count, r) - tail) / exactly(count, r);
}

double funnel_binomial_limit(double target, int64_t n, double tail)
{
    if (n < 1 || n > INT32_MAX || !(target > 0 && target < 1) || !(tail > 0 && tail < 1))
        return NAN;
    const struct count count = {.n = (double)n, .p = target};
    const double size = count.n, r = crossing(&count, tail, size * target, sqrt(size * target * (1 - target)), size);
    return fmin(fmax(interpolated(&count, tail, r) / size, 0), 1);
}

double funnel_poisson_limit(double expected, double tail)
{
    if (!(expected > 0 && expected < 1e9) || !(tail > 0 && tail < 1))
        return NAN;
    const struct count count = {.expected = expected};
    const double r = crossing(&count, tail, expected, sqrt(expected), (double)INT32_MAX);
    return fmax(interpolated(&count, tail, r) / expected, 0);
}
