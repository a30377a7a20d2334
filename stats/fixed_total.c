/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fixed_total.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/vectors.h"

enum { SLICE = 512, MESSAGE = 128 };

VECTOR_VERSIONS static void find_largest(const double *x, size_t n, double *largest, double *nothing)
{
    const vector_bits sign = (vector_bits){0} + UINT64_C(0x8000000000000000);
    vector_reals most = {0}, none = {0};

    for (size_t k = 0; k < n; k += VECTOR_LANES) {
        const vector_reals size = (vector_reals)((vector_bits)*(const vector_reals *)(x + k) & ~sign);
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

void fixed_total_see(struct fixed_total *total, const double *x, size_t n)
{
    const double here = largest_magnitude(x, n);

    total->n += (int64_t)n;
    total->bound = isnan(here) ? (double)INFINITY : fmax(total->bound, here);
}

static void open_one(struct fixed_total *total)
{
    const double bound = total->squares ? total->bound * total->bound : total->bound;

    total->open = isfinite(bound) && fixed_scale_init(&total->scale, bound, (uint64_t)total->n) == GSL_SUCCESS;
}

void fixed_totals_open(struct fixed_total *totals, size_t n_totals, const struct reducer *reducer)
{
    for (size_t first = 0; first < n_totals; first += MESSAGE) {
        const size_t m = n_totals - first < MESSAGE ? n_totals - first : MESSAGE;
        int64_t n[MESSAGE];
        double bound[MESSAGE];

        for (size_t k = 0; k < m; k++) {
            n[k] = totals[first + k].n;
            bound[k] = totals[first + k].bound;
        }
        reducer_sum_and_largest(reducer, n, m, bound, m);
        for (size_t k = 0; k < m; k++) {
            totals[first + k].n = n[k];
            totals[first + k].bound = bound[k];
            open_one(&totals[first + k]);
        }
    }
}

VECTOR_VERSIONS static void add_slice(const struct fixed_scale *scale, const double *x, bool squares, size_t n, int64_t *parts)
{
    double square[SLICE];
    int64_t high[SLICE], low[SLICE];

    if (squares)
        vector_multiply(x, x, n, square);
    vector_split(scale, squares ? square : x, n, high, low);
    parts[0] += vector_total(high, n);
    parts[1] += vector_total(low, n);
}

void fixed_total_add(struct fixed_total *total, const double *x, size_t n)
{
    for (size_t first = 0; total->open && first < n; first += SLICE)
        add_slice(&total->scale, x + first, total->squares, n - first < SLICE ? n - first : SLICE, total->parts);
}

void fixed_totals_close(struct fixed_total *totals, size_t n_totals, const struct reducer *reducer)
{
    for (size_t first = 0; first < n_totals; first += MESSAGE) {
        const size_t m = n_totals - first < MESSAGE ? n_totals - first : MESSAGE;
        int64_t parts[2 * MESSAGE];

        for (size_t k = 0; k < m; k++) {
            parts[2 * k] = totals[first + k].parts[0];
            parts[2 * k + 1] = totals[first + k].parts[1];
        }
        reducer_sum(reducer, parts, 2 * m);
        for (size_t k = 0; k < m; k++) {
            const struct fixed_scale *const scale = &totals[first + k].scale;
            totals[first + k].value =
                totals[first + k].open ? fixed_wide_value(scale, fixed_wide(scale, parts[2 * k], parts[2 * k + 1])) : (double)NAN;
        }
    }
}
