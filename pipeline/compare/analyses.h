/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * analyses.h - all analyses of a study: from the people of cohort.h5 and outcomes.h5 to the tables of results.h5.
 */
#ifndef COMPARE_ANALYSES_H
#define COMPARE_ANALYSES_H

#include "base/table.h"
#include "stats/reducer.h"
#include "study/study.h"

/** Who an outcome is about, where outcomes are not all about the same rows. */
/* Rows that stand for several people; of them `n_looked` of the outcome is the sum. */
struct people_of {
    const struct table *cohort, *records;
};

struct analyses_input {
    const struct study *study;
    const struct table *cohort;    /* of cohort.h5 */
    const struct table *records;   /* the covariates, of records.h5; NULL when the study names none */
    struct table *const *outcomes; /* [study->n_outcomes] of outcomes.h5 */
    struct table *const *again;    /* [study->n_outcomes] outcomes/again.h, NULL where an outcome does not recur; or NULL: none do */
    const struct people_of *people; /* [study->n_outcomes]; NULL: every outcome is about `cohort` and `records` */
    const struct reducer *reducer; /* the people are those of this rank (rank_places.h); NULL: these are all of them */
    int n_threads;
    const struct table *paths;     /* outcomes/care_paths.h; NULL when no analysis asks for them */
};

struct analyses {
    struct table *arms, *baseline, *balance, *overlap, *risk_tables, *curves, *estimates, *verdicts, *tipping, *differences, *calibration, *strategies;
};

int analyses_run(const struct analyses_input *input, struct analyses *analyses); /* -1 after telling; free in any case */
void analyses_free(struct analyses *analyses);

#endif
