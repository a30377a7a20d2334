/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * clusters.h - rows that belong together, such as the stays of a person: sums over each, then squares of those, are what a sandwich
 * needs.
 *
 * Where rows lie in several places (reducer.h), all rows of most clusters lie in one of them: nobody else has to know their sums,
 * and only the squares are added up.  Others, such as sites, have rows in several; they come first, with the same number everywhere.
 */
#ifndef STATS_CLUSTERS_H
#define STATS_CLUSTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

struct clusters {
    const int32_t *of; /* [rows] 0 .. n - 1 */
    size_t n;          /* there may be some without a row */
    size_t n_shared;   /* numbers below it mean the same in all places; of each of the others all rows are here.  0 where all rows are here */
};

/**
 * clusters_find - numbers for rows that name their clusters by whole numbers.
 *
 * A cluster counts as shared where some place has its name, and the names of another place lie on both sides of it, or at it.  So of
 * names that ascend along the rows, as persons of a cohort do, one a border between two places is, at most; of names that come in no
 * order all are.  Numbers ascend with the names among the shared ones and among the others; each has a row somewhere.
 *
 * name       [n_rows] >= 0
 * of         output [n_rows], also clusters->of; may be `name`
 * clusters   output: of these rows
 * names      output: [clusters->n] the name of each, malloc'ed, the caller frees; or NULL: not asked for
 *
 * GSL_SUCCESS, or GSL_ENOMEM, in all places alike.  O(n_rows + largest - smallest name).  Sent: two numbers a place, and one for each
 * name that may be shared.
 */
int clusters_find(const int32_t *name, size_t n_rows, const struct reducer *reducer, int32_t *of, struct clusters *clusters,
                  int32_t **names);

/** How many have a row anywhere, of the first n_rows.  GSL_ENOMEM, in all places alike. */
int clusters_count(const struct clusters *clusters, size_t n_rows, const struct reducer *reducer, int64_t *n);

/**
 * clusters_is_mine - does this place add the square of cluster g?  Its own, and of the shared ones, whose sums all places have, those
 * that are dealt to it.
 */
static inline bool clusters_is_mine(const struct clusters *clusters, const struct reducer *reducer, size_t g)
{
    return reducer == NULL || g >= clusters->n_shared || g % reducer->n_places == reducer->place;
}

#endif
