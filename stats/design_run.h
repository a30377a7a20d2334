/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * design_run.h - sums over a run of rows by the cells of units: what is summed by position of a time axis.
 */
#ifndef STATS_DESIGN_RUN_H
#define STATS_DESIGN_RUN_H

#include "stats/design_gram.h"
#include "stats/vectors.h"

/* Rows that are taken in a piece: their weights stay in the first cache. */
enum { DESIGN_RUN = 256 };

/**
 * design_run_add - cell of unit u from start[u] on += weight (1 or the unit's number), for rows first .. first + n - 1.
 *
 * weight     [n] of these rows, n <= DESIGN_RUN; within the bound of the scale
 * start      [n_unit] first cell of each unit
 */
VECTOR_INLINE void design_run_add(const struct gram_layout *layout, const size_t *start, const struct fixed_scale *scale,
                                  const double *weight, size_t first, size_t n, int64_t *cells)
{
    double product[DESIGN_RUN];
    int64_t plain[DESIGN_RUN], other[DESIGN_RUN];

    vector_fixed(scale, weight, n, plain);
    for (size_t u = 0; u < layout->n_unit; u++) {
        const struct gram_unit *unit = &layout->unit[u];
        int64_t *restrict cell = cells + start[u];
        const int64_t *restrict addend = plain;
        if (unit->value != NULL && unit->code == NULL) {
            cell[0] += vector_product_total(scale, weight, unit->value + first, n);
            continue;
        }
        if (unit->code == NULL) {
            cell[0] += vector_total(plain, n);
            continue;
        }
        if (unit->value != NULL) {
            vector_multiply(weight, unit->value + first, n, product);
            vector_fixed(scale, product, n, other);
            addend = other;
        }
        const uint16_t *restrict code = unit->code + first;
        for (size_t k = 0; k < n; k++)
            cell[code[k]] += addend[k];
    }
}

#endif
