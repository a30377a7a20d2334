/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Relations between programmes and periods: a grid with totals, for people, for those who count, and for those who do not. */
#include "report/counts_programmes.h"

#include <stdlib.h>

#include "base/memory.h"
#include "report/programme_shape.h"

/* The counts of a table, row by row, and those of people without a date, who are in no period but in its total. */
struct grid {
    struct release_counts *counts;
    struct programme_shape shape;
};

/* Of measures that are told by their counts n is one number (programme_shares.h): the count of the first one. */
static void add_cells(const struct grid *grid, size_t measure)
{
    struct release_counts *const counts = grid->counts;
    const struct table *const table = counts->tables.programmes;

    for (size_t cell = 0, column = 0; cell < grid->shape.n_cells; cell++, column = column + 1 < grid->shape.width ? column + 1 : 0) {
        const size_t row = measure * grid->shape.n_cells + cell;
        const int cost = cell < grid->shape.width || column == 0 ? COST_TOTAL : COST_LEVEL;
        const size_t n = measure == 0 ? add_cell(counts, table, row, "n", cost) : counts->programme_n[cell];
        const size_t events = add_cell(counts, table, row, "n_event", cost);

        counts->programme_n[row] = n;
        counts->programme_events[row] = events;
        if (n != NO_COUNT && events != NO_COUNT)
            add_difference(counts, pool_format(counts->pool, "uncounted|%s", counts->system->counts[events].key), n, events);
    }
}

/* A measure that is told as a share is shown where the people of the first one are. */
static void share_cells(const struct grid *grid, size_t measure)
{
    struct release_counts *const counts = grid->counts;

    for (size_t cell = 0; cell < grid->shape.n_cells; cell++) {
        counts->programme_n[measure * grid->shape.n_cells + cell] = counts->programme_n[cell];
        counts->programme_events[measure * grid->shape.n_cells + cell] = counts->programme_n[cell];
    }
}

static int64_t value_of(const struct release_counts *counts, size_t count)
{
    return count == NO_COUNT ? 0 : counts->system->counts[count].value;
}

static const char *undated_key(const struct grid *grid, const size_t *cells, size_t p)
{
    const size_t total = cells[p * grid->shape.width];

    return pool_format(grid->counts->pool, "undated|%s", total == NO_COUNT ? "" : grid->counts->system->counts[total].key);
}

/* How many of a programme's people are in no period. */
static int64_t undated(const struct grid *grid, const size_t *cells, size_t p)
{
    int64_t n = value_of(grid->counts, cells[p * grid->shape.width]);

    for (size_t q = 1; q < grid->shape.width; q++)
        n -= value_of(grid->counts, cells[p * grid->shape.width + q]);
    return n;
}

/* A line's total is the sum of its cells and, over periods, of those without a date. */
static void add_line(const struct grid *grid, const size_t *cells, size_t i)
{
    struct release_counts *const counts = grid->counts;
    const struct programme_line line = programme_line_of(&grid->shape, i);

    relation_start(counts->system);
    for (size_t k = 0; k < line.n; k++)
        relation_term(counts->system, cells[line.first + k * line.step], k == 0 ? -1 : 1);
    if (i < grid->shape.height)
        add_rest(counts, undated_key(grid, cells, i), undated(grid, cells, i), 1);
    relation_end(counts->system);
}

static void add_lines(const struct grid *grid, const size_t *cells)
{
    struct release_counts *const counts = grid->counts;

    for (size_t i = 0; i < grid->shape.height + grid->shape.width; i++)
        add_line(grid, cells, i);
    if (undated(grid, cells, 0) == 0)
        return;
    relation_start(counts->system);
    for (size_t p = 0; p < grid->shape.height; p++)
        add_rest(counts, undated_key(grid, cells, p), undated(grid, cells, p), p == 0 ? -1 : 1);
    relation_end(counts->system);
}

void add_programmes(struct release_counts *counts)
{
    const size_t n = cell_rows(counts->tables.programmes);
    const struct grid grid = {counts, programme_shape_of(counts->tables.programmes)};

    counts->programme_n = allocate(n + 1, sizeof *counts->programme_n);
    counts->programme_events = allocate(n + 1, sizeof *counts->programme_events);
    if (counts->programme_n == NULL || counts->programme_events == NULL || (grid.shape.n_measures > 0 && start_shares(counts, &grid.shape) != 0)) {
        counts->system->failed = true;
        return;
    }
    for (size_t m = 0; m < grid.shape.n_measures; m++) {
        const size_t first = m * grid.shape.n_cells;

        if (counts->tables.is_share != NULL && counts->tables.is_share[m]) {
            share_cells(&grid, m);
            continue;
        }
        add_cells(&grid, m);
        if (m == 0)
            add_lines(&grid, counts->programme_n);
        add_lines(&grid, counts->programme_events + first);
    }
    if (grid.shape.n_measures > 0)
        add_programme_people(counts, &grid.shape);
}
