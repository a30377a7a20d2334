/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Control charts of what is told of a measure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/reading.h"
#include "report/share_telling.h"

static bool has_rule(const struct telling *telling, const char *rule)
{
    size_t length = 0;
    const char *const rules = column_text(table_column(telling->measures, "rules"), telling->measure, &length);

    return memmem(rules, length, rule, strlen(rule)) != NULL;
}

static struct control_options options_of(const struct telling *telling)
{
    const struct table *const measures = telling->measures;
    const size_t m = telling->measure;

    return (struct control_options){
        .kind = cell_is(measures, "chart", m, "run") ? CONTROL_RUN_CHART : telling->is_rate ? CONTROL_U : CONTROL_P,
        .laney = cell_is(measures, "chart", m, "laney_p") || cell_is(measures, "chart", m, "laney_u"),
        .run = has_rule(telling, "run") ? (size_t)cell_integer(measures, "run", m) : 0,
        .trend = has_rule(telling, "trend") ? (size_t)cell_integer(measures, "trend", m) : 0,
        .near_limit = has_rule(telling, "near")};
}

/* The phases of a programme's periods, which begin at this row; how many. */
static size_t find_phases(const struct telling *telling, size_t row, struct programme_phase phases[static PHASES_MAX])
{
    const size_t n_periods = telling->shape.width - 1;
    size_t n = 0;

    for (size_t q = 0; q < n_periods && n < PHASES_MAX; q++) {
        if (q == 0 || column_integer(telling->columns.phase, row + q) != column_integer(telling->columns.phase, row + q - 1))
            phases[n++] = (struct programme_phase){.first = q, .baseline_end = q};
        phases[n - 1].end = q + 1;
        if (column_integer(telling->columns.baseline, row + q) == 1)
            phases[n - 1].baseline_end = q + 1;
    }
    return n;
}

/* Only a point that lies beyond the limits however its share was rounded stands out: of many people chance is less than a per cent. */
static void keep_signals(struct programme_cell *cell, double rounding)
{
    const double value = (double)cell->n_event / (cell->time_units > 0 ? cell->time : (double)cell->n);
    const bool is_beyond = value - rounding > cell->high || value + rounding < cell->low;

    cell->signals = is_beyond ? cell->signals & CONTROL_BEYOND : 0;
}

/* Of what is told alone: a hidden period is no point. */
int share_chart(const struct telling *telling)
{
    const struct control_options options = options_of(telling);
    const size_t width = telling->shape.width;
    struct programme_cell *periods = allocate(width, sizeof *periods);
    struct programme_phase phases[PHASES_MAX];
    int status = periods == NULL ? -1 : 0;

    for (size_t p = 0; status == 0 && p < telling->shape.height; p++) {
        struct programme_cell *const cells = telling->cells + p * width + 1;
        const size_t n = find_phases(telling, telling->first_row + p * width + 1, phases);

        for (size_t q = 0; q + 1 < width; q++)
            periods[q] = cells[q].n == MISSING_INTEGER ? (struct programme_cell){.n = 0, .centre = NAN, .low = NAN, .high = NAN, .factor = NAN}
                                                       : cells[q];
        status = programme_chart(&options, has_rule(telling, "beyond"), phases, n, periods, width - 1);
        for (size_t q = 0; status == 0 && q + 1 < width; q++)
            if (cells[q].n != MISSING_INTEGER) {
                cells[q] = periods[q];
                keep_signals(&cells[q], telling->is_rate ? 0.05 * periods[q].centre : 0.005);
            }
    }
    free(periods);
    return status;
}
