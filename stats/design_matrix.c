/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design_matrix.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/grid_sum.h"
#include "stats/vectors.h"

static bool block_is_good(const struct design_matrix *design, const struct design_block *block)
{
    if (block->n_level == 0 || block->n_level > DESIGN_LEVELS_MAX || (block->code == NULL && block->n_level != 1))
        return false;
    for (size_t l = 0; l < block->n_level; l++)
        if (block->column[l] < DESIGN_NONE || block->column[l] >= (int64_t)design->p)
            return false;
    bool good = true;
    for (size_t i = 0; i < design->n && block->code != NULL; i++)
        good &= block->code[i] < block->n_level;
    for (size_t i = 0; i < design->n && block->value != NULL; i++)
        good &= fabs(block->value[i]) <= DBL_MAX;
    return good;
}

int design_matrix_check(const struct design_matrix *design)
{
    for (size_t b = 0; b < design->n_block; b++)
        if (!block_is_good(design, &design->block[b]))
            return GSL_EINVAL;
    return GSL_SUCCESS;
}

/* ---- a standardised copy ------------------------------------------------------------------------------ */

/* Room for every array of the copy in one piece; offsets are multiples of 8. */
struct cut {
    char *base; /* NULL while sizes are summed */
    size_t used;
};

static void *take(struct cut *cut, size_t n, size_t size)
{
    void *start = cut->base != NULL ? cut->base + cut->used : NULL;

    cut->used += (n * size + 7) / 8 * 8;
    return start;
}

struct plan {
    struct design_block *block;
    double **value;
    uint16_t **code;
    int32_t **column;
};

static struct plan lay_out(struct cut *cut, const struct design_matrix *design, size_t n_rows,
                           struct design_copy *copy)
{
    struct plan plan;

    copy->center = take(cut, design->p, sizeof *copy->center);
    copy->scale = take(cut, design->p, sizeof *copy->scale);
    plan.block = take(cut, design->n_block, sizeof *plan.block);
    plan.value = take(cut, design->n_block, sizeof *plan.value);
    plan.code = take(cut, design->n_block, sizeof *plan.code);
    plan.column = take(cut, design->n_block, sizeof *plan.column);
    for (size_t b = 0; b < design->n_block; b++) {
        const struct design_block *block = &design->block[b];
        double *value = block->value != NULL ? take(cut, n_rows, sizeof *value) : NULL;
        uint16_t *code = block->code != NULL ? take(cut, n_rows, sizeof *code) : NULL;
        int32_t *column = take(cut, block->n_level, sizeof *column);
        if (cut->base == NULL)
            continue;
        plan.value[b] = value;
        plan.code[b] = code;
        plan.column[b] = column;
    }
    return plan;
}

/* The mean of some values, the same for every order; 0 when it cannot be had. */
static double order_free_mean(const double *x, size_t n, const struct reducer *reducer)
{
    int64_t n_all = (int64_t)n;
    double largest = grid_max(0, x, n);
    struct grid grid;
    struct grid_sum sum;

    reducer_size(reducer, &n_all, &largest);
    if (n_all == 0 || grid_init(&grid, isinf(largest) ? (double)NAN : largest, (uint64_t)n_all) != GSL_SUCCESS)
        return 0;
    grid_sum_init(&sum, &grid);
    const bool summed = grid_sum_add_array(&sum, x, n) == GSL_SUCCESS && reducer_grid_sum(reducer, &sum) == GSL_SUCCESS;

    return summed ? grid_sum_value(&sum) / (double)n_all : 0;
}

/* A mean that is not 0 is one whose sum did not overflow, so x - center does not either. */
static void standardise(double *x, size_t n, bool centre, const struct reducer *reducer, double *center, double *scale)
{
    double max = 0;
    int exponent = 0;

    *center = centre ? order_free_mean(x, n, reducer) : 0;
    for (size_t i = 0; i < n; i++) {
        x[i] -= *center;
        max = fabs(x[i]) > max ? fabs(x[i]) : max;
    }
    max = reducer_largest(reducer, max);
    if (max > 0)
        frexp(max, &exponent);
    if (exponent < -1000) /* nothing that a coefficient could be found for */
        exponent = -1000;
    *scale = ldexp(1, -exponent);
    for (size_t i = 0; i < n; i++)
        x[i] *= *scale;
}

/* Of some rows, or of the first n as they stand. */
static void take_codes(const uint16_t *restrict code, const uint32_t *restrict rows, size_t n, uint16_t *restrict to)
{
    if (rows == NULL)
        memcpy(to, code, n * sizeof *to);
    for (size_t i = 0; rows != NULL && i < n; i++)
        to[i] = code[rows[i]];
}

static void take_values(const double *restrict value, const uint32_t *restrict rows, size_t n, double *restrict to)
{
    if (rows == NULL)
        memcpy(to, value, n * sizeof *to);
    for (size_t i = 0; rows != NULL && i < n; i++)
        to[i] = value[rows[i]];
}

static void copy_block(const struct design_block *block, const struct plan *plan, size_t b, const uint32_t *rows,
                       size_t n_rows, const struct reducer *reducer, struct design_copy *copy)
{
    double center = 0, scale = 1;

    memcpy(plan->column[b], block->column, block->n_level * sizeof *block->column);
    if (block->code != NULL)
        take_codes(block->code, rows, n_rows, plan->code[b]);
    if (block->value != NULL) {
        take_values(block->value, rows, n_rows, plan->value[b]);
        standardise(plan->value[b], n_rows, block->code == NULL, reducer, &center, &scale);
    }
    plan->block[b] = (struct design_block){plan->value[b], plan->code[b], block->n_level, plan->column[b]};
    for (size_t l = 0; l < block->n_level; l++)
        if (block->column[l] >= 0) {
            copy->center[block->column[l]] = center;
            copy->scale[block->column[l]] = scale;
        }
}

struct design_copy *design_copy_alloc(const struct design_matrix *design, const uint32_t *rows, size_t n_rows,
                                      size_t n_threads)
{
    return design_copy_alloc_part(design, rows, n_rows, n_threads, NULL);
}

struct design_copy *design_copy_alloc_part(const struct design_matrix *design, const uint32_t *rows, size_t n_rows,
                                           size_t n_threads, const struct reducer *reducer)
{
    struct cut cut = {0};
    struct design_copy *copy = calloc(1, sizeof *copy);

    if (copy == NULL)
        return NULL;
    lay_out(&cut, design, n_rows, copy);
    if ((copy->memory = malloc(cut.used + 8)) == NULL) {
        free(copy);
        return NULL;
    }
    cut = (struct cut){.base = copy->memory};
    const struct plan plan = lay_out(&cut, design, n_rows, copy);
    copy->matrix = (struct design_matrix){n_rows, design->p, design->n_block, plan.block};
    /* With a reducer one block after the other, in all places. */
#pragma omp parallel for num_threads(reducer != NULL ? 1 : (int)n_threads) schedule(dynamic, 1)
    for (size_t b = 0; b < design->n_block; b++)
        copy_block(&design->block[b], &plan, b, rows, n_rows, reducer, copy);
    return copy;
}

void design_copy_free(struct design_copy *copy)
{
    if (copy == NULL)
        return;
    free(copy->memory);
    free(copy);
}

/* ---- reading rows ------------------------------------------------------------------------------------------ */

enum { SLOPES = 256 }; /* coefficients of a factor that are looked up once, not row by row */

static inline double coefficient(const struct design_block *block, const double *coef, size_t level)
{
    const int32_t column = block->column[level];

    return column >= 0 ? coef[column] : 0;
}

VECTOR_VERSIONS static void predict_number(const struct design_block *block, double slope, size_t first, size_t last, double *eta)
{
    const double *const value = block->value;
    size_t i = first;

    for (; value != NULL && i + VECTOR_LANES <= last; i += VECTOR_LANES)
        *(vector_reals *)(eta + i) += *(const vector_reals *)(value + i) * slope;
    for (; i < last; i++)
        eta[i] += value != NULL ? value[i] * slope : slope;
}

/* Many levels: their columns are looked up row by row. */
static void predict_levels(const struct design_block *block, const double *coef, size_t first, size_t last, double *eta)
{
    for (size_t i = first; i < last; i++) {
        const double slope = coefficient(block, coef, block->code[i]);
        eta[i] += block->value != NULL ? block->value[i] * slope : slope;
    }
}

/* slope: [n_level] coefficients */
static void predict_codes(const struct design_block *block, const double *slope, size_t first, size_t last, double *eta)
{
    const double *const value = block->value;
    const uint16_t *const code = block->code;

    if (value == NULL)
        for (size_t i = first; i < last; i++)
            eta[i] += slope[code[i]];
    else
        for (size_t i = first; i < last; i++)
            eta[i] += value[i] * slope[code[i]];
}

void design_predict(const struct design_matrix *design, const double *coef, size_t first, size_t last, double *eta)
{
    double slope[SLOPES];

    for (size_t b = 0; b < design->n_block; b++) {
        const struct design_block *block = &design->block[b];
        if (block->code == NULL)
            predict_number(block, coefficient(block, coef, 0), first, last, eta);
        else if (block->n_level > SLOPES || last - first < block->n_level)
            predict_levels(block, coef, first, last, eta);
        else {
            for (size_t l = 0; l < block->n_level; l++)
                slope[l] = coefficient(block, coef, l);
            predict_codes(block, slope, first, last, eta);
        }
    }
}

void design_row(const struct design_matrix *design, size_t i, double *x)
{
    memset(x, 0, design->p * sizeof *x);
    for (size_t b = 0; b < design->n_block; b++) {
        const struct design_block *block = &design->block[b];
        const int32_t column = block->column[block->code != NULL ? block->code[i] : 0];
        if (column >= 0)
            x[column] = block->value != NULL ? block->value[i] : 1;
    }
}
