/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * design_total.h - what is summed over the rows of a design besides the Gram matrix: score vectors, by row or by cluster,
 * and leverages.
 *
 * Columns are those of a standardised design (|value| < 1, design_matrix.h); an intercept stands before them, so vectors
 * have 1 + p numbers: the total of c first, then sum c x by column.  Sums are whole numbers in two parts (fixed_sum.h): the
 * order of rows and the number of threads change no bit.
 */
#ifndef STATS_DESIGN_TOTAL_H
#define STATS_DESIGN_TOTAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/clusters.h"
#include "stats/design_gram.h"
#include "stats/design_matrix.h"

/**
 * design_total - sum_i c_i (1, x_i).
 *
 * c          [n] |c| <= bound
 * sum        output [1 + p]
 *
 * GSL_SUCCESS; GSL_EINVAL for a bad bound (fixed_scale_init); GSL_ENOMEM.  O(n * blocks).
 */
int design_total(const struct design_matrix *design, const double *c, double bound, size_t n_threads, double *sum);

/** The same of rows that lie in several places (reducer.h); bound is that of the rows here. */
int design_total_all(const struct design_matrix *design, const double *c, double bound, size_t n_threads,
                     const struct reducer *reducer, double *sum);

/**
 * design_total_packed - the same in one part, over the units of a layout: a row with eight small factors costs three
 * additions.  The error of an addend is 2^-(62 - log2 n) of the bound, so of sqrt(sum c^2) x it is far below what a
 * score needs; where small sums of large numbers matter take design_total.  With a layout of rows in several places
 * (gram_layout_alloc_part) the sums are those of all; the bound is to be that of all, too.
 */
int design_total_packed(const struct gram_layout *layout, const double *c, double bound, size_t n_threads, double *sum);

/**
 * design_totals_units - n of them in two parts, as design_total has them, over the units of a layout; in two messages.
 *
 * c [n] of [n rows] each, bounds [n] of the rows here, sums [n * (1 + p)].  Errors as there.
 */
int design_totals_units(const struct gram_layout *layout, const double *const *c, const double *bounds, size_t n, size_t n_threads,
                        double *sums);

/**
 * design_clusters - the same by cluster.
 *
 * cluster    [n] 0 .. n_cluster - 1
 * sums       output [n_cluster * (1 + p)]
 *
 * Needs 32 n_cluster (1 + p) bytes while it runs.  Errors as design_total.
 */
int design_clusters(const struct design_matrix *design, const double *c, double bound, const int32_t *cluster,
                    size_t n_cluster, double *sums);

/** The same of rows that lie in several places (reducer.h), sums [clusters->n * (1 + p)]; bound is that of the rows here. */
int design_clusters_all(const struct design_matrix *design, const double *c, double bound, const struct clusters *clusters,
                        const struct reducer *reducer, double *sums);

/**
 * design_leverage - (1, x_i)' M (1, x_i).
 *
 * matrix     [(1 + p) * (1 + p)] symmetric
 * leverage   output [n]
 *
 * O(n * blocks^2): only the columns that a row has are visited.  GSL_SUCCESS, GSL_ENOMEM.
 */
int design_leverage(const struct design_matrix *design, const double *matrix, size_t n_threads, double *leverage);

/** design_linear - eta_i = (1, x_i)' coef + offset_i; offset NULL: 0.  coef [1 + p], eta output [n]. */
void design_linear(const struct design_matrix *design, const double *coef, const double *offset, size_t n_threads,
                   double *eta);

/** design_linear_units - the same over the units of a layout: one addition a unit. */
void design_linear_units(const struct gram_layout *layout, const double *coef, const double *offset, size_t n_threads, double *eta);

#endif
