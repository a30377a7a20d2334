/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programme_shape.h - table `programmes` as grids: measure by measure, in each programme by programme, in each period by period.
 *
 * Row 0 of a grid is all programmes, column 0 all periods (compare/programmes.h); cell p * width + q of measure m is row
 * m * n_cells + p * width + q of the table.
 */
#ifndef REPORT_PROGRAMME_SHAPE_H
#define REPORT_PROGRAMME_SHAPE_H

#include <stddef.h>

#include "base/table.h"

struct programme_shape {
    size_t n_measures, height, width, n_cells; /* n_cells = height * width; all 0 of a table without rows, or NULL */
};

struct programme_shape programme_shape_of(const struct table *programmes);

/** A row (programme) or a column (period) of the grid of a measure: cells first + k * step, k < n; the first is the total. */
struct programme_line {
    size_t first, n, step;
};

/** Line i of height + width: rows first. */
struct programme_line programme_line_of(const struct programme_shape *shape, size_t i);

#endif
