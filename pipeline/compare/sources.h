/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * sources.h - what the stages to the left hand on to compare: tables of records.h5, cohort.h5 and outcomes.h5.
 *
 * `cohort` has all columns but the places of people in files of stays and episodes.  `records` holds the covariates of the
 * people in the order of the cohort, whose column `record` counts its rows accordingly.
 *
 * Where several ranks work together and everything that the study asks for can be done by parts of the people (units.h), each
 * reads a run of the people, their covariates and their outcomes.
 */
#ifndef COMPARE_SOURCES_H
#define COMPARE_SOURCES_H

#include "base/table.h"
#include "compare/analyses.h"
#include "stats/reducer.h"
#include "study/study.h"

struct sources {
    struct table *quality, *attrition, *flow, *states, *cohort, *losses, *evidence, *summary, *records, *paths;
    struct table **outcomes, **again; /* again: outcomes/again.h of each outcome; NULL where it does not recur */
    size_t n_outcomes;
    const struct reducer *reducer; /* the people are those of this rank (rank_places.h); NULL: all */
};

/** Collective: reads the files that this study (or profile of one) uses.  -1 after telling; sources_free in any case. */
int sources_read(const struct study *study, const char *out, struct sources *sources);
void sources_free(struct sources *sources);

/** What analyses take of them. */
struct analyses_input sources_input(const struct sources *sources, const struct study *study, int n_threads);

#endif
