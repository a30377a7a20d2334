/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/square_sum.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/vectors.h"

enum { SLICE = 512 };

VECTOR_VERSIONS static void find_largest(const double *x, size_t n, double *largest, double *nothing)
{
    const vector_bits sign = (vector_bits){0} + UINT64_C(0x8000000000000000);
    vector_reals most = {0}, none = {0};

    for (size_t k = 0; k < n; k += VECTOR_LANES) {
        const vector_reals size = (vector_reals)(*(const vector_bits *)(x + k) & ~sign);
        const vector_bits above = (vector_bits)(size > most);
        most = (vector_reals)((above & (vector_bits)size) | (~above & (vector_bits)most));
        none += size * 0; /* NAN for what is not finite */
    }
    for (size_t k = 0; k < VECTOR_LANES; k++) {
        *largest = most[k] > *largest ? most[k] : *largest;
        *nothing += none[k];
    }
}

double largest_magnitude(const double *x, size_t n)
{
    const size_t whole = n / VECTOR_LANES * VECTOR_LANES;
    double largest = 0, nothing = 0;

    find_largest(x, whole, &largest, &nothing);
    for (size_t k = whole; k < n; k++) {
        largest = fabs(x[k]) > largest ? fabs(x[k]) : largest;
        nothing += x[k] * 0;
    }
    return nothing == 0 ? largest : (double)NAN;
}

VECTOR_VERSIONS static void add_squares(const struct fixed_scale *scale, const double *x, size_t n, int64_t *high, int64_t *low)
{
    double square[SLICE];
    int64_t highs[SLICE], lows[SLICE];

    vector_multiply(x, x, n, square);
    vector_split(scale, square, n, highs, lows);
    *high += vector_total(highs, n);
    *low += vector_total(lows, n);
}

VECTOR_VERSIONS static void add_plain(const struct fixed_scale *scale, const double *x, size_t n, int64_t *high, int64_t *low)
{
    int64_t highs[SLICE], lows[SLICE];

    vector_split(scale, x, n, highs, lows);
    *high += vector_total(highs, n);
    *low += vector_total(lows, n);
}

double plain_sum(const double *x, size_t n)
{
    return plain_sum_all(x, n, NULL);
}

double plain_sum_all(const double *x, size_t n, const struct reducer *reducer)
{
    const double here = largest_magnitude(x, n), largest = reducer_largest(reducer, isnan(here) ? (double)INFINITY : here);
    const int64_t n_all = reducer_sum_one(reducer, (int64_t)n);
    struct fixed_scale scale;
    int64_t parts[2] = {0, 0}, *const high = &parts[0], *const low = &parts[1];

    if (isinf(largest) || fixed_scale_init(&scale, largest, (uint64_t)n_all) != GSL_SUCCESS)
        return NAN;
    for (size_t first = 0; first < n; first += SLICE)
        add_plain(&scale, x + first, n - first < SLICE ? n - first : SLICE, high, low);
    reducer_sum(reducer, parts, 2);
    return fixed_wide_value(&scale, fixed_wide(&scale, *high, *low));
}

double square_sum(const double *x, size_t n)
{
    return square_sum_all(x, n, NULL);
}

double square_sum_all(const double *x, size_t n, const struct reducer *reducer)
{
    const double here = largest_magnitude(x, n), largest = reducer_largest(reducer, isnan(here) ? (double)INFINITY : here);
    const int64_t n_all = reducer_sum_one(reducer, (int64_t)n);
    struct fixed_scale scale;
    int64_t parts[2] = {0, 0}, *const high = &parts[0], *const low = &parts[1];

    if (!isfinite(largest * largest) || fixed_scale_init(&scale, largest * largest, (uint64_t)n_all) != GSL_SUCCESS)
        return NAN;
    for (size_t first = 0; first < n; first += SLICE)
        add_squares(&scale, x + first, n - first < SLICE ? n - first : SLICE, high, low);
    reducer_sum(reducer, parts, 2);
    return fixed_wide_value(&scale, fixed_wide(&scale, *high, *low));
}
