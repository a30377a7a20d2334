/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fixed_total.h - sums of reals as whole numbers in two parts (fixed_sum.h), of rows in several places (reducer.h): many of them
 * in two messages, however many there are.
 *
 *     fixed_total_see(&total, x, n)            once over all addends: how many, and how large
 *     fixed_totals_open(totals, k, reducer)    the scale of each, of what all places have seen
 *     fixed_total_add(&total, x, n)            once more over the same addends
 *     fixed_totals_close(totals, k, reducer)   total.value
 *
 * The value does not depend on the order of the addends, on the slices they come in, or on who has which.  It is NAN when one
 * is not finite, or the sum could be too large.
 */
#ifndef STATS_FIXED_TOTAL_H
#define STATS_FIXED_TOTAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/fixed_sum.h"
#include "stats/reducer.h"

/** Starts as {0}, or {.squares = true}: then the squares of what is given are added. */
struct fixed_total {
    bool squares;
    int64_t n;
    double bound; /* of magnitudes; not yet of squares */
    struct fixed_scale scale;
    bool open;    /* there is a scale */
    int64_t parts[2];
    double value;
};

void fixed_total_see(struct fixed_total *total, const double *x, size_t n);
void fixed_totals_open(struct fixed_total *totals, size_t n_totals, const struct reducer *reducer);
void fixed_total_add(struct fixed_total *total, const double *x, size_t n);
void fixed_totals_close(struct fixed_total *totals, size_t n_totals, const struct reducer *reducer);

/** The largest magnitude of x[0 .. n - 1]; NAN when one is not finite. */
double largest_magnitude(const double *x, size_t n);

#endif
