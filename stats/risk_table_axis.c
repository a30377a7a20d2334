/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/risk_table_axis.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sort.h>

/* Days below this are found by marking them (64 KiB of stack); 2^16 days are 179 years. */
enum { MAX_DAY = 1 << 16 };

static bool valid_time(double t)
{
    return isfinite(t) && t >= 0;
}

static bool mark_days(size_t n, const double *time, bool *seen)
{
    for (size_t i = 0; i < n; i++) {
        if (!(time[i] >= 0 && time[i] < MAX_DAY))
            return false;
        const int32_t day = (int32_t)time[i];
        if (time[i] != (double)day)
            return false;
        seen[day] = true;
    }
    return true;
}

/* Whole days: no sorting.  False when a time is anything else; axis is then untouched. */
static bool axis_of_days(size_t n, const double *entry, const double *time, double *axis, size_t *n_time)
{
    bool seen[MAX_DAY] = {false};
    size_t n_seen = 0;

    if (!mark_days(n, time, seen) || (entry != NULL && !mark_days(n, entry, seen)))
        return false;
    for (size_t day = 0; day < MAX_DAY; day++)
        if (seen[day])
            axis[n_seen++] = (double)day;
    *n_time = n_seen;
    return true;
}

static void swap(double *a, double *b)
{
    const double kept = *a;
    *a = *b;
    *b = kept;
}

static double median_of_three(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/*
 * Quicksort in three parts (below, equal, above the pivot), because survival times tie heavily; heapsort where the
 * pivots turn out badly, so that no input costs more than O(n log n).
 */
static void sort_times(double *x, size_t n, int depth)
{
    while (n > 16 && depth-- > 0) {
        const double pivot = median_of_three(x[0], x[n / 2], x[n - 1]);
        size_t below = 0, i = 0, above = n;
        while (i < above) {
            if (x[i] < pivot)
                swap(&x[i++], &x[below++]);
            else if (x[i] > pivot)
                swap(&x[i], &x[--above]);
            else
                i++;
        }
        sort_times(x, below, depth);
        x += above;
        n -= above;
    }
    if (n > 16) {
        gsl_sort(x, 1, n);
        return;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && x[j] < x[j - 1]; j--)
            swap(&x[j], &x[j - 1]);
}

static int log2_floor(size_t n)
{
    int bits = 0;
    for (; n > 1; n /= 2)
        bits++;
    return bits;
}

int risk_table_axis(size_t n, const double *entry, const double *time, double *axis, size_t *n_time)
{
    size_t n_value = n, n_distinct = 0;

    *n_time = 0;
    if (n == 0)
        return GSL_EINVAL;
    if (axis_of_days(n, entry, time, axis, n_time)) {
        return GSL_SUCCESS;
    }
    memmove(axis, time, n * sizeof *axis);
    if (entry != NULL) {
        memcpy(axis + n, entry, n * sizeof *axis);
        n_value += n;
    }
    for (size_t i = 0; i < n_value; i++) {
        if (!valid_time(axis[i]))
            return GSL_EDOM;
        axis[i] += 0.0; /* negative zero becomes zero */
    }
    sort_times(axis, n_value, 2 * log2_floor(n_value));
    for (size_t i = 0; i < n_value; i++)
        if (i == 0 || axis[i] != axis[n_distinct - 1])
            axis[n_distinct++] = axis[i];
    *n_time = n_distinct;
    return GSL_SUCCESS;
}

/* Largest value of the axis that is <= t; there is one. */
static double cut_below(const double *axis, size_t n_time, double t)
{
    size_t low = 0, high = n_time;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (axis[middle] <= t)
            low = middle;
        else
            high = middle;
    }
    return axis[low];
}

/* Keeps the first value of each run of near-ties.  Neighbours are compared before any is dropped. */
static size_t merge_axis(double *axis, size_t n_time, double tolerance)
{
    double mean = 0, previous;
    size_t n_kept = 1;

    for (size_t k = 0; k < n_time; k++)
        mean += axis[k] / (double)n_time; /* divided first: the sum of huge times may overflow */
    previous = axis[0];
    for (size_t k = 1; k < n_time; k++) {
        const double step = axis[k] - previous;
        previous = axis[k];
        if (!(step <= tolerance || step / mean <= tolerance))
            axis[n_kept++] = axis[k];
    }
    return n_kept;
}

int risk_table_merge_near_ties(size_t n, double *entry, double *time, double tolerance, double *axis, size_t *n_time)
{
    const int status = risk_table_axis(n, entry, time, axis, n_time);

    if (status != GSL_SUCCESS || !(tolerance > 0))
        return status;
    *n_time = merge_axis(axis, *n_time, tolerance);
    for (size_t i = 0; i < n; i++) {
        const bool was_empty = entry != NULL && entry[i] == time[i];
        time[i] = cut_below(axis, *n_time, time[i]);
        if (entry == NULL)
            continue;
        entry[i] = cut_below(axis, *n_time, entry[i]);
        if (entry[i] == time[i] && !was_empty)
            return GSL_EDOM;
    }
    return GSL_SUCCESS;
}
