/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * index_stays.h - which stay brings a person into the cohort.
 *
 * A stay is a candidate when it passes, in this order,
 *
 *     level       it is at a level of `first_stay_in`
 *     window      it begins from `from` to `to`
 *     look-back   start - first day of the source >= look_back_days
 *     washout     start - end > washout_days for every stay that began before it, those at ignored levels aside
 *
 * The first candidate is the index stay; with `every` each is.  A person is lost at the first step that leaves none of
 * his stays, so the losses are exclusive.  Duplicates and stays that were left out are none.
 */
#ifndef COHORT_INDEX_STAYS_H
#define COHORT_INDEX_STAYS_H

#include <stdint.h>

#include "cohort/history.h"
#include "study/study.h"

enum index_step { INDEX_LEVEL, INDEX_WINDOW, INDEX_LOOK_BACK, INDEX_WASHOUT, N_INDEX_STEPS };

struct index_stay {
    uint32_t stay;        /* row of table stays */
    int32_t prior_stays;  /* of the person, before it */
    int32_t number;       /* 1, 2, ... of the person */
};

struct index_stays {
    size_t n;
    struct index_stay *items;         /* in order of the stays */
    /* Of all ranks (base/ranks.h), each of which has persons of its own: */
    int64_t n_all, n_people;
    int64_t lost[N_INDEX_STEPS];      /* persons, by the step that left no stay */
};

/** Collective.  -1 after telling: without memory.  *index is to be freed in any case.  O(n). */
int index_stays_find(const struct study_index *rule, const struct history *history, int n_threads,
                     struct index_stays *index);
void index_stays_free(struct index_stays *index);

#endif
