/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * regressors.h - the columns of a regression's design, made from a table's rows, and their names.
 *
 *     age   sex=F   age:sex=F   factor(trt)=2   age, age', age'' (rcs(age, 4))
 *
 * A factor's first level is the reference.  In an interaction a factor keeps all its levels where the rest of the
 * interaction is no term of its own, as in R.  A factor with one level only gets one column, a constant, so that a
 * model names it among the columns it could not use.
 */
#ifndef FIT_REGRESSORS_H
#define FIT_REGRESSORS_H

#include "fit/fit_table.h"
#include "fit/terms.h"
#include "stats/design_matrix.h"

struct regressors {
    struct design_matrix matrix;
    char **names;   /* [matrix.p] */
    int32_t *term;  /* [matrix.p] the term of terms.h that a column belongs to */
    size_t n_terms;
    char **term_names; /* [n_terms] "site", "age:sex", "rcs(age, 4)" */
    char **references; /* [n_terms] "sex=F": the level of a factor alone that has no column; else NULL */
    double *offset; /* [matrix.n] sum of the offsets, or NULL */
    struct regressor_memory *memory;
};

/**
 * The rows rows[0 .. n_rows - 1] of a table; frequency (how often each counts, NULL: once) is used for the knots of
 * splines.  A value that is infinite is refused with its place.  NULL after telling.
 */
struct regressors *regressors_read(const struct terms *terms, const struct design *design,
                                   const struct fit_table *table, const size_t *rows, size_t n_rows,
                                   const int64_t *frequency);
void regressors_free(struct regressors *regressors); /* NULL is fine */

#endif
