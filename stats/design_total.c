/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design_total.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/fixed_sum.h"
#include "stats/vectors.h"

enum { CHUNK = 4096 }; /* rows a thread takes at a time */

/* One vector of sums: high and low parts. */
struct parts {
    int64_t *high, *low;
};

static inline void add_part(const struct fixed_scale *scale, struct parts *parts, size_t j, double x)
{
    int64_t high, low;

    fixed_split(scale, x, &high, &low);
    parts->high[j] += high;
    parts->low[j] += low;
}

/* Row i into the sums; column j of the design is sum j + 1. */
static inline void add_row(const struct design_matrix *design, const struct fixed_scale *scale, size_t i, double c,
                           struct parts *parts)
{
    add_part(scale, parts, 0, c);
    for (size_t b = 0; b < design->n_block; b++) {
        const struct design_block *const block = &design->block[b];
        const int32_t column = block->column[block->code != NULL ? block->code[i] : 0];

        if (column >= 0)
            add_part(scale, parts, (size_t)column + 1, block->value != NULL ? c * block->value[i] : c);
    }
}

static void read_parts(const struct fixed_scale *scale, const struct parts *parts, size_t n, double *sum)
{
    for (size_t j = 0; j < n; j++)
        sum[j] = fixed_wide_value(scale, fixed_wide(scale, parts->high[j], parts->low[j]));
}

enum { SLICE = 512 }; /* rows whose whole numbers stay in the first cache */

/* Where the levels of all blocks add, block after block; levels without a column add where nobody reads, at n_sum. */
static uint32_t *level_sums(const struct design_matrix *design)
{
    size_t n_level = 0;

    for (size_t b = 0; b < design->n_block; b++)
        n_level += design->block[b].n_level;
    uint32_t *const at = malloc((n_level + 1) * sizeof *at), *next = at;

    for (size_t b = 0; at != NULL && b < design->n_block; b++)
        for (size_t l = 0; l < design->block[b].n_level; l++) {
            const int32_t column = design->block[b].column[l];
            *next++ = column >= 0 ? (uint32_t)column + 1 : (uint32_t)design->p + 1;
        }
    return at;
}

static void split_products(const struct fixed_scale *scale, const double *c, const double *value, size_t n, int64_t *high,
                           int64_t *low)
{
    for (size_t k = 0; k < n; k++)
        fixed_split(scale, value != NULL ? c[k] * value[k] : c[k], &high[k], &low[k]);
}

/* Rows first .. first + n - 1 block by block: a row is split once for all its factors. */
static void add_rows(const struct design_matrix *design, const struct fixed_scale *scale, const double *c, const uint32_t *at,
                     size_t first, size_t n, struct parts *parts)
{
    int64_t row_high[SLICE], row_low[SLICE], product_high[SLICE], product_low[SLICE];

    split_products(scale, c + first, NULL, n, row_high, row_low);
    for (size_t k = 0; k < n; k++) {
        parts->high[0] += row_high[k];
        parts->low[0] += row_low[k];
    }
    for (size_t b = 0; b < design->n_block; at += design->block[b++].n_level) {
        const struct design_block *const block = &design->block[b];
        const uint16_t *const code = block->code != NULL ? block->code + first : NULL;
        const int64_t *const high = block->value != NULL ? product_high : row_high,
                      *const low = block->value != NULL ? product_low : row_low;

        if (block->value != NULL)
            split_products(scale, c + first, block->value + first, n, product_high, product_low);
        for (size_t k = 0; k < n; k++) {
            const size_t sum = at[code != NULL ? code[k] : 0];
            parts->high[sum] += high[k];
            parts->low[sum] += low[k];
        }
    }
}

int design_total(const struct design_matrix *design, const double *c, double bound, size_t n_threads, double *sum)
{
    return design_total_all(design, c, bound, n_threads, NULL, sum);
}

int design_total_all(const struct design_matrix *design, const double *c, double bound, size_t n_threads,
                     const struct reducer *reducer, double *sum)
{
    const size_t n_sum = design->p + 1, n_slice = (design->n + SLICE - 1) / SLICE;
    struct fixed_scale scale;
    bool failed = false;
    int64_t n_all = (int64_t)design->n;
    reducer_size(reducer, &n_all, &bound);
    const int status = fixed_scale_init(&scale, bound, (uint64_t)n_all);
    uint32_t *const at = level_sums(design);
    int64_t *const all = calloc(2 * n_sum, sizeof *all);
    struct parts total = {all, all != NULL ? all + n_sum : NULL};

    if (status != GSL_SUCCESS || all == NULL || at == NULL) {
        free(all);
        free(at);
        return status != GSL_SUCCESS ? status : GSL_ENOMEM;
    }
#pragma omp parallel num_threads((int)n_threads)
    {
        int64_t *const own = calloc(2 * (n_sum + 1), sizeof *own);
        struct parts mine = {own, own != NULL ? own + n_sum + 1 : NULL};

#pragma omp for schedule(static)
        for (size_t k = 0; k < n_slice; k++)
            if (own != NULL)
                add_rows(design, &scale, c, at, k * SLICE, k * SLICE + SLICE < design->n ? SLICE : design->n - k * SLICE, &mine);
#pragma omp critical(design_total_merge)
        {
            failed |= own == NULL;
            for (size_t j = 0; own != NULL && j < n_sum; j++) {
                total.high[j] += mine.high[j];
                total.low[j] += mine.low[j];
            }
        }
        free(own);
    }
    reducer_sum(reducer, all, 2 * n_sum);
    read_parts(&scale, &total, n_sum, sum);
    free(all);
    free(at);
    return failed ? GSL_ENOMEM : GSL_SUCCESS;
}

/* ---- over units -------------------------------------------------------------------------------------------------- */

VECTOR_INLINE void add_unit(const struct gram_unit *unit, const struct fixed_scale *scale, const double *c, const int64_t *plain,
                            size_t first, size_t n, int64_t *restrict cell)
{
    const uint16_t *const code = unit->code != NULL ? unit->code + first : NULL;
    const double *const value = unit->value != NULL ? unit->value + first : NULL;
    double product[SLICE];
    int64_t whole[SLICE];

    if (code == NULL) {
        cell[0] += value != NULL ? vector_product_total(scale, c + first, value, n) : vector_total(plain, n);
        return;
    }
    if (value != NULL) {
        vector_multiply(c + first, value, n, product);
        vector_fixed(scale, product, n, whole);
    }
    const int64_t *const addend = value != NULL ? whole : plain;
    for (size_t k = 0; k < n; k++)
        cell[code[k]] += addend[k];
}

/* Unit 0 is the row itself. */
VECTOR_VERSIONS static void add_slice(const struct gram_layout *layout, const struct fixed_scale *scale, const double *c,
                                      size_t first, size_t n, int64_t *cells)
{
    int64_t plain[SLICE];

    vector_fixed(scale, c + first, n, plain);
    for (size_t u = 0; u < layout->n_unit; u++) {
        add_unit(&layout->unit[u], scale, c, plain, first, n, cells);
        cells += layout->unit[u].n_cell;
    }
}

/* From the cells of units, `step` numbers apart, to those of columns. */
static void gather_cells(const struct gram_layout *layout, const int64_t *cells, size_t step, int64_t *columns)
{
    const struct design_matrix *const design = layout->design;

    columns[0] = cells[0];
    cells += layout->unit[0].n_cell * step;
    for (size_t u = 1; u < layout->n_unit; u++) {
        const struct gram_unit *const unit = &layout->unit[u];

        for (size_t k = 0; k < unit->n_cell * unit->n_block; k++) {
            const size_t cell = k / unit->n_block, b = k % unit->n_block;
            const int32_t column = design->block[unit->block[b]].column[unit->level[k]];

            if (column >= 0)
                columns[column + 1] += cells[cell * step];
        }
        cells += unit->n_cell * step;
    }
}

static size_t count_cells(const struct gram_layout *layout)
{
    size_t n = 0;

    for (size_t u = 0; u < layout->n_unit; u++)
        n += layout->unit[u].n_cell;
    return n;
}

static void read_cells(const struct gram_layout *layout, const struct fixed_scale *scale, const int64_t *cells,
                       int64_t *columns, double *sum)
{
    gather_cells(layout, cells, 1, columns);
    reducer_sum(layout->reducer, columns, layout->design->p + 1);
    for (size_t j = 0; j <= layout->design->p; j++)
        sum[j] = (double)columns[j] * scale->down;
}

int design_total_packed(const struct gram_layout *layout, const double *c, double bound, size_t n_threads, double *sum)
{
    const size_t n = layout->design->n, n_slice = (n + SLICE - 1) / SLICE;
    const size_t n_cell = count_cells(layout);
    struct fixed_scale scale;
    bool failed = false;
    const int status = fixed_scale_init(&scale, bound, layout->n_all);
    int64_t *const all = calloc(n_cell + layout->design->p + 1, sizeof *all);

    if (status != GSL_SUCCESS || all == NULL) {
        free(all);
        return status != GSL_SUCCESS ? status : GSL_ENOMEM;
    }
#pragma omp parallel num_threads((int)n_threads)
    {
        int64_t *const own = calloc(n_cell, sizeof *own);

#pragma omp for schedule(static)
        for (size_t k = 0; k < n_slice; k++)
            if (own != NULL)
                add_slice(layout, &scale, c, k * SLICE, k * SLICE + SLICE < n ? SLICE : n - k * SLICE, own);
#pragma omp critical(design_total_packed_merge)
        {
            failed |= own == NULL;
            for (size_t j = 0; own != NULL && j < n_cell; j++)
                all[j] += own[j];
        }
        free(own);
    }
    read_cells(layout, &scale, all, all + n_cell, sum);
    free(all);
    return failed ? GSL_ENOMEM : GSL_SUCCESS;
}

/* Both parts of a sum side by side. */
typedef int64_t two_parts __attribute__((vector_size(16), aligned(8), may_alias));

VECTOR_INLINE void interleave(const int64_t *high, const int64_t *low, size_t n, int64_t *both)
{
    for (size_t k = 0; k < n; k++) {
        both[2 * k] = high[k];
        both[2 * k + 1] = low[k];
    }
}

/* Cells are two numbers each. */
VECTOR_VERSIONS static void add_slice_in_parts(const struct gram_layout *layout, const struct fixed_scale *scale, const double *c,
                                               size_t first, size_t n, int64_t *cells)
{
    int64_t high[SLICE], low[SLICE], row[2 * SLICE], of_value[2 * SLICE];
    double product[SLICE];

    vector_split(scale, c + first, n, high, low);
    interleave(high, low, n, row);
    cells[0] += vector_total(high, n);
    cells[1] += vector_total(low, n);
    for (size_t u = 1; u < layout->n_unit; u++) {
        const struct gram_unit *const unit = &layout->unit[u];
        cells += 2 * layout->unit[u - 1].n_cell;
        if (unit->value != NULL)
            vector_multiply(c + first, unit->value + first, n, product);
        if (unit->value != NULL || unit->code == NULL)
            vector_split(scale, unit->value != NULL ? product : c + first, n, high, low);
        if (unit->code == NULL) {
            cells[0] += vector_total(high, n);
            cells[1] += vector_total(low, n);
            continue;
        }
        if (unit->value != NULL)
            interleave(high, low, n, of_value);
        const int64_t *restrict const addend = unit->value != NULL ? of_value : row;
        const uint16_t *restrict const code = unit->code + first;
        for (size_t k = 0; k < n; k++)
            *(two_parts *)(cells + 2 * (size_t)code[k]) += *(const two_parts *)(addend + 2 * k);
    }
}

/* The cells of one c, two numbers each; false when memory is short. */
static bool add_in_parts(const struct gram_layout *layout, const struct fixed_scale *scale, const double *c, size_t n_cell,
                         size_t n_threads, int64_t *all)
{
    const size_t n = layout->design->n, n_slice = (n + SLICE - 1) / SLICE;
    bool failed = false;

#pragma omp parallel num_threads((int)n_threads)
    {
        int64_t *const own = calloc(2 * n_cell + 1, sizeof *own);

#pragma omp for schedule(static)
        for (size_t k = 0; k < n_slice; k++)
            if (own != NULL)
                add_slice_in_parts(layout, scale, c, k * SLICE, k * SLICE + SLICE < n ? SLICE : n - k * SLICE, own);
#pragma omp critical(design_totals_units_merge)
        {
            failed |= own == NULL;
            for (size_t j = 0; own != NULL && j < 2 * n_cell; j++)
                all[j] += own[j];
        }
        free(own);
    }
    return !failed;
}

/* Those of all places. */
static int scales_of(const struct gram_layout *layout, const double *bounds, size_t n, double *largest, struct fixed_scale *scales)
{
    int status = GSL_SUCCESS;

    for (size_t k = 0; k < n; k++)
        largest[k] = isnan(bounds[k]) ? (double)INFINITY : bounds[k];
    if (layout->reducer != NULL)
        layout->reducer->largest(layout->reducer->context, largest, n);
    for (size_t k = 0; k < n && status == GSL_SUCCESS; k++)
        status = fixed_scale_init(&scales[k], largest[k], layout->n_all);
    return status;
}

int design_totals_units(const struct gram_layout *layout, const double *const *c, const double *bounds, size_t n, size_t n_threads,
                        double *sums)
{
    const size_t n_sum = layout->design->p + 1, n_cell = count_cells(layout);
    struct fixed_scale *const scales = malloc((n + 1) * sizeof *scales);
    double *const largest = malloc((n + 1) * sizeof *largest);
    int64_t *const cells = calloc(2 * n_cell + 1, sizeof *cells), *const columns = calloc(2 * n_sum * n + 1, sizeof *columns);
    int status = scales == NULL || largest == NULL || cells == NULL || columns == NULL
                     ? GSL_ENOMEM
                     : scales_of(layout, bounds, n, largest, scales);
    bool failed = false;

    for (size_t k = 0; k < n && status == GSL_SUCCESS; k++) {
        int64_t *const of = columns + 2 * n_sum * k;

        if (k > 0)
            memset(cells, 0, 2 * n_cell * sizeof *cells);
        failed |= !add_in_parts(layout, &scales[k], c[k], n_cell, n_threads, cells);
        gather_cells(layout, cells, 2, of);
        gather_cells(layout, cells + 1, 2, of + n_sum);
    }
    if (status == GSL_SUCCESS)
        reducer_sum(layout->reducer, columns, 2 * n_sum * n);
    for (size_t k = 0; k < n && status == GSL_SUCCESS; k++) {
        const struct parts total = {columns + 2 * n_sum * k, columns + 2 * n_sum * k + n_sum};
        read_parts(&scales[k], &total, n_sum, sums + n_sum * k);
    }
    free(columns);
    free(cells);
    free(largest);
    free(scales);
    return status == GSL_SUCCESS && failed ? GSL_ENOMEM : status;
}

/* ---- by cluster ---------------------------------------------------------------------------------------------------- */

int design_clusters(const struct design_matrix *design, const double *c, double bound, const int32_t *cluster,
                    size_t n_cluster, double *sums)
{
    return design_clusters_all(design, c, bound, &(struct clusters){.of = cluster, .n = n_cluster}, NULL, sums);
}

int design_clusters_all(const struct design_matrix *design, const double *c, double bound, const struct clusters *clusters,
                        const struct reducer *reducer, double *sums)
{
    const size_t n_sum = design->p + 1, n = clusters->n;
    struct fixed_scale scale;
    int64_t n_all = (int64_t)design->n;
    reducer_size(reducer, &n_all, &bound);
    int64_t *const all = n < SIZE_MAX / 32 / n_sum ? calloc(2 * n * n_sum + 1, sizeof *all) : NULL;
    int status = fixed_scale_init(&scale, bound, (uint64_t)n_all);

    status = reducer_status(reducer, status == GSL_SUCCESS && all == NULL ? GSL_ENOMEM : status);
    if (status != GSL_SUCCESS) {
        free(all);
        return status;
    }
    for (size_t i = 0; i < design->n; i++) {
        int64_t *const of_cluster = all + 2 * n_sum * (size_t)clusters->of[i];
        struct parts parts = {of_cluster, of_cluster + n_sum};

        add_row(design, &scale, i, c[i], &parts);
    }
    if (reducer != NULL)
        reducer_sum(reducer, all, 2 * clusters->n_shared * n_sum);
    for (size_t g = 0; g < n; g++) {
        const struct parts parts = {all + 2 * n_sum * g, all + 2 * n_sum * g + n_sum};

        read_parts(&scale, &parts, n_sum, sums + n_sum * g);
    }
    free(all);
    return GSL_SUCCESS;
}

/* The columns that row i has, the intercept first; returns how many. */
static size_t present(const struct design_matrix *design, size_t i, size_t *column, double *value)
{
    size_t n = 1;

    column[0] = 0;
    value[0] = 1;
    for (size_t b = 0; b < design->n_block; b++) {
        const struct design_block *const block = &design->block[b];
        const int32_t at = block->column[block->code != NULL ? block->code[i] : 0];

        if (at < 0)
            continue;
        column[n] = (size_t)at + 1;
        value[n++] = block->value != NULL ? block->value[i] : 1;
    }
    return n;
}

static double quadratic(const double *matrix, size_t width, const size_t *column, const double *value, size_t n)
{
    double sum = 0;

    for (size_t a = 0; a < n; a++) {
        const double *const line = matrix + column[a] * width;
        double half = value[a] * line[column[a]] / 2;

        for (size_t b = 0; b < a; b++)
            half += value[b] * line[column[b]];
        sum += 2 * value[a] * half;
    }
    return sum;
}

int design_leverage(const struct design_matrix *design, const double *matrix, size_t n_threads, double *leverage)
{
    bool failed = false;

#pragma omp parallel num_threads((int)n_threads)
    {
        size_t *const column = malloc((design->n_block + 1) * sizeof *column);
        double *const value = malloc((design->n_block + 1) * sizeof *value);
        const bool ready = column != NULL && value != NULL;

#pragma omp for schedule(static)
        for (size_t i = 0; i < design->n; i++)
            if (ready)
                leverage[i] = quadratic(matrix, design->p + 1, column, value, present(design, i, column, value));
#pragma omp critical(design_leverage_failed)
        failed |= !ready;
        free(column);
        free(value);
    }
    return failed ? GSL_ENOMEM : GSL_SUCCESS;
}

void design_linear(const struct design_matrix *design, const double *coef, const double *offset, size_t n_threads,
                   double *eta)
{
    const size_t n_chunk = (design->n + CHUNK - 1) / CHUNK;

#pragma omp parallel for num_threads((int)n_threads) schedule(static)
    for (size_t k = 0; k < n_chunk; k++) {
        const size_t first = k * CHUNK, last = first + CHUNK < design->n ? first + CHUNK : design->n;

        for (size_t i = first; i < last; i++)
            eta[i] = coef[0] + (offset != NULL ? offset[i] : 0);
        design_predict(design, coef + 1, first, last, eta);
    }
}

void design_linear_units(const struct gram_layout *layout, const double *coef, const double *offset, size_t n_threads, double *eta)
{
    const size_t n = layout->design->n, n_chunk = (n + CHUNK - 1) / CHUNK;

#pragma omp parallel for num_threads((int)n_threads) schedule(static)
    for (size_t k = 0; k < n_chunk; k++) {
        const size_t first = k * CHUNK, last = first + CHUNK < n ? first + CHUNK : n;
        double table[GRAM_UNIT_CELLS];

        for (size_t i = first; i < last; i++)
            eta[i] = coef[0] + (offset != NULL ? offset[i] : 0);
        gram_predict(layout, coef + 1, first, last, table, eta);
    }
}
