/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * candidates.h - who may enter the cohort: the rows of the source, or the index stays of linked persons.
 *
 * Conditions are computed on `rows`: one row a candidate, with the columns of the source and the derived ones
 * (study/derived.h) that the study's conditions use.
 */
#ifndef COHORT_CANDIDATES_H
#define COHORT_CANDIDATES_H

#include "cohort/cohort.h"
#include "cohort/derived_values.h"
#include "cohort/history.h"
#include "cohort/index_stays.h"

struct candidates {
    size_t n;
    const struct table *rows;
    bool linked;                /* what follows is there only then */
    const struct history *history;
    const struct index_stays *index;
    struct table *own_rows;
    size_t *row;                /* [n] 0, 1, ... */
    int32_t *time_zero;         /* [n] */
    struct derivation derivation;
};

/** *candidates is to be freed in any case and must not move; the input must live as long.  -1 after telling. */
int candidates_find(const struct study *study, const struct cohort_input *input, int n_threads,
                    struct candidates *candidates);
void candidates_free(struct candidates *candidates);

/** Row of the source of candidate i. */
size_t candidates_record(const struct candidates *candidates, size_t i);

#endif
