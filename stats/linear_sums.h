/* SPDX-License-Identifier: GPL-3.0-or-later */
/** linear_sums.h - the exact sums of products behind linear.h; private to linear.c and linear_sums.c. */
#ifndef STATS_LINEAR_SUMS_H
#define STATS_LINEAR_SUMS_H

#include "stats/exact_sum.h"
#include "stats/linear.h"

/* A number of the row that is not 0; the outcome is number p. */
struct linear_entry {
    size_t at;
    double part[2];
};

struct linear_sums {
    size_t p;
    int64_t n;
    bool spoiled;
    struct linear_entry *entry;       /* [p + 1] of the row that is added */
    struct exact_sum *sum;     /* [p + 1] */
    struct exact_sum *product; /* [(p + 1) (p + 2) / 2] of a <= b at b (b + 1) / 2 + a */
};

/** The sum of products of columns a and b. */
struct exact_sum *linear_product(const struct linear_sums *sums, size_t a, size_t b);

#endif
