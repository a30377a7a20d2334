/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/loss_design.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

static size_t count_levels(const struct design_matrix *design)
{
    size_t n = 0;

    for (size_t b = 0; b < design->n_block; b++)
        n += design->block[b].n_level;
    return n;
}

/* The level without a column; n_level where there is none, or more than one. */
static size_t reference_of(const struct design_block *block)
{
    size_t reference = block->n_level, n_without = 0;

    for (size_t l = 0; l < block->n_level; l++)
        if (block->column[l] == DESIGN_NONE) {
            reference = l;
            n_without++;
        }
    return block->code != NULL && block->value == NULL && n_without == 1 ? reference : block->n_level;
}

static void count_lost(const struct design_block *block, size_t n, const int64_t *lost, int64_t *by_level)
{
    for (size_t i = 0; block->code != NULL && i < n; i++)
        by_level[block->code[i]] += lost[i];
}

static void choose(const struct design_block *block, const int64_t *lost, int32_t *column)
{
    const size_t reference = reference_of(block);
    size_t other = 0;

    if (reference == block->n_level || lost[reference] > 0)
        return;
    while (other < block->n_level && lost[other] == 0)
        other++;
    if (other < block->n_level) {
        column[reference] = column[other];
        column[other] = DESIGN_NONE;
    }
}

static int fill(const struct design_matrix *of, const int64_t *lost, const struct reducer *reducer, struct loss_design *design)
{
    const size_t n_level = count_levels(of);
    int64_t *const by_level = calloc(n_level + 1, sizeof *by_level);
    const int status = reducer_status(reducer, by_level == NULL ? GSL_ENOMEM : GSL_SUCCESS);

    for (size_t b = 0, first = 0; status == GSL_SUCCESS && b < of->n_block; first += of->block[b++].n_level)
        count_lost(&of->block[b], of->n, lost, by_level + first);
    if (status == GSL_SUCCESS)
        reducer_sum(reducer, by_level, n_level);
    for (size_t b = 0, first = 0; status == GSL_SUCCESS && b < of->n_block; first += of->block[b++].n_level) {
        int32_t *const column = design->column + first;
        memcpy(column, of->block[b].column, of->block[b].n_level * sizeof *column);
        choose(&of->block[b], by_level + first, column);
        design->block[b] = of->block[b];
        design->block[b].column = column;
    }
    free(by_level);
    return status;
}

int loss_design_alloc(const struct design_matrix *of, const int64_t *lost, const struct reducer *reducer, struct loss_design **design)
{
    struct loss_design *const made = calloc(1, sizeof *made);
    struct design_block *const block = malloc((of->n_block + 1) * sizeof *block);
    int32_t *const column = malloc((count_levels(of) + 1) * sizeof *column);
    int status = made == NULL || block == NULL || column == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    *design = NULL;
    if ((status = reducer_status(reducer, status)) == GSL_SUCCESS) {
        *made = (struct loss_design){{of->n, of->p, of->n_block, block}, block, column};
        if ((status = fill(of, lost, reducer, made)) == GSL_SUCCESS) {
            *design = made;
            return GSL_SUCCESS;
        }
    }
    free(column);
    free(block);
    free(made);
    return status;
}

void loss_design_free(struct loss_design *design)
{
    if (design == NULL)
        return;
    free(design->column);
    free(design->block);
    free(design);
}
