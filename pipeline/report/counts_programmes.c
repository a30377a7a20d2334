/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Relations between programmes and periods: a grid with totals, for people, for those who count, and for those who do not. */
#include "report/programme_grid.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "report/audit.h"

struct node node_without_cell(struct release_counts *counts, const char *key, int64_t value, bool keeps_nobody)
{
    return (struct node){value == 0 && !keeps_nobody ? NO_COUNT : count_add(counts->system, key, value, COST_NONE), value};
}

void node_term(struct count_system *system, struct node node, int64_t coefficient)
{
    if (node.count != NO_COUNT || node.value != 0)
        relation_term(system, node.count, coefficient);
}

void node_sum(struct count_system *system, struct node whole, struct node part, struct node rest)
{
    relation_start(system);
    node_term(system, whole, 1);
    node_term(system, part, -1);
    node_term(system, rest, -1);
    relation_end(system);
}

void node_equal(struct count_system *system, struct node a, struct node b)
{
    if (a.count != b.count)
        node_sum(system, a, b, (struct node){NO_COUNT, 0});
}

/* A line of cells, `step` apart, whose first is the total of the others. */
static void add_line(struct count_system *system, const struct node *cells, size_t n, size_t step)
{
    relation_start(system);
    for (size_t k = 0; k < n; k++)
        node_term(system, cells[k * step], k == 0 ? -1 : 1);
    relation_end(system);
}

void programme_lines(const struct programme_grid *grid, const struct node *cells)
{
    for (size_t p = 0; p < grid->height; p++)
        add_line(grid->counts->system, cells + p * grid->width, grid->width, 1);
    for (size_t q = 0; q < grid->width; q++)
        add_line(grid->counts->system, cells + q, grid->height, grid->width);
}

const char *programme_cell_name(const struct programme_grid *grid, size_t cell)
{
    const struct table *programmes = grid->counts->tables.programmes;
    const size_t p = cell / grid->width, q = cell % grid->width, shown = grid->width - 1;
    const char *const programme = cell_text(grid->counts->pool, programmes, "programme", p * shown);

    return q == shown ? pool_format(grid->counts->pool, "%s|without a date", programme)
                      : pool_format(grid->counts->pool, "%s|%s", programme, cell_text(grid->counts->pool, programmes, "period", q));
}

/* ---- reading ------------------------------------------------------------------------------------------------------------ */

/* Where the next block of rows with the same text begins. */
static size_t end_of_block(const struct table *table, const char *column, size_t row, size_t end)
{
    size_t next = row + 1;

    while (next < end && cells_equal(table, column, next, row))
        next++;
    return next;
}

/* Measure by measure; in each programme by programme, totals first, each with the same periods (compare/programmes.h). */
static int find_shape(struct programme_grid *grid, const struct table *programmes)
{
    static const char *const names[] = {"n_people", "n_seen", "n_event_before"};
    const size_t end = end_of_block(programmes, "measure", 0, programmes->n_rows);
    const size_t shown = end_of_block(programmes, "programme", 0, end);

    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (table_column(programmes, names[k]) == NULL)
            return fail("table 'programmes' has no column '%s': it was computed by an earlier version; compute it again", names[k]);
    grid->height = end / shown;
    grid->width = shown + 1;
    grid->n_cells = grid->height * grid->width;
    grid->n_measures = programmes->n_rows / end;
    return 0;
}

static void read_truth(const struct programme_grid *grid, const struct table *programmes)
{
    static const char *const names[] = {"n", "n_event", "n_unknown", "n_people", "n_seen", "n_event_before"};
    const size_t shown = grid->width - 1;

    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        const struct column *const column = table_column(programmes, names[k]);

        for (size_t line = 0; line < grid->n_measures * grid->height; line++) {
            struct programme_truth *const truth = grid->truth + line * grid->width;
            int64_t without = 0;

            for (size_t q = 0; q < shown; q++) {
                const int64_t value = column_integer(column, line * shown + q);

                ((int64_t *)&truth[q])[k] = value;
                without += q == 0 ? value : -value;
            }
            ((int64_t *)&truth[shown])[k] = without;
        }
    }
}

bool programme_hides_nobody(const struct programme_grid *grid, size_t measure, size_t cell)
{
    const size_t q = cell % grid->width;

    return grid->is_whole[measure] && cell > grid->width && q != 0 && q + 1 < grid->width && grid->truth[measure * grid->n_cells + cell].n > 0;
}

/* Has its outcome measures of several days, in a grid so large that counts are moved by people (displacement_box.h)? */
static void find_whole(const struct programme_grid *grid)
{
    const struct table *const measures = grid->counts->tables.programme_measures;

    for (size_t m = 0; m < grid->n_measures; m++)
        for (size_t k = 0; k < grid->n_measures; k++)
            grid->is_whole[m] = grid->is_whole[m] || (cells_equal(measures, "outcome", k, m) && cell_real(measures, "time", k) != cell_real(measures, "time", m) &&
                                                      10 * grid->n_cells > LARGE_PART);
}

/* ---- counts ------------------------------------------------------------------------------------------------------------- */

static struct node shown_cell(struct release_counts *counts, size_t row, const char *column, bool is_total, int64_t value)
{
    return (struct node){add_cell(counts, counts->tables.programmes, row, column, is_total ? COST_TOTAL : COST_LEVEL), value};
}

static void add_cells(const struct programme_grid *grid, size_t measure)
{
    struct release_counts *const counts = grid->counts;
    const size_t shown = grid->width - 1;
    const char *const name = cell_text(counts->pool, counts->tables.programmes, "measure", measure * grid->height * shown);

    for (size_t cell = 0; cell < grid->n_cells; cell++) {
        const size_t p = cell / grid->width, q = cell % grid->width, at = measure * grid->n_cells + cell;
        const size_t row = (measure * grid->height + p) * shown + q;
        const struct programme_truth *const truth = &grid->truth[at];
        const char *key;

        if (q == shown) {
            key = programme_cell_name(grid, cell);
            grid->n[at] = node_without_cell(counts, pool_format(counts->pool, "programme|n|%s|%s", name, key), truth->n, false);
            key = pool_format(counts->pool, "programme|n_event|%s|%s", name, key);
            grid->events[at] = node_without_cell(counts, key, truth->events, false);
        } else {
            grid->n[at] = shown_cell(counts, row, "n", p == 0 || q == 0, truth->n);
            grid->events[at] = shown_cell(counts, row, "n_event", p == 0 || q == 0, truth->events);
            counts->programme_n[row] = grid->n[at].count;
            counts->programme_events[row] = grid->events[at].count;
            key = grid->events[at].count == NO_COUNT ? "" : counts->system->counts[grid->events[at].count].key;
        }
        grid->rest[at] = node_without_cell(counts, pool_format(counts->pool, "uncounted|%s", key), truth->n - truth->events,
                                           programme_hides_nobody(grid, measure, cell));
        node_sum(counts->system, grid->n[at], grid->events[at], grid->rest[at]);
    }
    programme_lines(grid, grid->n + measure * grid->n_cells);
    programme_lines(grid, grid->events + measure * grid->n_cells);
}

/* The sums that programme_measures shows are the cells of all programmes in all periods. */
static void add_sums(struct release_counts *counts)
{
    const struct table *const measures = counts->tables.programme_measures;

    for (size_t m = 0; m < cell_rows(measures); m++) {
        add_cell(counts, measures, m, "n", COST_TOTAL);
        add_cell(counts, measures, m, "n_event", COST_TOTAL);
    }
}

static int grid_make(struct programme_grid *grid)
{
    struct release_counts *const counts = grid->counts;
    const struct table *const programmes = counts->tables.programmes;
    size_t n;

    if (find_shape(grid, programmes) != 0)
        return -1;
    n = grid->n_measures * grid->n_cells;
    if ((grid->truth = allocate(n, sizeof *grid->truth)) == NULL || (grid->n = allocate(n, sizeof *grid->n)) == NULL ||
        (grid->outcomes = allocate(grid->n_measures, sizeof *grid->outcomes)) == NULL ||
        (grid->is_whole = allocate(grid->n_measures, sizeof *grid->is_whole)) == NULL || (grid->events = allocate(n, sizeof *grid->events)) == NULL || (grid->rest = allocate(n, sizeof *grid->rest)) == NULL ||
        (counts->programme_n = allocate(programmes->n_rows, sizeof *counts->programme_n)) == NULL ||
        (counts->programme_events = allocate(programmes->n_rows, sizeof *counts->programme_events)) == NULL)
        return -1;
    read_truth(grid, programmes);
    find_whole(grid);
    return 0;
}

void add_programmes(struct release_counts *counts)
{
    struct programme_grid grid = {.counts = counts};

    add_sums(counts);
    if (cell_rows(counts->tables.programmes) == 0)
        return;
    if (grid_make(&grid) != 0) {
        counts->system->failed = true;
    } else {
        for (size_t m = 0; m < grid.n_measures; m++)
            add_cells(&grid, m);
        add_programme_days(&grid);
        add_programme_people(&grid);
    }
    free(grid.truth);
    free(grid.n);
    free(grid.events);
    free(grid.rest);
    free(grid.is_whole);
    for (size_t o = 0; o < grid.n_outcomes; o++)
        free(grid.outcomes[o].top);
    free(grid.outcomes);
}
