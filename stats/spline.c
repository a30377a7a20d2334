/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/spline.h"

#include <gsl/gsl_errno.h>
#include <math.h>

enum { SMALL_SAMPLE = 100, OUTER_RANK = 5 };

/* The value of rank r (from 0) among all people. */
typedef double ranking(const void *context, int64_t r);

/* Rows that are here, x ascending. */
struct rows {
    const double *x;
    const int64_t *frequency; /* NULL: 1 */
    size_t n;
};

static double rank_here(const void *context, int64_t r)
{
    const struct rows *const rows = context;
    int64_t before = 0;

    if (rows->frequency == NULL)
        return rows->x[r];
    for (size_t i = 0; i + 1 < rows->n; i++) {
        before += rows->frequency[i];
        if (r < before)
            return rows->x[i];
    }
    return rows->x[rows->n - 1];
}

struct far_rows {
    const struct people_value *values;
    size_t n;
    const struct reducer *reducer;
};

static double rank_anywhere(const void *context, int64_t r)
{
    const struct far_rows *const rows = context;

    return people_rank(rows->values, rows->n, (double)(r + 1), rows->reducer);
}

static int find_knots(ranking *ranked, const void *rows, int64_t total, size_t n_knots, double *knots)
{
    const double outer = n_knots <= 3 ? 0.1 : n_knots <= 6 ? 0.05 : 0.025;

    for (size_t k = 0; k < n_knots; k++) {
        const double share = outer + (1 - 2 * outer) * (double)k / (double)(n_knots - 1);
        const double place = share * (double)(total - 1), whole = floor(place + 4e-15 * place);
        const double low = ranked(rows, (int64_t)whole);
        const double high = ranked(rows, (int64_t)fmin(whole + 1, (double)total - 1));
        knots[k] = low + fmax(place - whole, 0) * (high - low);
    }
    if (total < SMALL_SAMPLE && total >= 2 * OUTER_RANK) {
        knots[0] = ranked(rows, OUTER_RANK - 1);
        knots[n_knots - 1] = ranked(rows, total - OUTER_RANK);
    }
    for (size_t k = 1; k < n_knots; k++)
        if (!(knots[k] > knots[k - 1]))
            return GSL_EINVAL;
    return GSL_SUCCESS;
}

int spline_knots(const double *x, const int64_t *frequency, size_t n, size_t n_knots, double *knots)
{
    const struct rows rows = {x, frequency, n};
    int64_t total = (int64_t)n;

    for (size_t i = 0; frequency != NULL && i < n; i++)
        total += frequency[i] - 1;
    return n < 2 ? GSL_EINVAL : find_knots(rank_here, &rows, total, n_knots, knots);
}

int spline_knots_all(const struct people_value *values, size_t n, size_t n_knots, const struct reducer *reducer, double *knots)
{
    const struct far_rows rows = {values, n, reducer};
    const int64_t total = reducer_sum_one(reducer, n > 0 ? (int64_t)values[n - 1].people : 0);

    return reducer_sum_one(reducer, (int64_t)n) < 2 ? GSL_EINVAL : find_knots(rank_anywhere, &rows, total, n_knots, knots);
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
