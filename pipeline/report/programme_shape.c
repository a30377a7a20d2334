/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/programme_shape.h"

/* How many rows from the first one have the same code. */
static size_t run_of(const struct column *column, size_t n)
{
    size_t row = 0;

    while (row < n && column_code(column, row) == column_code(column, 0))
        row++;
    return row;
}

struct programme_shape programme_shape_of(const struct table *programmes)
{
    struct programme_shape shape = {.n_measures = 0};

    if (programmes == NULL || programmes->n_rows == 0)
        return shape;
    shape.n_cells = run_of(table_column(programmes, "measure"), programmes->n_rows);
    shape.width = run_of(table_column(programmes, "programme"), shape.n_cells);
    shape.height = shape.n_cells / shape.width;
    shape.n_measures = programmes->n_rows / shape.n_cells;
    return shape;
}

struct programme_line programme_line_of(const struct programme_shape *shape, size_t i)
{
    if (i < shape->height)
        return (struct programme_line){i * shape->width, shape->width, 1};
    return (struct programme_line){i - shape->height, shape->height, shape->width};
}
