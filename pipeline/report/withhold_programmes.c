/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/withhold_programmes.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The cells of one measure: programme by programme, totals first, as compare writes them. */
struct grid {
    const struct column *n;
    bool *withheld;  /* [height * width] */
    size_t first;    /* row of the table */
    size_t height, width;
};

static int64_t people(const struct grid *grid, size_t cell)
{
    return column_integer(grid->n, grid->first + cell);
}

static bool is_small(const struct release_policy *policy, int64_t n, int64_t events)
{
    return releasable_is_small(policy, n) || releasable_is_small(policy, events) ||
           releasable_is_small(policy, n - events);
}

/* Where the next block of rows with the same text begins. */
static size_t end_of_block(const struct column *column, size_t row, size_t end)
{
    const int32_t code = column_code(column, row);

    while (row < end && column_code(column, row) == code)
        row++;
    return row;
}

/* A line of cells from `start`, `n` of them, `step` apart; the first is the total.  Was a cell added? */
static bool protect_line(const struct grid *grid, size_t start, size_t n, size_t step)
{
    size_t hidden = 0, best = n;

    for (size_t k = 0; k < n; k++)
        hidden += grid->withheld[start + k * step];
    if (hidden != 1)
        return false;
    for (size_t k = 1; k < n; k++) {
        const size_t cell = start + k * step;
        if (!grid->withheld[cell] && people(grid, cell) > 0 &&
            (best == n || people(grid, cell) < people(grid, start + best * step)))
            best = k;
    }
    if (best == n && !grid->withheld[start])
        best = 0; /* nothing else is there: the total says what its only part is */
    if (best == n)
        return false;
    grid->withheld[start + best * step] = true;
    return true;
}

static void protect(const struct grid *grid)
{
    bool changed = true;

    while (changed) {
        changed = false;
        for (size_t p = 0; p < grid->height; p++)
            changed = protect_line(grid, p * grid->width, grid->width, 1) || changed;
        for (size_t q = 0; q < grid->width; q++)
            changed = protect_line(grid, q, grid->height, grid->width) || changed;
    }
}

bool *programmes_withheld(const struct release_policy *policy, const struct table *exact)
{
    const struct column *measure = table_column(exact, "measure"), *programme = table_column(exact, "programme");
    const struct column *n = table_column(exact, "n"), *events = table_column(exact, "n_event");
    bool *withheld = allocate(exact->n_rows + 1, sizeof *withheld);

    for (size_t i = 0; withheld != NULL && policy->threshold > 0 && i < exact->n_rows; i++)
        withheld[i] = is_small(policy, column_integer(n, i), column_integer(events, i));
    for (size_t row = 0, end; withheld != NULL && policy->threshold > 0 && row < exact->n_rows; row = end) {
        end = end_of_block(measure, row, exact->n_rows);
        const size_t width = end_of_block(programme, row, end) - row;
        const struct grid grid = {n, withheld + row, row, (end - row) / width, width};
        protect(&grid);
    }
    return withheld;
}
