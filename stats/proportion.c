/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/proportion.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>

#include "stats/distribution.h"

enum { MAX_STEPS = 200 };

static const int64_t max_count = (int64_t)1 << 53; /* counts are exact as doubles up to here */

/* Lower Wilson limit.  The two limits' product is (x/n)^2 n/(n + z^2): dividing by the upper one does not cancel. */
static double wilson_low(double x, double n, double z)
{
    const double upper = x + z * z / 2 + z * sqrt(x * ((n - x) / n) + z * z / 4);

    return x * (x / n) / upper;
}

static double wilson_high(double x, double n, double z)
{
    if (x == n)
        return 1;
    return fmin(1, (x + z * z / 2 + z * sqrt(x * ((n - x) / n) + z * z / 4)) / (n + z * z));
}

/* P(X >= x) / P(X = x) for a binomial X with p <= x / n, so that the terms fall. */
static double tail_over_pmf(double x, double n, double odds)
{
    double sum = 1, term = 1;

    for (double k = x; k < n && term > sum * 0x1p-60; k++)
        sum += term *= (n - k) / (k + 1) * odds;
    return sum;
}

/*
 * Logit of the p with P(X >= x) = tail, 0 < x < n, tail < 1/2.
 *
 * In the logit, log P(X >= x) is increasing and concave (its second derivative is Var(X | X >= x) - Var X), so
 * Newton's steps from below never pass the root, and the first one at most falls below it.
 */
static double exact_low_logit(double x, double n, double tail, double start)
{
    double logit = log(start / (1 - start));

    for (int i = 0; i < MAX_STEPS; i++) {
        const double p = 1 / (1 + exp(-logit)), q = 1 / (1 + exp(logit));
        const double ratio = tail_over_pmf(x, n, p / q);
        const double excess = binomial_log_pmf(x, n, p, q) + log(ratio) - log(tail);
        const double step = excess * ratio / (x * q);

        logit -= step;
        if (!(fabs(step) > 4 * DBL_EPSILON * (1 + fabs(logit))))
            break;
    }
    return logit;
}

static void exact_limits(double x, double n, double level, double z, struct proportion *result)
{
    const double tail = (1 - level) / 2;

    if (x == 0)
        result->conf_low = 0;
    else if (x == n)
        result->conf_low = exp(log(tail) / n);
    else
        result->conf_low = 1 / (1 + exp(-exact_low_logit(x, n, tail, wilson_low(x, n, z))));

    if (x == n)
        result->conf_high = 1;
    else if (x == 0)
        result->conf_high = -expm1(log(tail) / n);
    else /* the lower limit of the share without event, turned round without forming 1 - p */
        result->conf_high = 1 / (1 + exp(exact_low_logit(n - x, n, tail, wilson_low(n - x, n, z))));
}

int proportion_interval(int64_t n_event, int64_t n, enum proportion_method method, double level,
                        struct proportion *result)
{
    const double z = confidence_z(level), x = (double)n_event, size = (double)n;

    *result = (struct proportion){GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN};
    if (n_event < 0 || n_event > n || n > max_count || isnan(z))
        return GSL_EINVAL;
    if (n == 0)
        return GSL_EDOM;
    result->estimate = x / size;
    result->std_error = sqrt(x * (size - x) / size) / size;
    switch (method) {
    case PROPORTION_WILSON:
        result->conf_low = wilson_low(x, size, z);
        result->conf_high = wilson_high(x, size, z);
        return GSL_SUCCESS;
    case PROPORTION_EXACT:
        exact_limits(x, size, level, z, result);
        return GSL_SUCCESS;
    case PROPORTION_WALD:
        result->conf_low = fmax(0, result->estimate - z * result->std_error);
        result->conf_high = fmin(1, result->estimate + z * result->std_error);
        return GSL_SUCCESS;
    }
    return GSL_EINVAL;
}
