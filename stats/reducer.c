/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/reducer.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/exact_sum.h"
#include "stats/grid_sum.h"

void reducer_sum(const struct reducer *reducer, int64_t *values, size_t n)
{
    if (reducer != NULL && n > 0)
        reducer->sum(reducer->context, values, n);
}

/* Numbers of pieces in turn, from one place in them to another. */
struct piece_at {
    const struct reducer_piece *pieces;
    size_t n, k, i; /* number i of piece k */
};

/* Copies up to `most` numbers out of the pieces or into them; returns how many. */
static size_t copy_on(struct piece_at *at, int64_t *numbers, size_t most, bool into)
{
    size_t n = 0;

    while (at->k < at->n && n < most) {
        int64_t *const values = at->pieces[at->k].values + at->i;
        const size_t left = at->pieces[at->k].n - at->i, m = left < most - n ? left : most - n;
        if (m > 0)
            memcpy(into ? values : numbers + n, into ? numbers + n : values, m * sizeof *numbers);
        n += m;
        at->i += m;
        if (at->i == at->pieces[at->k].n) {
            at->k++;
            at->i = 0;
        }
    }
    return n;
}

void reducer_sum_pieces(const struct reducer *reducer, const struct reducer_piece *pieces, size_t n)
{
    enum { MESSAGE = 4096 };
    int64_t message[MESSAGE];
    struct piece_at from = {pieces, n, 0, 0}, into = from;

    for (size_t m; reducer != NULL && (m = copy_on(&from, message, MESSAGE, false)) > 0;) {
        reducer_sum(reducer, message, m);
        copy_on(&into, message, m, true);
    }
}

int64_t reducer_sum_one(const struct reducer *reducer, int64_t value)
{
    reducer_sum(reducer, &value, 1);
    return value;
}

double reducer_largest(const struct reducer *reducer, double value)
{
    if (reducer != NULL)
        reducer->largest(reducer->context, &value, 1);
    return value;
}

void reducer_sum_and_largest(const struct reducer *reducer, int64_t *sums, size_t n_sums, double *largest, size_t n_largest)
{
    if (reducer != NULL)
        reducer->sum_and_largest(reducer->context, sums, n_sums, largest, n_largest);
}

void reducer_size(const struct reducer *reducer, int64_t *n, double *bound)
{
    if (isnan(*bound))
        *bound = INFINITY;
    reducer_sum_and_largest(reducer, n, 1, bound, 1);
}

void reducer_statuses(const struct reducer *reducer, int *statuses, size_t n)
{
    enum { PIECE = 256 };
    double largest[PIECE];

    for (size_t first = 0; reducer != NULL && first < n; first += PIECE) {
        const size_t m = n - first < PIECE ? n - first : PIECE;
        for (size_t k = 0; k < m; k++) /* codes of GSL but GSL_FAILURE are positive */
            largest[k] = statuses[first + k] < 0 ? GSL_EFAILED : statuses[first + k];
        reducer->largest(reducer->context, largest, m);
        for (size_t k = 0; k < m; k++)
            statuses[first + k] = (int)largest[k];
    }
}

void reducer_sum_counts(const struct reducer *reducer, double *values, size_t n)
{
    enum { PIECE = 1024 };
    int64_t piece[PIECE];

    for (size_t first = 0; reducer != NULL && first < n; first += PIECE) {
        const size_t m = n - first < PIECE ? n - first : PIECE;
        for (size_t k = 0; k < m; k++)
            piece[k] = (int64_t)values[first + k];
        reducer_sum(reducer, piece, m);
        for (size_t k = 0; k < m; k++)
            values[first + k] = (double)piece[k];
    }
}

/* Carried bins are below 2^32, so those of many places add without another carry. */
int reducer_exact_sums(const struct reducer *reducer, struct exact_sum *sums, size_t n)
{
    int64_t *const bins = reducer == NULL ? NULL : malloc((n * (EXACT_SUM_BINS + 1) + 1) * sizeof *bins), *next = bins;

    if (reducer == NULL)
        return GSL_SUCCESS;
    if (bins == NULL)
        return GSL_ENOMEM;
    for (size_t k = 0; k < n; k++, next += EXACT_SUM_BINS + 1) {
        exact_sum_carry(&sums[k]);
        memcpy(next, sums[k].bin, sizeof sums[k].bin);
        next[EXACT_SUM_BINS] = sums[k].spoiled;
    }
    reducer_sum(reducer, bins, n * (EXACT_SUM_BINS + 1));
    next = bins;
    for (size_t k = 0; k < n; k++, next += EXACT_SUM_BINS + 1) {
        memcpy(sums[k].bin, next, sizeof sums[k].bin);
        sums[k].spoiled = next[EXACT_SUM_BINS] > 0;
        exact_sum_carry(&sums[k]);
    }
    free(bins);
    return GSL_SUCCESS;
}

int reducer_exact_sum(const struct reducer *reducer, struct exact_sum *sum)
{
    const int status = reducer_exact_sums(reducer, sum, 1);

    return status == GSL_SUCCESS && reducer != NULL && sum->spoiled ? GSL_EINVAL : status;
}

/* The last bit of numbers on the grid of m = 1.5 * 2^k; 0 where there is none. */
static double step_of(double m)
{
    return m == 0 ? 0 : ldexp(1, ilogb(m) - 52);
}

static void to_steps(double step, const double *parts, size_t n, int64_t *steps)
{
    for (size_t k = 0; k < n; k++)
        steps[k] = step == 0 ? 0 : (int64_t)(parts[k] / step);
}

static void from_steps(double step, const int64_t *steps, size_t n, double *parts)
{
    for (size_t k = 0; k < n; k++)
        parts[k] = (double)steps[k] * step;
}

int reducer_grid_parts(const struct reducer *reducer, const struct grid *grid, double *high, double *low, size_t n)
{
    int64_t *const steps = reducer == NULL ? NULL : malloc((2 * n + 1) * sizeof *steps);

    if (reducer == NULL)
        return GSL_SUCCESS;
    if (steps == NULL)
        return GSL_ENOMEM;
    to_steps(step_of(grid->m1), high, n, steps);
    to_steps(step_of(grid->m2), low, n, steps + n);
    reducer_sum(reducer, steps, 2 * n);
    from_steps(step_of(grid->m1), steps, n, high);
    from_steps(step_of(grid->m2), steps + n, n, low);
    free(steps);
    return GSL_SUCCESS;
}

int reducer_grid_sum(const struct reducer *reducer, struct grid_sum *sum)
{
    const double steps[] = {step_of(sum->grid.m1), step_of(sum->grid.m2)};
    int64_t parts[] = {0, 0, (int64_t)sum->n};

    if (reducer == NULL)
        return GSL_SUCCESS;
    to_steps(steps[0], &sum->high, 1, &parts[0]);
    to_steps(steps[1], &sum->low, 1, &parts[1]);
    reducer_sum(reducer, parts, 3);
    if ((uint64_t)parts[2] > sum->grid.n_max)
        return GSL_EMAXITER;
    from_steps(steps[0], &parts[0], 1, &sum->high);
    from_steps(steps[1], &parts[1], 1, &sum->low);
    sum->n = (uint64_t)parts[2];
    return GSL_SUCCESS;
}

static int compare_reals(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

int reducer_distinct(const struct reducer *reducer, double **values, size_t *n)
{
    struct reducer_bytes all = {0};

    if (reducer == NULL)
        return GSL_SUCCESS;
    const int status = reducer->collect(reducer->context, *values, *n * sizeof **values, &all);
    if (status != GSL_SUCCESS)
        return status;
    free(*values);
    *values = (double *)(void *)all.bytes;
    const size_t n_all = all.n / sizeof **values;
    qsort(*values, n_all, sizeof **values, compare_reals);
    *n = 0;
    for (size_t k = 0; k < n_all; k++)
        if (*n == 0 || (*values)[k] != (*values)[*n - 1])
            (*values)[(*n)++] = (*values)[k];
    return GSL_SUCCESS;
}
