/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * case_mix.h - what was to be expected of each person, whatever the programme: indirect standardisation.
 *
 *     mu_i = P(y = 1 | covariates of i)     logistic regression over everybody (stats/glm.h), without the programme
 *
 *     mu_i = time_i exp(b' covariates of i)     Poisson regression, where people were under observation for a time each
 *
 * A factor has a column for each level that occurs but the first; a missing one is a level of its own.  A missing number takes
 * the mean of the others and an indicator.  Without covariates, or when everybody or nobody has y = 1, mu is the share; with
 * times the rate of all people times theirs.
 */
#ifndef COMPARE_CASE_MIX_H
#define COMPARE_CASE_MIX_H

#include "base/table.h"
#include "stats/reducer.h"
#include "study/study.h"

struct case_mix_input {
    const struct table *records;
    const struct column *record;      /* of the cohort: row in records */
    const struct study_texts *covariates;
    size_t n;
    const size_t *row;                /* [n] of the cohort */
    const double *y, *weight;         /* [n] 0 or 1; frequencies, >= 1 */
    const double *time;               /* [n] > 0; NULL: a share of people */
    const struct reducer *reducer;    /* these are the people of one of several places (stats/reducer.h); NULL: all */
    int n_threads;
};

enum case_mix_state { CASE_MIX_ADJUSTED, CASE_MIX_SHARE, CASE_MIX_NOT_CONVERGED };

/** mu: [n] output; not converged: the share.  -1 after telling. */
int case_mix_expect(const struct case_mix_input *input, double *mu, enum case_mix_state *state);

#endif
