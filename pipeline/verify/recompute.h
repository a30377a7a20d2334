/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * recompute.h - what follows from the counts of a results file, computed again and set beside what is stored.
 *
 * Each function adds a finding for every number it recomputes (that holds or differs) and for every item that does
 * not follow, with the reason.  Numbers agree when they differ by at most 1e-9 of their size, or, where a release keeps
 * three significant digits, by what rounding to them allows.
 */
#ifndef VERIFY_RECOMPUTE_H
#define VERIFY_RECOMPUTE_H

#include <stdbool.h>

#include "verify/comparison_book.h"
#include "verify/stored.h"

struct recompute {
    const struct stored *stored;
    struct comparison_book *book;
    struct table *findings;
    double tolerance; /* relative */
    bool rounded;     /* counts are multiples of something: nothing can be recomputed from them */
};

/** book: made for the same tables.  The tolerance is read off the table `release`. */
void recompute_begin(const struct stored *stored, struct comparison_book *book, struct table *findings,
                     struct recompute *recompute);

/* All return -1 after telling, that is only when memory is short. */
int recompute_estimates(const struct recompute *r);
int recompute_parts(const struct recompute *r);      /* trials pooled, their verdicts; tests of interaction */
int recompute_curves(const struct recompute *r);     /* every step, with counts */
int recompute_verdicts(const struct recompute *r);   /* verdict and statistically, from the estimate's limits and the margin */
int recompute_published(const struct recompute *r);  /* recomputed, difference, match, from estimates */
int recompute_e_values(const struct recompute *r);   /* from the ratios beside them */
int recompute_ranges(const struct recompute *r);     /* lowest and highest, from estimates */
int recompute_attrition(const struct recompute *r);  /* left = left before - dropped, by unit; arms sum to the end */
int recompute_baseline(const struct recompute *r);   /* percent of a level, from the counts of its levels */

/* ---- for the files of this family ---------------------------------------------------------------------------- */

/** Is a row of estimates told by recompute_parts? */
bool recompute_is_of_parts(const struct stored *stored, const struct table *table, size_t row);

/**
 * The test of interaction in a row that is adjusted, or of strata of a score: statistic and degrees of freedom from the stored numbers of
 * the parts.  -1 after telling.
 */
int recompute_interaction(const struct recompute *r, size_t row);

bool recompute_agrees(const struct recompute *r, double stored, double recomputed);

/** "main, relapse, itt, risk_difference, iop v inpatient, day 180" of a row; caller frees; NULL after telling. */
char *recompute_item(const struct table *table, size_t row);

/** Compares one column of a row with a number; nothing is added where it agrees and quiet is set. */
int recompute_number(const struct recompute *r, const char *check, const struct table *table, size_t row,
                     const char *column, double recomputed, bool quiet, bool *differs);

#endif
