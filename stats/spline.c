/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/spline.h"

#include <gsl/gsl_errno.h>
#include <math.h>

enum { SMALL_SAMPLE = 100, OUTER_RANK = 5 };

/* The value of rank r (from 0) when every x counts `frequency` times. */
static double ranked(const double *x, const int64_t *frequency, size_t n, int64_t r)
{
    int64_t before = 0;

    if (frequency == NULL)
        return x[r];
    for (size_t i = 0; i + 1 < n; i++) {
        before += frequency[i];
        if (r < before)
            return x[i];
    }
    return x[n - 1];
}

int spline_knots(const double *x, const int64_t *frequency, size_t n, size_t n_knots, double *knots)
{
    const double outer = n_knots <= 3 ? 0.1 : n_knots <= 6 ? 0.05 : 0.025;
    int64_t total = (int64_t)n;

    if (n < 2)
        return GSL_EINVAL;
    for (size_t i = 0; frequency != NULL && i < n; i++)
        total += frequency[i] - 1;
    for (size_t k = 0; k < n_knots; k++) {
        const double share = outer + (1 - 2 * outer) * (double)k / (double)(n_knots - 1);
        const double place = share * (double)(total - 1), whole = floor(place + 4e-15 * place);
        const double low = ranked(x, frequency, n, (int64_t)whole);
        const double high = ranked(x, frequency, n, (int64_t)fmin(whole + 1, (double)total - 1));
        knots[k] = low + fmax(place - whole, 0) * (high - low);
    }
    if (total < SMALL_SAMPLE && total >= 2 * OUTER_RANK) {
        knots[0] = ranked(x, frequency, n, OUTER_RANK - 1);
        knots[n_knots - 1] = ranked(x, frequency, n, total - OUTER_RANK);
    }
    for (size_t k = 1; k < n_knots; k++)
        if (!(knots[k] > knots[k - 1]))
            return GSL_EINVAL;
    return GSL_SUCCESS;
}

static double cubed_above(double x, double knot)
{
    const double d = x - knot;

    return d > 0 ? d * d * d : 0;
}

double spline_value(const double *knots, size_t n_knots, size_t j, double x)
{
    const double first = knots[0], last = knots[n_knots - 1], before = knots[n_knots - 2];

    if (j == 0)
        return x;
    const double t = knots[j - 1];
    const double tail = (before - t) * cubed_above(x, last) - (last - t) * cubed_above(x, before);
    return (cubed_above(x, t) + tail / (last - before)) / ((last - first) * (last - first));
}
