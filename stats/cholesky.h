/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cholesky.h - symmetric systems whose columns may depend on each other.
 *
 * Columns are taken in their order.  One whose remainder after those before it is at most `tolerance` of its own
 * size is a combination of them: it is aliased, and left out as if it were not there.  So the first of several
 * equal columns is kept, which is what a reader of a formula expects, and a column of zeros is aliased too.
 *
 *     matrix = L D L'  over the columns that are kept
 *
 * Judged column by column relative to its own diagonal, the rank does not depend on units.
 */
#ifndef STATS_CHOLESKY_H
#define STATS_CHOLESKY_H

#include <stdbool.h>
#include <stddef.h>

/* Relative remainder from which a column counts as aliased; sqrt of it is about the angle between the two spaces. */
#define CHOLESKY_TOLERANCE 1.8e-12

/**
 * cholesky_decompose - in place.
 *
 * matrix     [p * p] symmetric; the lower triangle is read and becomes L (unit diagonal, not stored) and D
 * size       [p] what a remainder is compared with, matrix[j * p + j] of old or larger; NULL: the diagonal itself
 * aliased    [p] in: columns to leave out; out: those and the dependent ones
 *
 * Returns the number of columns kept.  O(p^3), allocates nothing.
 */
size_t cholesky_decompose(double *matrix, size_t p, const double *size, double tolerance, bool *aliased);

/** cholesky_solve - x := matrix^-1 x over the kept columns, 0 for aliased ones. */
void cholesky_solve(const double *factor, size_t p, const bool *aliased, double *x);

/** cholesky_form - x := matrix^-1 u, as cholesky_solve; returns u' x: what Newton's step x gains with score u, or Wald's statistic. */
double cholesky_form(const double *factor, size_t p, const bool *aliased, const double *u, double *x);

/** cholesky_invert - inverse [p * p], both triangles; rows and columns of aliased ones are 0. */
void cholesky_invert(const double *factor, size_t p, const bool *aliased, double *inverse);

/**
 * cholesky_partners - what goes with a column that was left out: the kept columns of which it is a combination.
 *
 * matrix     what was decomposed to factor
 * lost       the column
 * room       [p] scratch
 * partner    [p] becomes true where the share of a column is not rounding (1e-4 of the largest, which is 1 at least)
 */
void cholesky_partners(const double *matrix, const double *factor, size_t p, const bool *left_out, size_t lost, double *room,
                       bool *partner);

/**
 * cholesky_without - decomposes without the columns whose remainder after those before them is below a limit.
 *
 * least      [p] the limit of D, 0 for columns that stay
 * left_out   [p] in: columns to leave out; out: those and the others
 */
void cholesky_without(const double *matrix, double *factor, size_t p, const double *least, bool *left_out);

/** quadratic_form - x' M x over the columns not marked (marked may be NULL). */
double quadratic_form(const double *matrix, size_t p, const bool *marked, const double *x);

#endif
