/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * finegray_data.h - the rows of a Fine-Gray fit in order of time, and the censoring weights.  Private to finegray*.c.
 */
#ifndef STATS_FINEGRAY_DATA_H
#define STATS_FINEGRAY_DATA_H

#include <stddef.h>
#include <stdint.h>

#include "stats/design_matrix.h"
#include "stats/finegray.h"

/* Places agree on all that has no rows in it: times, counts, G. */
enum finegray_kind { FINEGRAY_EVENT, FINEGRAY_OTHER, FINEGRAY_CENSORED, FINEGRAY_KINDS };

struct finegray_data {
    const struct reducer *reducer;
    size_t n, n_all, n_time, n_group; /* n: rows of this place */
    uint32_t *order;     /* [n] the given row that stands at each place */
    size_t *cell;        /* [n_time * FINEGRAY_KINDS * n_group + 1] first place of (time, kind, group) */
    int64_t *count;      /* [n_time * FINEGRAY_KINDS * n_group] rows of (time, kind, group) in all places */
    double *g;           /* [n_time * n_group] G(t-) */
    int64_t *at_risk;    /* [n_time * n_group] X >= t */
    double *offset;      /* [n] in this order, or NULL */
    struct design_copy *copy;
    size_t n_part;       /* slices of the time axis that hold about equally many rows, the same for any number of threads */
    size_t *part;        /* [n_part + 1] first time of each */
    int64_t n_of_kind[FINEGRAY_KINDS];
};

static inline size_t finegray_cell(const struct finegray_data *data, size_t k, enum finegray_kind kind, size_t group)
{
    return (k * FINEGRAY_KINDS + kind) * data->n_group + group;
}

/** Errors of finegray_solve; free in any case. */
int finegray_data_make(const struct finegray_rows *rows, size_t n_threads, struct finegray_data *data);
void finegray_data_clear(struct finegray_data *data);

#endif
