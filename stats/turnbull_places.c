/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/turnbull_places.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>

struct interval {
    double lower, upper;
    int64_t count;
};

static int compare_intervals(const void *a, const void *b)
{
    const struct interval *const x = a, *const y = b;

    if (x->lower != y->lower)
        return x->lower < y->lower ? -1 : 1;
    return (x->upper > y->upper) - (x->upper < y->upper);
}

/* Sorts them and adds up those that are alike; returns how many are left. */
static size_t join(struct interval *intervals, size_t n)
{
    size_t n_distinct = 0;

    if (n > 0)
        qsort(intervals, n, sizeof *intervals, compare_intervals);
    for (size_t i = 0; i < n; i++)
        if (n_distinct > 0 && compare_intervals(&intervals[n_distinct - 1], &intervals[i]) == 0)
            intervals[n_distinct - 1].count += intervals[i].count;
        else
            intervals[n_distinct++] = intervals[i];
    return n_distinct;
}

static int take_back(const struct interval *intervals, size_t n, struct turnbull_rows *rows)
{
    turnbull_rows_free(rows);
    rows->lower = malloc((n + 1) * sizeof *rows->lower);
    rows->upper = malloc((n + 1) * sizeof *rows->upper);
    rows->frequency = malloc((n + 1) * sizeof *rows->frequency);
    if (rows->lower == NULL || rows->upper == NULL || rows->frequency == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        rows->lower[i] = intervals[i].lower;
        rows->upper[i] = intervals[i].upper;
        rows->frequency[i] = intervals[i].count;
    }
    rows->n = n;
    return GSL_SUCCESS;
}

int turnbull_collect(struct turnbull_rows *rows, const struct reducer *reducer)
{
    struct interval *const own = malloc((rows->n + 1) * sizeof *own);
    struct reducer_bytes all = {0};
    int status = reducer_status(reducer, own == NULL ? GSL_ENOMEM : GSL_SUCCESS);

    for (size_t i = 0; status == GSL_SUCCESS && i < rows->n; i++)
        own[i] = (struct interval){rows->lower[i], rows->upper[i], rows->frequency[i]};
    size_t n = status == GSL_SUCCESS ? join(own, rows->n) : 0;
    if (status == GSL_SUCCESS && reducer != NULL)
        status = reducer->collect(reducer->context, own, n * sizeof *own, &all);
    if (status == GSL_SUCCESS && reducer != NULL)
        n = join((struct interval *)(void *)all.bytes, all.n / sizeof *own);
    if (status == GSL_SUCCESS)
        status = take_back(reducer != NULL ? (struct interval *)(void *)all.bytes : own, n, rows);
    free(all.bytes);
    free(own);
    return status;
}

void turnbull_rows_free(struct turnbull_rows *rows)
{
    free(rows->lower);
    free(rows->upper);
    free(rows->frequency);
    *rows = (struct turnbull_rows){0};
}
