/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fits.h - the regressions of a study that sites can fit together in rounds: every model of every analysis, outcome and
 * population, in the order of the study.
 *
 * What cannot be done in rounds: accelerated failure times, frailties, exact ties, events that recur.
 */
#ifndef SITES_FITS_H
#define SITES_FITS_H

#include <stdbool.h>

#include "base/table.h"
#include "study/study.h"

struct fit {
    const struct study_analysis *analysis;
    const struct study_model *model;
    size_t outcome, population; /* of the study */
    bool clustered;             /* errors are by cluster of the cohort */
};

struct fits {
    size_t n;
    struct fit *items;
};

/**
 * All of them, also those of a kind that the outcome is not of (fit_is_for).  tell: says by name what is left out.  -1 after
 * telling that memory is short; free in any case.
 */
int fits_list(const struct study *study, bool tell, struct fits *fits);
void fits_free(struct fits *fits);

/** Logistic models are of outcomes that are yes or no, the others of those with days; `outcome`: its table. */
bool fit_is_for(const struct fit *fit, const struct table *outcome);

/** The arm that others are compared with. */
size_t fit_reference_arm(const struct study *study, const struct fit *fit);

#endif
