/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * sources.h - what the stages to the left hand on to compare: tables of records.h5, cohort.h5 and outcomes.h5.
 *
 * `records` holds the covariates of the people in the order of the cohort, whose column `record` counts its rows accordingly.
 */
#ifndef COMPARE_SOURCES_H
#define COMPARE_SOURCES_H

#include "base/table.h"
#include "study/study.h"

struct sources {
    struct table *quality, *attrition, *flow, *states, *cohort, *losses, *evidence, *summary, *records, *paths;
    struct table **outcomes, **again; /* again: outcomes/again.h of each outcome; NULL where it does not recur */
    size_t n_outcomes;
};

/** Reads the files that this study (or profile of one) uses.  -1 after telling; sources_free in any case. */
int sources_read(const struct study *study, const char *out, struct sources *sources);
void sources_free(struct sources *sources);

#endif
