/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * slice_rows.h - what the parts of a comparison say: rows by part, and the effects that are pooled or tested over parts.
 */
#ifndef COMPARE_SLICE_ROWS_H
#define COMPARE_SLICE_ROWS_H

#include "compare/estimates.h"
#include "compare/slices.h"
#include "compare/wanted.h"
#include "stats/two_by_two.h"

/** Rows of every part: of its arms where the number of an arm is wanted, of pairs for contrasts; none for tests. */
int slice_rows_add(const struct comparison *whole, const struct slices *slices, const struct wanted_list *wanted,
                   struct table *estimates); /* -1 after telling */

/** Is the number of an arm by itself shown in parts?  Risks and means are: a forest prints them beside an effect. */
bool slice_shows_arms(enum measure measure);

/** Counts of every part by day, as the whole has them (curves.h): what decides whether its numbers may leave.  -1 after telling. */
int slice_risk_tables_add(const struct slices *slices, struct table *risk_tables);

/** One effect of each part in which it exists, on a scale where it is near normal: ratios as logarithms. */
struct effects {
    size_t n;
    double *estimate, *std_error; /* [n] */
    struct two_by_two *table;     /* [n] where risks are plain counts (`counted`) */
    bool counted;
    size_t n_corrected;           /* parts with an empty cell, to which 1/2 was added */
    size_t n_without;             /* parts in which there is no effect */
    int64_t n_people, n_event;
};

/**
 * Where risks are plain counts a part needs `least` people in both arms; else two.  -1 without memory; free in any case.
 */
int effects_take(const struct slices *slices, const struct wanted *wanted, struct arm_pair pair, int64_t least,
                 struct effects *effects);

/** The same of numbers under an adjustment, which each part has kept (adjusted_find). */
int effects_take_adjusted(const struct slices *slices, size_t adjustment, const struct wanted *wanted, struct arm_pair pair,
                          struct effects *effects);
void effects_free(struct effects *effects);

#endif
