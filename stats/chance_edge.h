/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * chance_edge.h - where the tail of a two-sided exact test begins.
 *
 * A two-sided p-value adds up all outcomes that are no likelier than what was seen.  Chances rise to the mode and fall from it, so that on
 * each side these are all outcomes from an edge outwards.  Fisher 1935, doi:10.2307/2342435; ties within a tolerance are the caller's.
 */
#ifndef STATS_CHANCE_EDGE_H
#define STATS_CHANCE_EDGE_H

#include <stdbool.h>

/** The logarithm of the chance of k, a whole number. */
typedef double log_chance_of(const void *context, double k);

/**
 * The k nearest to the mode, on the side of `end`, that is no likelier than log_limit; false when even `end` is likelier.  The mode
 * must be likelier.  O(log |end - mode|) chances.
 */
bool chance_edge(log_chance_of *log_chance, const void *context, double mode, double end, double log_limit, double *edge);

#endif
