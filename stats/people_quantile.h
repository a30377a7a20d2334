/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * people_quantile.h - the smallest value that at least a share of the people have, or less.
 *
 *     min { v : sum of people with a value <= v  >=  ceil(share * all people) }
 *
 * A row that stands for n people is n rows: nothing depends on how people are written down.
 */
#ifndef STATS_PEOPLE_QUANTILE_H
#define STATS_PEOPLE_QUANTILE_H

#include <stddef.h>

#include "stats/reducer.h"

struct people_value {
    double value, people; /* people > 0; whole numbers add exactly up to 2^53 */
};

/** Sorts values [n], n > 0, and reads their quantile, 0 < share <= 1.  O(n log n). */
double people_quantile(struct people_value *values, size_t n, double share);

/**
 * The same of positive values that lie in several places (reducer.h), by halving what the quantile may be some sixty times; n may be
 * 0 here.  NAN when nobody is anywhere.
 */
double people_quantile_all(struct people_value *values, size_t n, double share, const struct reducer *reducer);

#endif
