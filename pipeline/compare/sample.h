/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * sample.h - the people of one outcome and population as plain arrays, the form that kernels take.
 */
#ifndef COMPARE_SAMPLE_H
#define COMPARE_SAMPLE_H

#include "compare/comparison.h"
#include "stats/clusters.h"

struct sample {
    size_t n;           /* rows */
    size_t n_late;      /* the first rows: under observation only from a day after time zero */
    double *time;       /* [n]; NULL for yes or no */
    double *entry;      /* [n]; NULL when the outcome has no entry */
    double *value;      /* [n]; NULL when the outcome is an event */
    double *low, *high; /* [n] days known in an interval, high INFINITY where it is open; NULL: days are known */
    int32_t *cause;     /* [n] */
    int32_t *arm;       /* [n] */
    int64_t *frequency; /* [n] */
    int32_t *cluster;   /* [n] number of the group within which people are alike; NULL: none */
    struct clusters clusters; /* of those; they are not those of table `cohort`, which are: */
    int32_t *cluster_names;   /* [clusters.n] */
    size_t *row;        /* [n] of the cohort */
};

int sample_take(const struct comparison_input *input, struct sample *sample); /* -1 after telling */

/** Clusters as table `cohort` has them become those of the sample, in all places; -1 after telling. */
int sample_number_clusters(struct sample *sample, const struct reducer *reducer);

/** Some rows of the sample, with numbers of their own. */
static inline struct clusters sample_clusters(const struct sample *sample, const int32_t *of)
{
    return (struct clusters){.of = of, .n = sample->clusters.n, .n_shared = sample->clusters.n_shared};
}
void sample_free(struct sample *sample);

#endif
