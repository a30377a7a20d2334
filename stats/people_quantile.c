/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/people_quantile.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "stats/radix_order.h"

static int by_value(const void *a, const void *b)
{
    const double x = ((const struct people_value *)a)->value, y = ((const struct people_value *)b)->value;

    return x < y ? -1 : x > y;
}

double people_quantile(struct people_value *values, size_t n, double share)
{
    double all = 0, below = 0;
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        all += values[i].people;
    qsort(values, n, sizeof *values, by_value);
    while ((below += values[k].people) < ceil(share * all))
        k++;
    return values[k].value;
}

/* People of the first so many values become those of all of them up to each. */
static void add_up(struct people_value *values, size_t n)
{
    for (size_t k = 1; k < n; k++)
        values[k].people += values[k - 1].people;
}

/* Those with a value up to v, of values that were added up. */
static int64_t people_to(const struct people_value *values, size_t n, double v)
{
    size_t low = 0, high = n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (values[middle].value <= v)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? 0 : (int64_t)values[low - 1].people;
}

double people_rank(const struct people_value *values, size_t n, double goal, const struct reducer *reducer)
{
    uint64_t low = radix_key(-DBL_MAX), high = radix_key(DBL_MAX);

    if (reducer_sum_one(reducer, (int64_t)n) == 0)
        return NAN;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if ((double)reducer_sum_one(reducer, people_to(values, n, radix_value(middle))) >= goal)
            high = middle;
        else
            low = middle + 1;
    }
    return radix_value(low);
}

double people_quantile_all(struct people_value *values, size_t n, double share, const struct reducer *reducer)
{
    qsort(values, n, sizeof *values, by_value);
    add_up(values, n);
    const int64_t all = reducer_sum_one(reducer, people_to(values, n, DBL_MAX));

    return people_rank(values, n, ceil(share * (double)all), reducer);
}
