/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * design_gram.h - sum_i c_i x_i x_i' and sum_i c_i x_i over coded factors: the additive summary of a regression.
 *
 * A factor with k levels against one with m is a table of k m cells, and a row adds to one cell of it.  Small factors
 * are counted together (their joint code is one unit of up to GRAM_UNIT_CELLS cells), so a row with eight factors
 * costs three additions in place of 36; the margins are taken when the summary is read.
 *
 *     gram_layout_alloc -> gram_init(bound, n_max) -> gram_add ... gram_merge -> gram_read
 *
 * Cells are whole numbers (fixed_sum.h): order, chunks, threads and the packing cannot change a bit.  The error of a
 * sum of n addends c x x' is about sqrt(n) 2^-(62 - log2 n_max) of its bound.
 */
#ifndef STATS_DESIGN_GRAM_H
#define STATS_DESIGN_GRAM_H

#include "stats/design_matrix.h"
#include "stats/fixed_sum.h"
#include "stats/reducer.h"

enum { GRAM_UNIT_CELLS = 128 };

/* What is counted together: nothing but the row itself, a numeric block, a block with codes, or several factors. */
struct gram_unit {
    const double *value;  /* [n] or NULL */
    const uint16_t *code; /* [n] or NULL */
    size_t n_cell;
    size_t n_block;
    size_t *block;        /* [n_block] */
    uint16_t *level;      /* [n_cell * n_block] level of each block in a cell */
};

struct gram_layout {
    const struct design_matrix *design;
    const struct reducer *reducer; /* rows lie in several places; NULL: these are all */
    size_t n_all;             /* rows in all places */
    size_t n_unit;            /* unit 0 is the row itself */
    struct gram_unit *unit;
    size_t n_cell;            /* of all pairs of units */
    size_t *start;            /* [n_unit * n_unit] first cell of the pair u <= v */
    uint16_t **joint;         /* [n_joint] joint codes that belong to the layout */
    size_t n_joint;
};

/**
 * The design must be standardised (|value| < 1, as design_copy_alloc makes it) and outlive the layout.
 * NULL when memory is short.
 */
struct gram_layout *gram_layout_alloc(const struct design_matrix *design, size_t n_threads);

/** The same of rows that lie in several places: sums over the units (design_total.h) are those of all of them. */
struct gram_layout *gram_layout_alloc_part(const struct design_matrix *design, size_t n_threads, const struct reducer *reducer);

/** The same with every block a unit of its own: for sums over few rows at a time. */
struct gram_layout *gram_layout_alloc_plain(const struct design_matrix *design);
void gram_layout_free(struct gram_layout *layout); /* NULL is fine */

/**
 * gram_predict - as design_predict, with one addition a unit: eta[i] += sum_j x[i][j] coef[j], rows first .. last - 1.
 *
 * table      [GRAM_UNIT_CELLS] workspace
 */
void gram_predict(const struct gram_layout *layout, const double *coef, size_t first, size_t last, double *table,
                  double *eta);

struct gram {
    const struct gram_layout *layout;
    struct fixed_scale scale;
    double bound;
    uint64_t n_max;
    int64_t *cell;   /* [layout->n_cell] */
    int64_t *margin; /* [1 + p + p * p] workspace of gram_read */
    struct gram_room *room; /* workspace of gram_add */
};

/** NULL when memory is short. */
struct gram *gram_alloc(const struct gram_layout *layout);
void gram_free(struct gram *gram); /* NULL is fine */

/** An empty sum for weights of magnitude up to bound and up to n_max rows.  Errors as fixed_scale_init. */
int gram_init(struct gram *gram, double bound, uint64_t n_max);

/** Adds rows first .. last - 1; weight is indexed by row, |weight| <= bound. */
void gram_add(struct gram *gram, const double *weight, size_t first, size_t last);

/** into += from.  GSL_EINVAL when layout, bound or n_max differ. */
int gram_merge(struct gram *into, const struct gram *from);

/**
 * Adds all rows on n_threads threads, into an empty sum.  GSL_ENOMEM when memory is short.
 */
int gram_add_all(struct gram *gram, const double *weight, size_t n_threads);

/**
 * total      sum c
 * sum        [p] sum c x
 * matrix     [p * p] sum c x x', both triangles; NULL when not wanted
 */
void gram_read(struct gram *gram, double *total, double *sum, double *matrix);

/**
 * gram_read_all - gram_read of the rows in all places (reducer.h), 1 + p + p^2 whole numbers of each; bound and n_max were
 * those of all rows.
 */
void gram_read_all(struct gram *gram, const struct reducer *reducer, double *total, double *sum, double *matrix);

#endif
