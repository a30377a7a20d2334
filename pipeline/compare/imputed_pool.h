/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * imputed_pool.h - one contrast of one pair under one adjustment over completed data sets, and what Rubin makes of it.
 */
#ifndef COMPARE_IMPUTED_POOL_H
#define COMPARE_IMPUTED_POOL_H

#include "compare/comparison.h"
#include "compare/numbers.h"
#include "compare/wanted.h"

struct pooled {
    size_t adjustment;
    struct arm_pair pair;
    struct wanted wanted;
    size_t m;                     /* data sets */
    double *estimate, *std_error; /* [m] logarithms of ratios */
    size_t n_defined;
    struct number last;           /* of the last data set: people, events, method */
    bool flagged;
    char note[NOTE_SIZE];         /* why it is undefined or flagged somewhere */
};

int pooled_make(struct pooled *item, size_t adjustment, struct arm_pair pair, const struct wanted *wanted, size_t m); /* -1 after telling */
void pooled_clear(struct pooled *item);

/** What one completed data set says. */
void pooled_take(struct pooled *item, const struct number *number);

/** people: that the degrees of freedom of complete data rest on.  missing: share of the information; NAN without a number. */
void pooled_number(const struct pooled *item, double people, double level, struct number *number, double *missing);

/** Has any data set said anything? */
bool pooled_speaks(const struct pooled *item);

/** The row, with adjustment NAME_imputed, of a stratum or (NULL) of all.  -1 after telling. */
int pooled_add_row(const struct comparison *c, const struct pooled *item, double people, const char *stratum, struct table *estimates);

/** "NAME_imputed"; caller frees; NULL after telling. */
char *pooled_name(const struct comparison *c, const struct pooled *item);

#endif
