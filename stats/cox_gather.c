/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_gather.h"

#include <stdlib.h>

#include <gsl/gsl_errno.h>

struct gathering {
    const struct reducer *reducer;
    size_t n; /* rows here */
    struct cox_gathered *all;
    int status;
};

/* One column of all places; NULL stays so. */
static const void *gather(struct gathering *g, const void *here, size_t width)
{
    struct reducer_bytes bytes = {0};

    if (here == NULL || g->status != GSL_SUCCESS)
        return NULL;
    g->status = reducer_status(g->reducer, g->reducer->collect(g->reducer->context, here, g->n * width, &bytes));
    g->all->columns[g->all->n_columns++] = bytes.bytes;
    return bytes.bytes;
}

static int gather_rows(const struct cox_rows *rows, struct cox_gathered *all)
{
    struct gathering g = {rows->reducer, rows->n, all, GSL_SUCCESS};

    all->rows.entry = gather(&g, rows->entry, sizeof *rows->entry);
    all->rows.time = gather(&g, rows->time, sizeof *rows->time);
    all->rows.event = gather(&g, rows->event, sizeof *rows->event);
    all->rows.stratum = gather(&g, rows->stratum, sizeof *rows->stratum);
    all->rows.frequency = gather(&g, rows->frequency, sizeof *rows->frequency);
    all->rows.weight = gather(&g, rows->weight, sizeof *rows->weight);
    all->rows.tied = gather(&g, rows->tied, sizeof *rows->tied);
    all->rows.offset = gather(&g, rows->offset, sizeof *rows->offset);
    for (size_t b = 0; b < all->design.n_block; b++) {
        all->block[b].value = gather(&g, rows->design->block[b].value, sizeof(double));
        all->block[b].code = gather(&g, rows->design->block[b].code, sizeof(uint16_t));
    }
    return g.status;
}

int cox_gather(const struct cox_rows *rows, struct cox_gathered *all)
{
    const size_t n_block = rows->design->n_block;

    *all = (struct cox_gathered){.rows = *rows, .design = *rows->design};
    all->rows.n = all->design.n = (size_t)reducer_sum_one(rows->reducer, (int64_t)rows->n);
    all->rows.reducer = NULL;
    all->rows.workers = rows->reducer;
    all->block = malloc((n_block + 1) * sizeof *all->block);
    all->columns = malloc((8 + 2 * n_block) * sizeof *all->columns);
    const int status = reducer_status(rows->reducer, all->block == NULL || all->columns == NULL ? GSL_ENOMEM : GSL_SUCCESS);
    if (status != GSL_SUCCESS)
        return status;
    for (size_t b = 0; b < n_block; b++)
        all->block[b] = rows->design->block[b];
    all->design.block = all->block;
    all->rows.design = &all->design;
    return gather_rows(rows, all);
}

void cox_gathered_clear(struct cox_gathered *all)
{
    for (size_t k = 0; k < all->n_columns; k++)
        free(all->columns[k]);
    free(all->columns);
    free(all->block);
    *all = (struct cox_gathered){.rows = {.n = 0}};
}
