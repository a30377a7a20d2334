/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * tellable.h - which populations and outcomes of a study the counts of its sites tell of.
 *
 * A comparison needs two people of each arm whose outcome is known.  Where the sites have no such people, or their thresholds do not
 * let them be told, the population or the outcome is left out by name, and the rest goes on.
 */
#ifndef SITES_TELLABLE_H
#define SITES_TELLABLE_H

#include <stdbool.h>

#include "base/table.h"
#include "study/study.h"

struct tellable {
    struct study_rules populations; /* of the study, those that are left */
    bool *population;               /* [study->cohort.populations.n] */
    bool *outcome;                  /* [study->n_outcomes] in all populations that are left */
};

/** cells[study->n_outcomes]: of all sites.  Warns of what is left out.  -1 after telling: also when nothing is left; free in any case. */
int tellable_find(const struct study *study, struct table *const *cells, struct tellable *tellable);
void tellable_free(struct tellable *tellable);

/** Takes outcomes and populations that are not left out of an analysis, whose lists are written anew; the caller frees them. */
int tellable_keep(const struct study *study, const struct tellable *tellable, struct study_analysis *analysis);

#endif
