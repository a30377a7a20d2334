/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Relations between programmes and periods: a grid with totals, for people and for those who count. */
#include "report/release_counts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The counts of a table, row by row. */
struct grid_counts {
    size_t *n, *events; /* [n_rows] */
};

static int add_cells(struct release_counts *counts, const struct table *table, struct grid_counts *grid)
{
    grid->n = allocate(cell_rows(table) + 1, sizeof *grid->n);
    grid->events = allocate(cell_rows(table) + 1, sizeof *grid->events);
    if (grid->n == NULL || grid->events == NULL)
        return -1;
    for (size_t i = 0; i < cell_rows(table); i++) {
        const bool is_total = cell_is(table, "programme", i, "") || cell_is(table, "period", i, "");

        grid->n[i] = add_cell(counts, table, i, "n", is_total ? COST_TOTAL : COST_LEVEL);
        grid->events[i] = add_cell(counts, table, i, "n_event", is_total ? COST_TOTAL : COST_LEVEL);
        if (grid->n[i] != NO_COUNT && grid->events[i] != NO_COUNT)
            add_difference(counts,
                           pool_format(counts->pool, "uncounted|%s", counts->system->counts[grid->events[i]].key),
                           grid->n[i], grid->events[i]);
    }
    return 0;
}

/* A line of cells, `step` apart, whose first is the total of the others. */
static void add_line(struct release_counts *counts, const size_t *cells, size_t n, size_t step)
{
    relation_start(counts->system);
    for (size_t k = 0; k < n; k++)
        relation_term(counts->system, cells[k * step], k == 0 ? -1 : 1);
    relation_end(counts->system);
}

/* Where the next block of rows with the same text begins. */
static size_t end_of_block(const struct table *table, const char *column, size_t row, size_t end)
{
    size_t next = row + 1;

    while (next < end && cells_equal(table, column, next, row))
        next++;
    return next;
}

/* Measure by measure; in each programme by programme, totals first, each with the same periods (compare/programmes.h). */
static void add_lines(struct release_counts *counts, const struct table *programmes, const struct grid_counts *grid)
{
    for (size_t first = 0, end; first < cell_rows(programmes); first = end) {
        end = end_of_block(programmes, "measure", first, programmes->n_rows);
        const size_t width = end_of_block(programmes, "programme", first, end) - first, height = (end - first) / width;

        for (int events = 0; events < 2; events++) {
            const size_t *cells = (events ? grid->events : grid->n) + first;

            for (size_t p = 0; p < height; p++)
                add_line(counts, cells + p * width, width, 1);
            for (size_t q = 0; q < width; q++)
                add_line(counts, cells + q, height, width);
        }
    }
}

void add_programmes(struct release_counts *counts)
{
    struct grid_counts grid = {.n = NULL}, sums = {.n = NULL};

    if (add_cells(counts, counts->tables.programmes, &grid) != 0 ||
        add_cells(counts, counts->tables.programme_measures, &sums) != 0)
        counts->system->failed = true;
    else
        add_lines(counts, counts->tables.programmes, &grid);
    counts->programme_n = grid.n;
    counts->programme_events = grid.events;
    free(sums.n);
    free(sums.events);
}
