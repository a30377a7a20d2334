/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/people_quantile.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
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

/* In one place: the first value up to which there are as many. */
static double rank_here(const struct people_value *values, size_t n, double goal)
{
    size_t low = 0, high = n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (values[middle].people >= goal)
            high = middle;
        else
            low = middle + 1;
    }
    return low < n ? values[low].value : DBL_MAX;
}

/* What a goal's value may be, by the order of their bits: low .. high. */
struct range {
    uint64_t low, high;
};

enum { MESSAGE = 500 };

/* A range is cut into so many: a round of all goals is one short message. */
static size_t n_cuts(size_t n_goals)
{
    size_t n = 2;

    while (n < 256 && n_goals * (2 * n - 1) <= MESSAGE)
        n *= 2;
    return n;
}

/* The c-th of the n - 1 values between the parts. */
static uint64_t cut(const struct range *range, size_t c, size_t n)
{
    return range->low + (uint64_t)((unsigned __int128)(range->high - range->low) * (c + 1) / n);
}

/* The part that holds the least value that as many people have, or less; counts: to the values between the parts. */
static void narrow(struct range *range, const int64_t *counts, size_t n, double goal)
{
    struct range part = *range;

    for (size_t c = n - 1; c-- > 0;)
        if ((double)counts[c] >= goal)
            part.high = cut(range, c, n);
        else {
            part.low = cut(range, c, n) + 1;
            break;
        }
    *range = part.low < part.high ? part : (struct range){part.high, part.high};
}

static void rank_group(const struct people_value *values, size_t n, const double *goals, size_t n_goals, const struct reducer *reducer,
                       double *rank)
{
    struct range ranges[MESSAGE];
    const size_t parts = n_cuts(n_goals);
    bool more = true;

    for (size_t g = 0; g < n_goals; g++)
        ranges[g] = (struct range){radix_key(-DBL_MAX), radix_key(DBL_MAX)};
    while (more) {
        int64_t counts[MESSAGE + 1];

        for (size_t k = 0; k < n_goals * (parts - 1); k++)
            counts[k] = people_to(values, n, radix_value(cut(&ranges[k / (parts - 1)], k % (parts - 1), parts)));
        reducer_sum(reducer, counts, n_goals * (parts - 1));
        more = false;
        for (size_t g = 0; g < n_goals; g++) {
            narrow(&ranges[g], counts + g * (parts - 1), parts, goals[g]);
            more |= ranges[g].low < ranges[g].high;
        }
    }
    for (size_t g = 0; g < n_goals; g++)
        rank[g] = radix_value(ranges[g].low);
}

void people_ranks(const struct people_value *values, size_t n, const double *goals, size_t n_goals, const struct reducer *reducer,
                  double *ranks)
{
    const bool nobody = n_goals > 0 && reducer_sum_one(reducer, (int64_t)n) == 0;

    for (size_t g = 0; g < n_goals && (nobody || reducer == NULL); g++)
        ranks[g] = nobody ? (double)NAN : rank_here(values, n, goals[g]);
    for (size_t first = 0; first < n_goals && !nobody && reducer != NULL; first += MESSAGE)
        rank_group(values, n, goals + first, n_goals - first < MESSAGE ? n_goals - first : MESSAGE, reducer, ranks + first);
    for (size_t g = 0; g < n_goals; g++)
        ranks[g] += 0.0; /* a zero has no sign */
}

double people_rank(const struct people_value *values, size_t n, double goal, const struct reducer *reducer)
{
    double rank;

    people_ranks(values, n, &goal, 1, reducer, &rank);
    return rank;
}

double people_quantile_all(struct people_value *values, size_t n, double share, const struct reducer *reducer)
{
    qsort(values, n, sizeof *values, by_value);
    add_up(values, n);
    const int64_t all = reducer_sum_one(reducer, people_to(values, n, DBL_MAX));

    return people_rank(values, n, ceil(share * (double)all), reducer);
}
