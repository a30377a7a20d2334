/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/withhold_programmes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/programme_shape.h"

/* The cells of one measure: programme by programme, totals first, as compare writes them. */
struct grid {
    const struct column *n;
    bool *withheld; /* [n_cells] */
    size_t first;   /* row of the table */
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

/* The first cell of a line is the total.  Was a cell added? */
static bool protect_line(const struct grid *grid, const struct programme_line *line)
{
    size_t hidden = 0, best = line->n;

    for (size_t k = 0; k < line->n; k++)
        hidden += grid->withheld[line->first + k * line->step];
    if (hidden != 1)
        return false;
    for (size_t k = 1; k < line->n; k++) {
        const size_t cell = line->first + k * line->step;
        if (!grid->withheld[cell] && people(grid, cell) > 0 &&
            (best == line->n || people(grid, cell) < people(grid, line->first + best * line->step)))
            best = k;
    }
    if (best == line->n && !grid->withheld[line->first])
        best = 0; /* nothing else is there: the total says what its only part is */
    if (best == line->n)
        return false;
    grid->withheld[line->first + best * line->step] = true;
    return true;
}

static void protect(const struct grid *grid, const struct programme_shape *shape)
{
    bool changed = true;

    while (changed) {
        changed = false;
        for (size_t i = 0; i < shape->height + shape->width; i++) {
            const struct programme_line line = programme_line_of(shape, i);

            changed = protect_line(grid, &line) || changed;
        }
    }
}

bool *programmes_withheld(const struct release_policy *policy, const struct table *exact, const bool *is_share)
{
    const struct column *n = table_column(exact, "n"), *events = table_column(exact, "n_event");
    const struct programme_shape shape = programme_shape_of(exact);
    bool *withheld = allocate(exact->n_rows + 1, sizeof *withheld);

    for (size_t m = 0; withheld != NULL && policy->threshold > 0 && m < shape.n_measures; m++) {
        const struct grid grid = {n, withheld + m * shape.n_cells, m * shape.n_cells};

        for (size_t cell = 0; cell < shape.n_cells; cell++) {
            const size_t row = grid.first + cell;

            grid.withheld[cell] = is_share != NULL && is_share[m] ? column_is_missing(n, row)
                                                                  : is_small(policy, column_integer(n, row), column_integer(events, row));
        }
        if (is_share == NULL || !is_share[m])
            protect(&grid, &shape);
    }
    return withheld;
}

/* ---- control charts ---------------------------------------------------------------------------------------------- */

/* The periods of one programme: rows first .. end, whose total stands before them. */
struct line {
    const struct table *exact;
    const bool *withheld;
    size_t first, end;
    size_t run, trend; /* points */
};

static bool is_hidden(const struct line *line, size_t row)
{
    return line->withheld[row] && column_integer(table_column(line->exact, "n"), row) > 0;
}

static bool is_empty(const struct line *line, size_t row)
{
    return column_integer(table_column(line->exact, "n"), row) == 0;
}

static bool says(const struct line *line, size_t row, const char *what)
{
    const struct column *column = table_column(line->exact, "signal");
    size_t length = 0;
    const char *text = column_is_missing(column, row) ? "" : column_text(column, row, &length);

    return memmem(text, length, what, strlen(what)) != NULL;
}

static bool is_baseline(const struct line *line, size_t row)
{
    return column_integer(table_column(line->exact, "baseline"), row) == 1;
}

/* Is its centre the share of the total, and are its limits those of chance about it? */
static bool is_of_the_total(const struct line *line, size_t first, size_t end)
{
    if (first != line->first || end != line->end || line->withheld[first - 1])
        return false;
    for (size_t row = first; row < end; row++) {
        const double low = column_real(table_column(line->exact, "low"), row), factor = column_real(table_column(line->exact, "factor"), row);
        if (!is_baseline(line, row) || (!is_empty(line, row) && (isnan(low) || factor != 1)))
            return false;
    }
    return true;
}

static bool may_tell_centre(const struct line *line, size_t first, size_t end)
{
    for (size_t row = first; row < end; row++)
        if (is_baseline(line, row) && is_hidden(line, row))
            return is_of_the_total(line, first, end);
    return true;
}

/* Points around this one that carry the signal too, without a hidden one between them. */
static size_t stand_together(const struct line *line, size_t first, size_t end, size_t row, const char *what)
{
    size_t n = 1;

    for (size_t k = row; k > first && !is_hidden(line, k - 1) && (is_empty(line, k - 1) || says(line, k - 1, what)); k--)
        n += !is_empty(line, k - 1);
    for (size_t k = row + 1; k < end && !is_hidden(line, k) && (is_empty(line, k) || says(line, k, what)); k++)
        n += !is_empty(line, k);
    return n;
}

/* Is there another one, at most two points away, and none hidden up to it? */
static bool has_companion(const struct line *line, size_t first, size_t end, size_t row, const char *what)
{
    size_t n = 0;

    for (size_t k = row; k > first && n < 2 && !is_hidden(line, k - 1); k--) {
        if (says(line, k - 1, what))
            return true;
        n += !is_empty(line, k - 1);
    }
    n = 0;
    for (size_t k = row + 1; k < end && n < 2 && !is_hidden(line, k); k++) {
        if (says(line, k, what))
            return true;
        n += !is_empty(line, k);
    }
    return false;
}

static bool stands_by_what_is_shown(const struct line *line, size_t first, size_t end, size_t row)
{
    static const char *const runs[] = {"run above", "run below"}, *const near[] = {"near the upper limit", "near the lower limit"};

    for (size_t k = 0; k < 2; k++) {
        if (says(line, row, runs[k]) && stand_together(line, first, end, row, runs[k]) < line->run)
            return false;
        if (says(line, row, near[k]) && !has_companion(line, first, end, row, near[k]))
            return false;
    }
    return !says(line, row, "trend") || stand_together(line, first, end, row, "trend") >= line->trend;
}

static void release_line(const struct line *line, enum chart_release *release)
{
    const struct column *phase = table_column(line->exact, "phase");

    for (size_t first = line->first, end; first < line->end; first = end) {
        for (end = first + 1; end < line->end && column_integer(phase, end) == column_integer(phase, first);)
            end++;
        const bool centre = may_tell_centre(line, first, end);
        for (size_t row = first; row < end; row++)
            release[row] = !centre                                            ? CHART_NOTHING
                           : stands_by_what_is_shown(line, first, end, row) ? CHART_EVERY
                                                                              : CHART_LIMITS;
    }
}

enum chart_release *programmes_charted(const struct table *measures, const struct table *exact, const bool *withheld)
{
    const struct programme_shape shape = programme_shape_of(exact);
    enum chart_release *release = allocate(exact->n_rows + 1, sizeof *release);

    for (size_t i = 0; release != NULL && i < exact->n_rows; i++)
        release[i] = CHART_EVERY;
    for (size_t row = 0; release != NULL && row < exact->n_rows; row += shape.width) {
        const size_t m = row / shape.n_cells;
        const struct line line = {exact, withheld, row + 1, row + shape.width, (size_t)column_integer(table_column(measures, "run"), m),
                                  (size_t)column_integer(table_column(measures, "trend"), m)};
        release_line(&line, release);
    }
    return release;
}

const char *released_signal(struct pool *pool, enum chart_release release, const char *signal)
{
    static const char *const limits[] = {"above the limits", "below the limits"};

    if (release == CHART_EVERY)
        return signal;
    for (size_t k = 0; release == CHART_LIMITS && k < 2; k++)
        if (strncmp(signal, limits[k], strlen(limits[k])) == 0)
            return pool_format(pool, "%s", limits[k]);
    return "";
}
