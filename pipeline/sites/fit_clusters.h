/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fit_clusters.h - which people of a site belong together when errors are by cluster.
 *
 * A cluster is one site's: programmes of two sites that bear one name are two.  With a threshold clusters of fewer people
 * are taken together, the smallest first, until they have enough; the last of them join the cluster before when they have not.
 */
#ifndef SITES_FIT_CLUSTERS_H
#define SITES_FIT_CLUSTERS_H

#include "sites/fit_rows.h"

/** Numbers them 0 .. n_cluster - 1, each with somebody; n_changed counts those that went to another.  -1 after telling. */
int fit_clusters_settle(struct fit_rows *rows, int64_t threshold);

#endif
