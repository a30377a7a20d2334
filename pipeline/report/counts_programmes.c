/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Relations between programmes and periods: a grid with totals, for people and for those who count. */
#include "report/release_counts.h"

#include <string.h>

/* The total of row `row` is the sum of the cells that agree with it but for one column, which they fill. */
static void add_line(struct release_counts *counts, size_t row, const char *open, const char *column)
{
    static const char *const keys[] = {"measure", "programme", "period"};
    const struct table *programmes = counts->tables.programmes;

    relation_start(counts->system);
    relation_term(counts->system, release_counts_cell(counts, programmes, row, column), -1);
    for (size_t i = 0; i < programmes->n_rows; i++) {
        bool part = !cell_is(programmes, open, i, "");

        for (size_t k = 0; part && k < sizeof keys / sizeof keys[0]; k++)
            part = strcmp(keys[k], open) == 0 || cells_equal(programmes, keys[k], i, row);
        if (part)
            relation_term(counts->system, release_counts_cell(counts, programmes, i, column), 1);
    }
    relation_end(counts->system);
}

static void add_cells(struct release_counts *counts, const struct table *table)
{
    for (size_t i = 0; i < cell_rows(table); i++) {
        const bool is_total = cell_is(table, "programme", i, "") || cell_is(table, "period", i, "");
        const size_t n = add_cell(counts, table, i, "n", is_total ? COST_TOTAL : COST_LEVEL);
        const size_t events = add_cell(counts, table, i, "n_event", is_total ? COST_TOTAL : COST_LEVEL);

        if (n != NO_COUNT && events != NO_COUNT)
            add_difference(counts, pool_format(counts->pool, "uncounted|%s", counts->system->counts[events].key), n, events);
    }
}

void add_programmes(struct release_counts *counts)
{
    const struct table *programmes = counts->tables.programmes;

    add_cells(counts, programmes);
    add_cells(counts, counts->tables.programme_measures);
    for (size_t i = 0; i < cell_rows(programmes); i++)
        for (int events = 0; events < 2; events++) {
            if (cell_is(programmes, "period", i, ""))
                add_line(counts, i, "period", events ? "n_event" : "n");
            if (cell_is(programmes, "programme", i, ""))
                add_line(counts, i, "programme", events ? "n_event" : "n");
        }
}
