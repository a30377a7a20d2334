/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/programme_charts.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/programme_cells.h"
#include "report/text_width.h"
#include "report/words.h"

void charts_free(struct charts *charts)
{
    for (size_t k = 0; k < charts->n; k++)
        free(charts->items[k].rows);
    free(charts->items);
    *charts = (struct charts){.n = 0};
}

double chart_value(const struct table *cells, size_t row)
{
    const double n = cell_real(cells, "n", row), events = cell_real(cells, "n_event", row), time = cell_real(cells, "person_time", row);

    if (!(n > 0))
        return NAN;
    return events / (isfinite(time) ? time : n);
}

static struct chart *chart_add(struct charts *charts, size_t measure, size_t whole)
{
    struct chart *items = reallocate(charts->items, charts->n + 1, sizeof *items);

    if (items == NULL)
        return NULL;
    charts->items = items;
    items[charts->n] = (struct chart){.measure = measure, .whole = whole};
    return &items[charts->n++];
}

static int chart_add_row(struct chart *chart, const struct table *cells, size_t row)
{
    size_t *rows = reallocate(chart->rows, chart->n + 1, sizeof *rows);

    if (rows == NULL)
        return -1;
    chart->rows = rows;
    rows[chart->n++] = row;
    chart->people += isfinite(cell_real(cells, "n", row)) ? cell_integer(cells, "n", row) : 0;
    chart->n_signals += !cell_is(cells, "signal", row, "");
    return 0;
}

static int by_people(const void *a, const void *b)
{
    const struct chart *one = a, *two = b;

    if (one->people != two->people)
        return one->people > two->people ? -1 : 1;
    return (one->whole > two->whole) - (one->whole < two->whole);
}

static void stretch(struct charts *charts, double value)
{
    if (isfinite(value)) {
        charts->lowest = fmin(charts->lowest, value);
        charts->highest = fmax(charts->highest, value);
    }
}

static void find_range(struct charts *charts, const struct table *cells)
{
    charts->lowest = INFINITY;
    charts->highest = -INFINITY;
    for (size_t k = 0; k < charts->n; k++)
        for (size_t i = 0; i < charts->items[k].n; i++) {
            stretch(charts, chart_value(cells, charts->items[k].rows[i]));
            stretch(charts, cell_real(cells, "low", charts->items[k].rows[i]));
            stretch(charts, cell_real(cells, "high", charts->items[k].rows[i]));
        }
    if (!(charts->lowest < charts->highest)) {
        charts->lowest = 0;
        charts->highest = 1;
    }
}

int charts_read(struct bundle *bundle, size_t measure, bool all, struct charts *charts)
{
    const struct table *cells = bundle_table(bundle, "programmes");
    const struct programme_span span = programme_rows(bundle, measure);
    struct chart *chart = NULL;

    *charts = (struct charts){.n = 0};
    for (size_t i = span.first; i < span.end; i++) {
        if (cell_is(cells, "programme", i, "") != all)
            continue;
        if (programme_is_whole(cells, i))
            chart = chart_add(charts, measure, i);
        else if (chart == NULL || chart_add_row(chart, cells, i) != 0)
            chart = NULL;
        if (chart == NULL) {
            charts_free(charts);
            return -1;
        }
    }
    if (!all && charts->n > 0)
        qsort(charts->items, charts->n, sizeof *charts->items, by_people);
    while (charts->n > CHARTS_MAX) {
        free(charts->items[--charts->n].rows);
        charts->n_left_out++;
    }
    find_range(charts, cells);
    return 0;
}

/* ---- one chart ------------------------------------------------------------------------------------------------- */

static double x_of(const struct panel *panel, size_t period)
{
    return panel_x(panel, (double)period + 0.5);
}

/* A level that holds from the left edge of a period to the right one of another. */
static void draw_level(struct drawing *d, const struct panel *p, size_t from, size_t to, double y, size_t stroke)
{
    drawing_path_to(d, panel_x(p, (double)from), panel_y(p, y), stroke);
    drawing_path_to(d, panel_x(p, (double)to + 1), panel_y(p, y), stroke);
}

/* Limits move with the size of each period: steps; a missing one interrupts them. */
static void draw_limit(const struct table *cells, const struct chart *chart, const char *column, struct drawing *d,
                       const struct panel *p, size_t stroke)
{
    for (size_t i = 0; i < chart->n; i++) {
        const double y = cell_real(cells, column, chart->rows[i]);

        if (isfinite(y))
            draw_level(d, p, i, i, y, stroke);
        else
            drawing_break(d, LAYER_PATHS);
    }
    drawing_break(d, LAYER_PATHS);
}

static bool is_same(const struct table *cells, const struct chart *chart, const char *column, size_t i, size_t k)
{
    return cell_integer(cells, column, chart->rows[i]) == cell_integer(cells, column, chart->rows[k]);
}

static void draw_centre(const struct table *cells, const struct chart *chart, struct drawing *d, const struct panel *p)
{
    for (size_t first = 0, end; first < chart->n; first = end) {
        const bool is_held = cell_integer(cells, "baseline", chart->rows[first]) == 0;
        double centre = NAN;

        for (end = first; end < chart->n && is_same(cells, chart, "phase", first, end) && is_same(cells, chart, "baseline", first, end); end++)
            centre = isfinite(centre) ? centre : cell_real(cells, "centre", chart->rows[end]);
        if (isfinite(centre))
            draw_level(d, p, first, end - 1, centre, is_held ? STROKE_HELD : STROKE_CENTRE);
        drawing_break(d, LAYER_PATHS);
        if (first > 0 && !is_same(cells, chart, "phase", first, first - 1))
            drawing_line(d, panel_x(p, (double)first), p->bottom, panel_x(p, (double)first), p->top, PEN_MEDIAN);
    }
}

void chart_draw(const struct table *cells, const struct chart *chart, struct drawing *d, const struct panel *p, bool small)
{
    const double point = (p->right - p->left) / (double)(chart->n + 1) < 1.2 ? 0.25 : small ? 0.3 : 0.45;

    draw_limit(cells, chart, "low", d, p, STROKE_LIMIT_95);
    draw_limit(cells, chart, "high", d, p, STROKE_LIMIT_95);
    draw_centre(cells, chart, d, p);
    for (size_t i = 0; i < chart->n; i++) {
        const double y = chart_value(cells, chart->rows[i]);

        if (isfinite(y))
            drawing_path_to(d, x_of(p, i), panel_y(p, y), STROKE_THIN);
        else
            drawing_break(d, LAYER_PATHS);
    }
    drawing_break(d, LAYER_PATHS);
    for (size_t i = 0; i < chart->n; i++) {
        const double y = chart_value(cells, chart->rows[i]);
        const bool beyond = programme_signal_has(cells, chart->rows[i], "limits"), flagged = !cell_is(cells, "signal", chart->rows[i], "");

        if (isfinite(y))
            drawing_point(d, x_of(p, i), panel_y(p, y), beyond ? POINT_DIAMOND : flagged ? POINT_SQUARE : POINT_DOT,
                          flagged ? point * 1.5 : point,
                          beyond ? series_colour(1) : flagged ? series_colour(4) : series_colour(0));
    }
}

void chart_draw_periods(struct bundle *bundle, const struct chart *chart, struct drawing *d, const struct panel *p)
{
    const struct table *cells = bundle_table(bundle, "programmes");
    double width = 0;
    size_t stride = 1;

    for (size_t i = 0; i < chart->n; i++)
        width = fmax(width, face_width(FACE_SMALL, cell_text(bundle->pool, cells, "period", chart->rows[i])));
    while ((double)stride * (p->right - p->left) / (double)(chart->n == 0 ? 1 : chart->n) < width + 2)
        stride++;
    if (stride > 6) /* whole years of months */
        stride = (stride + 11) / 12 * 12;
    drawing_line(d, p->left, p->bottom, p->right, p->bottom, PEN_AXIS);
    for (size_t i = 0; i < chart->n; i += stride) {
        const char *name = cell_text(bundle->pool, cells, "period", chart->rows[i]);
        const double x = fmin(x_of(p, i), d->width - face_width(FACE_SMALL, name) / 2 - 0.3);

        drawing_line(d, x_of(p, i), p->bottom, x_of(p, i), p->bottom - 1.1, PEN_AXIS);
        drawing_text(d, x, p->bottom - 2.9, ALIGN_CENTRE, FACE_SMALL, INK_BLACK, name, 0);
    }
}
