/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/spline.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>

enum { SMALL_SAMPLE = 100, OUTER_RANK = 5 };

/* The values of ranks r [n] (from 0) among all people. */
typedef void ranking(const void *context, const int64_t *r, size_t n, double *value);

/* Rows that are here, x ascending. */
struct rows {
    const double *x;
    const int64_t *frequency; /* NULL: 1 */
    size_t n;
};

static double value_of(const struct rows *rows, int64_t r)
{
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

static void rank_here(const void *context, const int64_t *r, size_t n, double *value)
{
    for (size_t k = 0; k < n; k++)
        value[k] = value_of(context, r[k]);
}

struct far_rows {
    const struct people_value *values;
    size_t n;
    const struct reducer *reducer;
};

static void rank_anywhere(const void *context, const int64_t *r, size_t n, double *value)
{
    const struct far_rows *const rows = context;
    double goal[2 * SPLINE_KNOTS_MAX + 2];

    for (size_t k = 0; k < n; k++)
        goal[k] = (double)(r[k] + 1);
    people_ranks(rows->values, rows->n, goal, n, rows->reducer, value);
}

/* Between two ranks each, but the outer ones of few people; all are asked for at once. */
static int find_knots(ranking *ranked, const void *rows, int64_t total, size_t n_knots, double *knots)
{
    const double outer = n_knots <= 3 ? 0.1 : n_knots <= 6 ? 0.05 : 0.025;
    const bool few = total < SMALL_SAMPLE && total >= 2 * OUTER_RANK;
    double beyond[SPLINE_KNOTS_MAX], value[2 * SPLINE_KNOTS_MAX + 2];
    int64_t rank[2 * SPLINE_KNOTS_MAX + 2];
    size_t n = 0;

    for (size_t k = 0; k < n_knots; k++) {
        const double share = outer + (1 - 2 * outer) * (double)k / (double)(n_knots - 1);
        const double place = share * (double)(total - 1), whole = floor(place + 4e-15 * place);
        rank[n++] = (int64_t)whole;
        rank[n++] = (int64_t)fmin(whole + 1, (double)total - 1);
        beyond[k] = fmax(place - whole, 0);
    }
    if (few) {
        rank[n++] = OUTER_RANK - 1;
        rank[n++] = total - OUTER_RANK;
    }
    ranked(rows, rank, n, value);
    for (size_t k = 0; k < n_knots; k++)
        knots[k] = value[2 * k] + beyond[k] * (value[2 * k + 1] - value[2 * k]);
    if (few) {
        knots[0] = value[n - 2];
        knots[n_knots - 1] = value[n - 1];
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
