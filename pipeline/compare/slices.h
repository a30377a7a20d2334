/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * slices.h - the people of a comparison, divided by the levels of columns, and each part compared by itself.
 *
 * With several columns a part is a combination of levels that occurs.  Levels stand in the order of the codebook (categories) or ascending (whole numbers); those without anybody are left out.
 * Of people in several places (comparison.h) each place divides its own, by the levels that occur in any.
 * People without a value are in no part and are counted.  A part may have an arm with fewer than two people: then contrasts
 * with this arm do not exist, and say so by name.
 */
#ifndef COMPARE_SLICES_H
#define COMPARE_SLICES_H

#include "compare/contrast.h"

/** Where the people of a comparison come from. */
struct people {
    const struct comparison_input *input;
    const struct table *records; /* columns of the source */
    const struct column *record; /* of the cohort: the row of `records` */
};

struct slice {
    char *name;                  /* "treat=short", or "treat=short, site=1" */
    size_t *rows;                /* [n_rows] of the cohort */
    size_t n_rows;
    struct comparison comparison;
};

struct slices {
    size_t n;
    struct slice *items;
    int64_t n_missing;           /* people (by weight) without a value */
};

enum { SLICES_MAX = 1000 };      /* parts: more is told as an error */

/** Divides and solves.  whole: the comparison of all.  -1 after telling; free in any case.  O(n log n). */
int slices_solve(const struct comparison *whole, const struct people *people, const struct study_texts *columns,
                 struct slices *slices);
void slices_free(struct slices *slices);

/** Parts as given: rows [n] of the cohort, part [n] 0 .. n_part - 1, names [n_part].  -1 after telling; free in any case. */
int slices_given(const struct comparison *whole, const struct people *people, size_t n, const size_t *rows, const uint16_t *part,
                 size_t n_part, const char *const *names, struct slices *slices);

/** contrast_of_pair() of a part, undefined with a reason where an arm has fewer than two people in it. */
void slice_contrast(const struct slice *slice, enum measure measure, struct arm_pair pair, struct horizon horizon, double level,
                    struct number *number);

#endif
