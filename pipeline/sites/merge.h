/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * merge.h - `stepdown merge`: the counts of several sites added, and everything that follows from counts computed.
 *
 * The counts become rows with frequencies, and those go the way of any cohort: Kaplan-Meier, cumulative incidence,
 * restricted means, log-rank and Gray's tests, risks, rates, balance and verdicts are those of the pooled records, bit by
 * bit when no site hides anything; so are adjustments by strata, from cells of their own.  What needs a person's row as a whole is
 * left out, by name (counted.h).
 *
 * The file has the tables of results.h5 (compare/results.h) that follow from counts, and
 *
 *     sites   site threshold groups left_out changed days_before days_after widest
 */
#ifndef SITES_MERGE_H
#define SITES_MERGE_H

#include <stddef.h>

struct merge_options {
    char *const *sites; /* [n_sites] SITE.h5 */
    size_t n_sites;
    const char *file;   /* MERGED.h5 */
    int n_threads;
};

int merge_sites(const struct merge_options *options); /* the exit status */

#endif
