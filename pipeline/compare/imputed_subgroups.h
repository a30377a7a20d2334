/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * imputed_subgroups.h - adjusted contrasts within levels of `subgroups` when covariates are missing.
 *
 * Each completed data set is divided anew, by levels that may have been drawn, and adjusted anew within each level; the results of a
 * level are pooled as those of all people are.  Whether the effect differs between levels is Cochran's Q of the pooled effects with
 * their pooled errors; over several columns p is adjusted after Holm.
 */
#ifndef COMPARE_IMPUTED_SUBGROUPS_H
#define COMPARE_IMPUTED_SUBGROUPS_H

#include "compare/imputed_pool.h"
#include "compare/slices.h"

/** One contrast in one level. */
struct imputed_level {
    size_t column;   /* of the analysis' subgroups */
    size_t question; /* place of what is wanted */
    char *stratum;   /* "sex=F" */
    struct pooled pooled;
};

/** Zero it before its first use. */
struct imputed_subgroups {
    size_t n;
    struct imputed_level *items;
};

/** One completed data set of m: people has its records.  -1 after telling. */
int imputed_subgroups_take(struct imputed_subgroups *levels, const struct comparison *c, const struct people *people,
                           const struct wanted_list *wanted, size_t m);

/** Rows of levels, and tests of interaction.  -1 after telling. */
int imputed_subgroups_add(const struct imputed_subgroups *levels, const struct comparison *c, struct table *estimates);
void imputed_subgroups_free(struct imputed_subgroups *levels);

#endif
