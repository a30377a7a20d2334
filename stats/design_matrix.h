/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * design_matrix.h - the columns of a regression, with factors as codes.
 *
 * A block stands for one term, or one part of a term:
 *
 *     x[i][column[l]] = value[i] 1{code[i] = l}
 *
 *     numeric column      value, no codes: one level, one coefficient
 *     factor              codes, no value: a coefficient a level but for the reference, whose column is DESIGN_NONE
 *     factor : factor     codes of the combinations
 *     numeric : factor    both
 *
 * so a factor of k levels costs two bytes a row, not 8 (k - 1).  Every column belongs to one level of one block.
 *
 *     eta[i] = sum over blocks of coef[column[code]] * value
 */
#ifndef STATS_DESIGN_MATRIX_H
#define STATS_DESIGN_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

/* The column of a level that has no coefficient. */
#define DESIGN_NONE (-1)

enum { DESIGN_LEVELS_MAX = 65535 };

struct design_block {
    const double *value;   /* [n] finite, or NULL: 1 in every row */
    const uint16_t *code;  /* [n] 0 .. n_level - 1, or NULL: one level */
    size_t n_level;
    const int32_t *column; /* [n_level] 0 .. p - 1, or DESIGN_NONE */
};

struct design_matrix {
    size_t n; /* rows */
    size_t p; /* columns */
    size_t n_block;
    const struct design_block *block;
};

/** design_matrix_check - GSL_SUCCESS; GSL_EINVAL when a value is not finite, a code or a column out of range. */
int design_matrix_check(const struct design_matrix *design);

/**
 * A copy of some rows in an order of one's own, numeric columns standardised:
 *
 *     z = (x - center) scale     center: the mean, for numeric blocks without codes, else 0;
 *                                scale: the power of 2 that makes 1/2 <= max |z| < 1, or 1 when all z are 0
 *
 * Coefficients of x are those of z times scale; a shift changes no coefficient of a model with an intercept or a
 * baseline hazard.  Centre and scale come from order-free sums of the chosen rows.
 */
struct design_copy {
    struct design_matrix matrix; /* blocks in the same order; column maps are copied too */
    double *center, *scale;      /* [p] */
    void *memory;
};

/**
 * rows       [n_rows] rows of the design, in the order wanted; NULL: all, as they stand (n_rows = design->n)
 * n_threads  at least 1; the result does not depend on it
 *
 * NULL when memory is short.
 */
struct design_copy *design_copy_alloc(const struct design_matrix *design, const uint32_t *rows, size_t n_rows,
                                      size_t n_threads);
void design_copy_free(struct design_copy *copy); /* NULL is fine */

/** The same of rows that lie in several places (reducer.h): centre and scale are those of all of them. */
struct design_copy *design_copy_alloc_part(const struct design_matrix *design, const uint32_t *rows, size_t n_rows,
                                           size_t n_threads, const struct reducer *reducer);

/** eta[i] = sum_j x[i][j] coef[j] for rows first .. last - 1, added to what eta holds; eta is indexed by row. */
void design_predict(const struct design_matrix *design, const double *coef, size_t first, size_t last, double *eta);

/** Row i as p numbers, zeros included. */
void design_row(const struct design_matrix *design, size_t i, double *x);

#endif
