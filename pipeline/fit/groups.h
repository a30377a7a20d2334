/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * groups.h - combinations of factor levels, numbered.
 *
 * One factor: the label of a group is the level ("iop").  Several: "level=iop, sex=1".  Without factors there is
 * one group, whose label is empty.  Only combinations that occur are groups; the first factor varies slowest.
 */
#ifndef FIT_GROUPS_H
#define FIT_GROUPS_H

#include <stddef.h>
#include <stdint.h>

#include "fit/design.h"
#include "fit/fit_table.h"

enum { GROUPS_MAX = 10000 };

struct groups {
    size_t n;
    char **labels;  /* [n] */
    int32_t *code;  /* [rows] */
};

/** Groups of the rows rows[0 .. n_rows - 1] of a table.  -1 after telling. */
int groups_read(struct groups *groups, const struct design *design, const struct design_factor *factors,
                size_t n_factors, const struct fit_table *table, const size_t *rows, size_t n_rows);
void groups_clear(struct groups *groups);

/**
 * Numbers the values of one column that occur in those rows, 0 .. *n - 1 in their order (numbers, or the order of
 * the labels), however many there are.  code has n_rows values.  -1 after telling.
 */
int groups_number(const struct column *column, const size_t *rows, size_t n_rows, int32_t *code, size_t *n);

#endif
