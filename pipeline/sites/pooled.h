/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pooled.h - counts as people: each cell becomes a row with its number as weight, in the tables that comparisons read.
 */
#ifndef SITES_POOLED_H
#define SITES_POOLED_H

#include "base/table.h"
#include "study/study.h"

/** The people of one outcome, or of one covariate. */
struct pooled {
    struct table *cohort;  /* record arm weight population:... */
    struct table *outcome; /* cause time entry value, as far as there are; NULL of a covariate */
    struct table *records; /* strata, or the covariate; NULL when there are none */
};

/** cells: cells.h, with these strata.  Free in any case; -1 after telling, e.g. an arm that the study does not have. */
int pooled_outcome(const struct study *study, const struct study_texts *strata, const struct table *cells,
                   struct pooled *pooled);
int pooled_covariate(const struct study *study, size_t covariate, const struct table *cells, struct pooled *pooled);
void pooled_free(struct pooled *pooled);

#endif
