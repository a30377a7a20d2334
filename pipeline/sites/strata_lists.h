/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * strata_lists.h - by which columns the people of each outcome are divided, by the strata of the cohort (subgroups) and by adjustments
 * by strata (compare/stratified.h): of each such pair a site counts cells of its own, so that other numbers need not be divided as finely.
 */
#ifndef SITES_STRATA_LISTS_H
#define SITES_STRATA_LISTS_H

#include "study/study.h"

struct strata_lists {
    size_t n;
    struct strata_list {
        size_t outcome;
        const struct study_texts *columns; /* of the study */
    } *items;
};

/** Each pair once, in the order of the study.  -1 after telling; free in any case. */
int strata_lists_make(const struct study *study, struct strata_lists *lists);
void strata_lists_free(struct strata_lists *lists);

/** Number of a pair, which is there. */
size_t strata_lists_find(const struct strata_lists *lists, size_t outcome, const struct study_texts *columns);

#endif
