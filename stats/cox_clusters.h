/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_clusters.h - sums of squares of the scores of clusters: the middle of a clustered sandwich (cox_score.h).
 *
 *     M = sum over clusters (sum U)(sum U)'
 *
 * Rows that are alone in their cluster are taken from tables where these pay (cox_singles.h).  The others are dealt to pieces of the
 * clusters, each with all that its score needs side by side, for the rows of a cluster lie anywhere among those in order of
 * time.  Sums of a cluster are whole numbers, and so are squares (outer_sum.h): nothing depends on the order of the clusters.
 */
#ifndef STATS_COX_CLUSTERS_H
#define STATS_COX_CLUSTERS_H

#include "stats/clusters.h"
#include "stats/cox_score.h"

/**
 * Of rows in several places (cox_rows.reducer) the sums are those of all.  Sent are the sums over units (design_gram.h) a position for
 * rows that are alone, p^2 numbers, and of shared clusters two numbers, and p where they have several rows.
 *
 * clusters   of rows as handed over
 * meat       [p * p] output, the lower triangle; 0 before
 *
 * GSL_ENOMEM, or as fixed_scale_init, in all places alike.  O(n p + clusters p^2).
 */
int cox_clusters(const struct cox_scores *scores, const struct clusters *clusters, double *meat);

#endif
