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
 * people_rank - the smallest value that at least `goal` people have, or less, of finite values that may lie in several places
 * (reducer.h): what it may be is cut into 256 parts, and the one that holds it into as many again, some eight times.
 *
 * values     [n] ascending; people: of all rows up to this one; n may be 0 here
 * goal       above 0, at most all people
 * reducer    NULL: all rows are here
 *
 * NAN when nobody is anywhere.  O(log n).
 */
double people_rank(const struct people_value *values, size_t n, double goal, const struct reducer *reducer);

/** The same of several goals at once: ten of them in thirteen messages. */
void people_ranks(const struct people_value *values, size_t n, const double *goals, size_t n_goals, const struct reducer *reducer,
                  double *ranks);

/**
 * The same quantile of positive values that lie in several places (reducer.h); n may be 0 here.  NAN when nobody is
 * anywhere.
 */
double people_quantile_all(struct people_value *values, size_t n, double share, const struct reducer *reducer);

#endif
