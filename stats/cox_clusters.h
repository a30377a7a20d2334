/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_clusters.h - sums of squares of the scores of clusters: the middle of a clustered sandwich (cox_score.h).
 *
 *     M = sum over clusters (sum U)(sum U)'
 *
 * Rows that are alone in their cluster are taken from tables where these pay (cox_singles.h).  The others are dealt to pieces of the
 * clusters, each with all that its score needs side by side, for the rows of a cluster lie anywhere among those in order of
 * time.  Sums of a cluster are whole numbers; squares are added piece by piece, by cluster.
 */
#ifndef STATS_COX_CLUSTERS_H
#define STATS_COX_CLUSTERS_H

#include "stats/cox_score.h"

/**
 * Of rows in several places (cox_rows.reducer) the sums of clusters, and of rows that are alone by position, are those of all: sent are
 * two numbers a cluster, p of each that has several rows, and the sums over units (design_gram.h) a position.
 *
 * cluster    [n_all] 0 .. n_cluster - 1 by row as handed over
 * meat       [p * p] output, the lower triangle; 0 before
 *
 * GSL_ENOMEM.  O(n p + n_cluster p^2).
 */
int cox_clusters(const struct cox_scores *scores, const int32_t *cluster, size_t n_cluster, double *meat);

#endif
