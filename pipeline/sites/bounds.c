/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/bounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"
#include "compare/mark_cells.h"
#include "compare/verdicts.h"

/* Are two rows of the same arm, populations and kind of end?  Columns in front of `time` say so. */
static bool same_kind(const struct table *cells, size_t a, size_t b)
{
    for (size_t j = 0; strcmp(cells->columns[j].name, "time") != 0; j++) {
        const struct column *const column = &cells->columns[j];
        if (memcmp((const char *)column->values + a * column->width, (const char *)column->values + b * column->width, column->width) != 0)
            return false;
    }
    return true;
}

/* ---- days of events ------------------------------------------------------------------------------------------------------- */

static bool is_event(const struct table *cells, size_t row)
{
    return !column_is_missing(table_column(cells, "time"), row) && column_real(table_column(cells, "cause"), row) > 0;
}

/* The first day on which the events of a row may have happened. */
static double first_day(const struct table *cells, size_t row)
{
    const struct column *const time = table_column(cells, "time");
    const bool follows = row > 0 && !column_is_missing(time, row - 1) && same_kind(cells, row - 1, row);

    return fmin(column_real(time, row), follows ? floor(column_real(time, row - 1)) + 1 : 1);
}

/* How many days the events of a row are spread over: no more than there are events. */
static size_t n_days(const struct table *cells, size_t row)
{
    if (!is_event(cells, row))
        return 1;
    const double days = floor(column_real(table_column(cells, "time"), row) - first_day(cells, row)) + 1;
    const double n = (double)column_integer(table_column(cells, "n"), row);

    return (size_t)fmax(1, fmin(days, n));
}

/* Part k of m of a number, so that all parts together are it. */
static int64_t part_of(int64_t whole, size_t k, size_t m)
{
    const int64_t parts = (int64_t)m, number = (int64_t)k;

    return whole / parts * (number + 1) + whole % parts * (number + 1) / parts - whole / parts * number - whole % parts * number / parts;
}

/* Row `to` becomes part k of m of row `from`. */
static void put_part(const struct table *cells, size_t from, size_t k, size_t m, struct table *spread, size_t to)
{
    static const char *const sums[] = {"n", "looked"};
    const double first = first_day(cells, from), last = column_real(table_column(cells, "time"), from);

    for (size_t j = 0; j < 2; j++)
        if (table_column(cells, sums[j]) != NULL)
            column_set_integer(table_column(spread, sums[j]), to, part_of(column_integer(table_column(cells, sums[j]), from), k, m));
    /* The middle of the k-th of m equal parts of the step. */
    column_set_real(table_column(spread, "time"), to, fmin(last, first + floor((last - first + 1) * ((double)k + 0.5) / (double)m)));
}

static struct table *spread_events(const struct table *cells)
{
    size_t n = 0, to = 0;

    for (size_t i = 0; i < cells->n_rows; i++)
        n += n_days(cells, i);
    size_t *const rows = allocate(n + 1, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < cells->n_rows; i++)
        for (size_t k = n_days(cells, i); k > 0; k--)
            rows[to++] = i;
    struct table *const spread = rows == NULL ? NULL : table_take_rows(cells, rows, n);
    for (size_t i = 0, k = 0; spread != NULL && i < n; i++) {
        k = i > 0 && rows[i] == rows[i - 1] ? k + 1 : 0;
        if (is_event(cells, rows[i]))
            put_part(cells, rows[i], k, n_days(cells, rows[i]), spread, i);
    }
    free(rows);
    return spread;
}

struct table *bounds_place(struct table *cells, enum events_on days)
{
    struct column *const time = table_column(cells, "time");

    if (time == NULL || days == EVENTS_LAST)
        return cells;
    if (days == EVENTS_SPREAD) {
        struct table *const spread = spread_events(cells);
        table_free(cells);
        return spread;
    }
    for (size_t i = cells->n_rows; i-- > 0;) /* from the end, so that the step before still stands where it was */
        if (is_event(cells, i))
            column_set_real(time, i, first_day(cells, i));
    return cells;
}

/* ---- what they change ------------------------------------------------------------------------------------------------------- */

static int add_values(struct table *estimates, size_t row, double first, double last)
{
    char *const words = format_text("%.4g to %.4g with the events of sites on the first or the last of their days", first, last);
    const int status = words == NULL ? -1 : cell_append(estimates, "note", row, words);

    free(words);
    return status;
}

int bounds_close(struct table *verdicts, size_t row, const char *why)
{
    char *const gate = cell_copy(verdicts, "gate", row);
    char *const words = gate == NULL ? NULL : format_text("%s%s%s", why, *gate == '\0' ? "" : "; ", gate);
    const int status = words == NULL || cell_set(verdicts, "gate", row, words) != 0 ||
                               cell_set(verdicts, "verdict", row, VERDICT_GATED) != 0
                           ? -1
                           : 0;

    free(words);
    free(gate);
    return status;
}

/* The rows are those of the same study: the same, in the same order. */
static bool is_same_row(const struct table *a, const struct table *b, size_t row)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "stratum", "measure", "term",
                                       "cause",    "arm",     "reference",  "time",       NULL};

    return row < b->n_rows && cells_agree(a, row, b, row, keys);
}

static double value_of(const struct table *of, const struct table *row_of, size_t row)
{
    return is_same_row(row_of, of, row) ? cell_real(of, "estimate", row) : (double)NAN;
}

static bool differ(double a, double b)
{
    return isfinite(a) && isfinite(b) && fabs(a - b) > 1e-9 * fabs(a);
}

static bool is_same_verdict(const struct table *a, const struct table *b, size_t row)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "measure", "arm", "reference", "verdict", NULL};

    return row < b->n_rows && cells_agree(a, row, b, row, keys);
}

int bounds_mark(const struct analyses *first, const struct analyses *last, struct analyses *spread)
{
    struct table *const estimates = spread->estimates, *const verdicts = spread->verdicts;
    int status = 0;

    for (size_t i = 0; status == 0 && i < estimates->n_rows; i++) {
        const double x = cell_real(estimates, "estimate", i), a = value_of(first->estimates, estimates, i),
                     b = value_of(last->estimates, estimates, i);
        if (differ(a, b) || differ(a, x) || differ(b, x))
            status = add_values(estimates, i, a, b);
    }
    for (size_t i = 0; status == 0 && i < verdicts->n_rows; i++)
        if (!is_same_verdict(verdicts, first->verdicts, i) || !is_same_verdict(verdicts, last->verdicts, i))
            status = bounds_close(verdicts, i, "when within their steps events of sites happened decides");
    return status;
}
