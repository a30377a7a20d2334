/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * match.h - nearest-neighbour matching on a score, without replacement.
 *
 * The treated are served one after the other, the largest score first; each takes the free control whose score is
 * nearest.  With several matches each, everybody gets a first match before anybody gets a second.
 *
 * Order     by value, then by the caller's order key: never by position, so the rows may stand in any order.  Equal
 *           scores are served by ascending key, and of two controls at the same distance the one with the smaller
 *           key is taken.
 * Cost      O(n log n): the controls stand sorted, and a taken one points to its free neighbour on either side
 *           (path compression), so no search passes a taken control twice.  40 bytes a row while it runs.
 *
 * Rosenbaum & Rubin 1985, doi:10.1080/00031305.1985.10479383; calipers: Austin 2011, doi:10.1002/pst.433.
 */
#ifndef STATS_MATCH_H
#define STATS_MATCH_H

#include <stddef.h>
#include <stdint.h>

#define MATCH_NONE SIZE_MAX

struct match_request {
    size_t n;
    const double *score;      /* [n] finite: a propensity, its logit, any distance on one line */
    const uint8_t *treated;   /* [n] 1: is to be given matches, 0: may serve as one */
    const int32_t *stratum;   /* [n] matches are made within equal values only; NULL: everywhere */
    const uint64_t *order;    /* [n] keys that break ties, such as a hash of (seed, person); all different */
    double caliper;           /* largest |difference of scores|, >= 0; INFINITY: none */
    size_t ratio;             /* matches for each treated, >= 1 */
};

/**
 * match_nearest - for every row the matches it was given.
 *
 * match      output [n * ratio]: match[i * ratio + r] is the row of the r-th match of treated row i, or MATCH_NONE;
 *            all MATCH_NONE for controls.  Free places stand last.
 * n_pair     output: matches made
 *
 * Returns GSL_SUCCESS (no matches at all is a success); GSL_EINVAL for a score that is not finite, a caliper that is
 * negative or NaN, ratio 0, a `treated` that is not 0 or 1, or two equal keys in one stratum and score; GSL_ENOMEM.
 */
int match_nearest(const struct match_request *request, size_t *match, size_t *n_pair);

#endif
