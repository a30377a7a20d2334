/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * site_groups.h - the groups of a site: an arm within its populations, of at least a threshold of people (site_people.h).
 */
#ifndef SITES_SITE_GROUPS_H
#define SITES_SITE_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"
#include "sites/coarsen.h"
#include "study/study.h"

#define NO_GROUP SIZE_MAX

struct site_groups {
    size_t n;   /* groups */
    size_t *of; /* by row of the cohort; NO_GROUP: of an arm that is left out */
};

static inline bool is_few(int64_t n, int64_t threshold)
{
    return n > 0 && n < threshold;
}

/**
 * Finds the groups and joins small ones: the one of fewest people goes together with the one of its arm that differs in fewest
 * populations (of these the largest), and the columns of populations in `cohort` become those in which both are.  The groups of an
 * arm with fewer people in all are none.  -1 after telling; free in any case.
 */
int site_groups_make(const struct study *study, struct table *cohort, int64_t threshold, struct site_groups *groups,
                     struct coarsening *lost);
void site_groups_free(struct site_groups *groups);

#endif
