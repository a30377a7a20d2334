/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design_gram.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/design_gram_add.h"

/* Rows that one thread takes in a piece. */
enum { PIECE = 16384 };

/* ---- the layout ------------------------------------------------------------------------------------------ */

static bool is_plain_factor(const struct design_block *block)
{
    return block->value == NULL && block->code != NULL;
}

/* Takes a block into a unit, every cell of which then says at which level the block is. */
static bool unit_take(struct gram_unit *unit, const struct design_matrix *design, size_t b)
{
    const size_t n_level = design->block[b].n_level, n_cell = unit->n_cell * n_level, n_block = unit->n_block + 1;
    size_t *blocks = realloc(unit->block, n_block * sizeof *blocks);
    uint16_t *level = malloc(n_cell * n_block * sizeof *level);

    if (blocks != NULL)
        unit->block = blocks;
    if (blocks == NULL || level == NULL) {
        free(level);
        return false;
    }
    for (size_t cell = 0; cell < n_cell; cell++) {
        if (unit->n_block > 0)
            memcpy(level + cell * n_block, unit->level + cell / n_level * unit->n_block,
                   unit->n_block * sizeof *level);
        level[cell * n_block + unit->n_block] = (uint16_t)(cell % n_level);
    }
    blocks[unit->n_block] = b;
    free(unit->level);
    unit->level = level;
    unit->n_block = n_block;
    unit->n_cell = n_cell;
    return true;
}

/* Small factors share a unit as long as their joint code stays small, and there are rows enough to make it pay. */
static bool lay_units(struct gram_layout *layout, bool pack)
{
    const struct design_matrix *design = layout->design;
    const size_t most = pack && layout->n_all >= 32 * GRAM_UNIT_CELLS ? GRAM_UNIT_CELLS : 0;

    layout->unit[layout->n_unit++] = (struct gram_unit){.n_cell = 1};
    for (size_t b = 0; b < design->n_block; b++) {
        const struct design_block *block = &design->block[b];
        size_t u = layout->n_unit;
        for (size_t k = 1; k < layout->n_unit && is_plain_factor(block); k++) {
            const struct gram_unit *unit = &layout->unit[k];
            if (is_plain_factor(&design->block[unit->block[0]]) && unit->n_cell * block->n_level <= most && u > k)
                u = k;
        }
        if (u == layout->n_unit)
            layout->unit[layout->n_unit++] = (struct gram_unit){.n_cell = 1};
        if (!unit_take(&layout->unit[u], design, b))
            return false;
    }
    return true;
}

static bool make_codes(struct gram_layout *layout, size_t n_threads)
{
    const struct design_matrix *design = layout->design;

    for (size_t u = 1; u < layout->n_unit; u++) {
        struct gram_unit *unit = &layout->unit[u];
        const struct design_block *first = &design->block[unit->block[0]];
        unit->value = first->value;
        unit->code = first->code;
        if (unit->n_block < 2)
            continue;
        uint16_t *joint = malloc((design->n + 1) * sizeof *joint);
        if (joint == NULL)
            return false;
        layout->joint[layout->n_joint++] = joint;
        unit->code = joint;
#pragma omp parallel for num_threads((int)n_threads) schedule(static)
        for (size_t i = 0; i < design->n; i++) {
            size_t cell = 0;
            for (size_t k = 0; k < unit->n_block; k++)
                cell = cell * design->block[unit->block[k]].n_level + design->block[unit->block[k]].code[i];
            joint[i] = (uint16_t)cell;
        }
    }
    return true;
}

static struct gram_layout *make_layout(const struct design_matrix *design, bool pack, size_t n_threads, const struct reducer *reducer)
{
    struct gram_layout *layout = calloc(1, sizeof *layout);
    const size_t n_most = design->n_block + 1;

    if (layout == NULL)
        return NULL;
    layout->design = design;
    layout->reducer = reducer;
    layout->n_all = (size_t)reducer_sum_one(reducer, (int64_t)design->n);
    layout->unit = calloc(n_most, sizeof *layout->unit);
    layout->start = calloc(n_most * n_most, sizeof *layout->start);
    layout->joint = calloc(n_most, sizeof *layout->joint);
    if (layout->unit == NULL || layout->start == NULL || layout->joint == NULL || !lay_units(layout, pack) ||
        !make_codes(layout, n_threads)) {
        gram_layout_free(layout);
        return NULL;
    }
    for (size_t u = 0; u < layout->n_unit; u++)
        for (size_t v = u; v < layout->n_unit; v++) {
            layout->start[u * layout->n_unit + v] = layout->n_cell;
            layout->n_cell += layout->unit[u].n_cell * (u == v ? 1 : layout->unit[v].n_cell);
        }
    return layout;
}

struct gram_layout *gram_layout_alloc(const struct design_matrix *design, size_t n_threads)
{
    return make_layout(design, true, n_threads, NULL);
}

struct gram_layout *gram_layout_alloc_part(const struct design_matrix *design, size_t n_threads, const struct reducer *reducer)
{
    return make_layout(design, true, n_threads, reducer);
}

struct gram_layout *gram_layout_alloc_plain(const struct design_matrix *design)
{
    return make_layout(design, false, 1, NULL);
}

void gram_layout_free(struct gram_layout *layout)
{
    if (layout == NULL)
        return;
    for (size_t u = 0; layout->unit != NULL && u < layout->n_unit; u++) {
        free(layout->unit[u].block);
        free(layout->unit[u].level);
    }
    for (size_t k = 0; k < layout->n_joint; k++)
        free(layout->joint[k]);
    free(layout->joint);
    free(layout->start);
    free(layout->unit);
    free(layout);
}

void gram_predict(const struct gram_layout *layout, const double *coef, size_t first, size_t last, double *table,
                  double *eta)
{
    for (size_t u = 1; u < layout->n_unit; u++) {
        const struct gram_unit *unit = &layout->unit[u];
        const double *restrict value = unit->value;
        const uint16_t *restrict code = unit->code;
        if (unit->n_cell > GRAM_UNIT_CELLS || code == NULL) { /* one block */
            const struct design_matrix one = {.n_block = 1, .block = &layout->design->block[unit->block[0]]};
            design_predict(&one, coef, first, last, eta);
            continue;
        }
        for (size_t c = 0; c < unit->n_cell; c++) {
            table[c] = 0;
            for (size_t k = 0; k < unit->n_block; k++) {
                const int32_t column =
                    layout->design->block[unit->block[k]].column[unit->level[c * unit->n_block + k]];
                table[c] += column >= 0 ? coef[column] : 0;
            }
        }
        if (value != NULL)
            for (size_t i = first; i < last; i++)
                eta[i] += value[i] * table[code[i]];
        else
            for (size_t i = first; i < last; i++)
                eta[i] += table[code[i]];
    }
}

/* ---- adding ------------------------------------------------------------------------------------------------- */

struct gram *gram_alloc(const struct gram_layout *layout)
{
    struct gram *gram = calloc(1, sizeof *gram);

    const size_t p = layout->design->p;

    if (gram == NULL)
        return NULL;
    gram->layout = layout;
    gram->cell = calloc(layout->n_cell + 1 + p + p * p, sizeof *gram->cell);
    gram->room = gram_room_alloc(layout);
    if (gram->cell == NULL || gram->room == NULL) {
        gram_free(gram);
        return NULL;
    }
    gram->margin = gram->cell + layout->n_cell;
    return gram;
}

void gram_free(struct gram *gram)
{
    if (gram == NULL)
        return;
    gram_room_free(gram->room);
    free(gram->cell);
    free(gram);
}

int gram_init(struct gram *gram, double bound, uint64_t n_max)
{
    gram->bound = bound;
    gram->n_max = n_max;
    memset(gram->cell, 0, gram->layout->n_cell * sizeof *gram->cell);
    return fixed_scale_init(&gram->scale, bound, n_max);
}

int gram_merge(struct gram *into, const struct gram *from)
{
    if (into->layout != from->layout || into->bound != from->bound || into->n_max != from->n_max)
        return GSL_EINVAL;
    for (size_t k = 0; k < into->layout->n_cell; k++)
        into->cell[k] += from->cell[k];
    return GSL_SUCCESS;
}

int gram_add_all(struct gram *gram, const double *weight, size_t n_threads)
{
    const size_t n = gram->layout->design->n;
    bool failed = false;

    if (n < PIECE / 8)
        n_threads = 1;
#pragma omp parallel num_threads((int)n_threads)
    {
        struct gram *part = n_threads > 1 ? gram_alloc(gram->layout) : gram;
        if (part != NULL && part != gram)
            gram_init(part, gram->bound, gram->n_max);
        if (part == NULL) {
#pragma omp atomic write
            failed = true;
        }
#pragma omp for schedule(dynamic, 1)
        for (size_t first = 0; first < n; first += PIECE)
            if (part != NULL)
                gram_add(part, weight, first, n - first < PIECE ? n : first + PIECE);
        if (part != NULL && part != gram) {
#pragma omp critical(gram_add_all)
            gram_merge(gram, part);
            gram_free(part);
        }
    }
    return failed ? GSL_ENOMEM : GSL_SUCCESS;
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

/* The columns that a cell of a unit stands for; for unit 0 there are none. */
static inline int32_t cell_column(const struct gram_layout *layout, const struct gram_unit *unit, size_t cell, size_t k)
{
    return layout->design->block[unit->block[k]].column[unit->level[cell * unit->n_block + k]];
}

static void read_cell(struct gram *gram, size_t u, size_t cell_u, size_t v, size_t cell_v, int64_t value)
{
    const struct gram_layout *layout = gram->layout;
    const struct gram_unit *unit = &layout->unit[u], *other = &layout->unit[v];
    const size_t p = layout->design->p;
    int64_t *const sum = gram->margin + 1, *const matrix = sum + p;

    for (size_t m = 0; m < other->n_block; m++) {
        const int32_t j = cell_column(layout, other, cell_v, m);
        if (j < 0)
            continue;
        if (u == 0)
            sum[j] += value;
        for (size_t k = 0; k < unit->n_block; k++) {
            const int32_t i = cell_column(layout, unit, cell_u, k);
            if (i < 0)
                continue;
            matrix[(size_t)i * p + (size_t)j] += value;
            if (u != v)
                matrix[(size_t)j * p + (size_t)i] += value;
        }
    }
}

static void take_margins(struct gram *gram)
{
    const struct gram_layout *layout = gram->layout;
    const size_t p = layout->design->p;

    memset(gram->margin, 0, (1 + p + p * p) * sizeof *gram->margin);
    gram->margin[0] = gram->cell[layout->start[0]];
    for (size_t u = 0; u < layout->n_unit; u++)
        for (size_t v = u; v < layout->n_unit; v++) {
            const int64_t *cell = gram->cell + layout->start[u * layout->n_unit + v];
            const size_t n_v = u == v ? 1 : layout->unit[v].n_cell;
            for (size_t k = 0; k < layout->unit[u].n_cell * n_v; k++)
                if (cell[k] != 0)
                    read_cell(gram, u, k / n_v, v, u == v ? k : k % n_v, cell[k]);
        }
}

void gram_read_all(struct gram *gram, const struct reducer *reducer, double *total, double *sum, double *matrix)
{
    const size_t p = gram->layout->design->p;

    take_margins(gram);
    reducer_sum(reducer, gram->margin, 1 + p + p * p);
    *total = (double)gram->margin[0] * gram->scale.down;
    for (size_t j = 0; j < p; j++)
        sum[j] = (double)gram->margin[1 + j] * gram->scale.down;
    for (size_t k = 0; k < p * p && matrix != NULL; k++)
        matrix[k] = (double)gram->margin[1 + p + k] * gram->scale.down;
}

void gram_read(struct gram *gram, double *total, double *sum, double *matrix)
{
    gram_read_all(gram, NULL, total, sum, matrix);
}
