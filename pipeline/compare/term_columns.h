/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * term_columns.h - the columns of a model of covariates, from the study's terms and the rows of the source.
 *
 * A category gives a column for each level that occurs but its first; a number gives itself; rcs(x, k) gives k - 1
 * columns with knots at quantiles of x among these rows (stats/spline.h).  A product takes one column of each of its
 * parts, so a category's first level has no product: its terms stand beside it.
 *
 * Factors stay codes (stats/design_matrix.h): 200 levels cost two bytes a row.
 */
#ifndef COMPARE_TERM_COLUMNS_H
#define COMPARE_TERM_COLUMNS_H

#include "base/table.h"
#include "stats/design_matrix.h"
#include "study/study.h"

struct term_rows {
    const struct study *study;
    const struct table *records;
    size_t n;
    const size_t *record;     /* [n] row of records; every column of the terms is known there */
    const int64_t *frequency; /* [n] */
    const struct reducer *reducer; /* the rows are those of one of several places (stats/reducer.h); NULL: all */
};

struct term_columns {
    struct design_matrix design;
    struct design_block *block; /* [design.n_block] */
    char **names;               /* [design.p] "age", "sex=male", "age:sex=male", "age'" */
    size_t *term;               /* [design.p] index into the terms */
};

/** -1 after telling: memory, or a spline of too few different values.  Free in any case.  O(n * terms). */
int term_columns_make(const struct study_terms *terms, const struct term_rows *rows, struct term_columns *columns);

/** Adds an indicator, such as the arm, as a column of its own; `code` [n] 0 or 1 must outlive the columns. */
int term_columns_add_indicator(struct term_columns *columns, const uint16_t *code, const char *name);

void term_columns_free(struct term_columns *columns);

#endif
