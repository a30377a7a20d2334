/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Control charts: the share of each period with its centre and limits, all programmes together, and small multiples of
 * the largest programmes on one scale.
 */
#include "report/figures.h"

#include <math.h>

#include "report/frame.h"
#include "report/programme_cells.h"
#include "report/programme_charts.h"
#include "report/words.h"

enum { PANEL_HEIGHT = 60, SMALL_HEIGHT = 20, N_KEYS = 3 };

static const struct frame_key *signal_keys(struct frame_key keys[4])
{
    keys[0] = (struct frame_key){.text = "Share of the period", .shape = POINT_DOT, .colour = series_colour(0)};
    keys[1] = (struct frame_key){.text = "Run or trend", .shape = POINT_SQUARE, .colour = series_colour(4)};
    keys[2] = (struct frame_key){.text = "Beyond the limits", .shape = POINT_DIAMOND, .colour = series_colour(1)};
    return keys;
}

static struct frame_axis y_axis(const struct charts *charts, size_t n_max)
{
    struct frame_axis axis = frame_axis(fmax(0, charts->lowest), fmin(1, charts->highest), n_max, 100);

    frame_round(&axis, n_max);
    axis.low = fmax(axis.low, 0);
    axis.high = fmin(axis.high, 1);
    return axis;
}

static int one_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    const struct table *cells = bundle_table(bundle, "programmes");
    struct frame_key keys[4];
    const double above = frame_title_height(d, figure->title), head = above + frame_keys_height(0.3, d->width, signal_keys(keys), N_KEYS) + 2;
    struct panel *p = &d->panel;
    struct charts charts;
    struct frame_axis y;

    if (charts_read(bundle, figure->row, true, &charts) != 0)
        return -1;
    y = y_axis(&charts, 6);
    *p = (struct panel){.left = 3 + frame_label_width(d, &y), .right = d->width - 3, .bottom = 5.5};
    p->top = p->bottom + (frame_is_narrow(d) ? 45 : PANEL_HEIGHT);
    p->x_max = (double)charts.items[0].n;
    frame_set_y(p, &y);
    d->height = p->top + head;
    frame_title(d, figure->title);
    frame_keys(d, 0.3, d->width, d->height - above, keys, N_KEYS);
    frame_y(d, p, &y);
    chart_draw_periods(bundle, &charts.items[0], d, p);
    chart_draw(cells, &charts.items[0], d, p, false);
    charts_free(&charts);
    return 0;
}

/* ---- small multiples ------------------------------------------------------------------------------------------- */

static int multiples_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    const struct table *cells = bundle_table(bundle, "programmes");
    struct frame_key keys[4];
    const double above = frame_title_height(d, figure->title), head = above + frame_keys_height(0.3, d->width, signal_keys(keys), N_KEYS) + 1;
    const size_t columns = frame_is_narrow(d) ? 2 : 3;
    const double gap = 3, room = SMALL_HEIGHT + 9;
    struct charts charts;
    struct frame_axis y;
    double left, width;

    if (charts_read(bundle, figure->row, false, &charts) != 0)
        return -1;
    y = y_axis(&charts, 3);
    left = 3 + frame_label_width(d, &y);
    width = (d->width - 2 - (double)columns * left - (double)(columns - 1) * gap) / (double)columns;
    d->height = head + room * (double)((charts.n + columns - 1) / columns);
    frame_title(d, figure->title);
    frame_keys(d, 0.3, d->width, d->height - above, keys, N_KEYS);
    for (size_t k = 0; k < charts.n; k++) {
        const double x = left + (double)(k % columns) * (left + width + gap);
        const double top = d->height - head - room * (double)(k / columns) - 4;
        struct panel panel = {.left = x, .right = x + width, .bottom = top - SMALL_HEIGHT, .top = top,
                              .x_max = (double)charts.items[k].n};

        frame_set_y(&panel, &y);
        drawing_text(d, x, top + 2, ALIGN_LEFT, FACE_SMALL, INK_BLACK, programme_label(bundle, charts.items[k].whole), width);
        frame_y(d, &panel, &y);
        chart_draw_periods(bundle, &charts.items[k], d, &panel);
        chart_draw(cells, &charts.items[k], d, &panel, true);
    }
    charts_free(&charts);
    return 0;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

static int fill_alternative(struct bundle *bundle, struct figure *figure, const struct charts *charts)
{
    const struct table *cells = bundle_table(bundle, "programmes");
    struct pool *pool = bundle->pool;
    struct text_table *table = &figure->alternative;

    table->caption = figure->title;
    if (text_table_column(table, "Period", false) != 0 || text_table_column(table, "People", true) != 0 ||
        text_table_column(table, "Share (%)", true) != 0 || text_table_column(table, "Centre (%)", true) != 0 ||
        text_table_column(table, "Limits (%)", true) != 0 || text_table_column(table, "Signal", false) != 0)
        return -1;
    for (size_t k = 0; k < charts->n; k++) {
        if (charts->n > 1 && text_table_heading(table, programme_label(bundle, charts->items[k].whole)) != 0)
            return -1;
        for (size_t i = 0; i < charts->items[k].n; i++) {
            const size_t row = charts->items[k].rows[i];
            const char **out = text_table_row(table);

            if (out == NULL)
                return -1;
            out[0] = cell_text(pool, cells, "period", row);
            out[1] = words_count(pool, cell_integer(cells, "n", row));
            out[2] = words_bare(pool, SCALE_PERCENT, chart_value(cells, row));
            out[3] = words_bare(pool, SCALE_PERCENT, cell_real(cells, "centre", row));
            out[4] = words_interval(pool, SCALE_PERCENT, cell_real(cells, "low", row), cell_real(cells, "high", row));
            out[5] = cell_text(pool, cells, "signal", row);
        }
    }
    return 0;
}

static const char *caption_of(struct bundle *bundle, const struct charts *charts)
{
    const char *text = "Dashed: limits three standard deviations from the centre. Within them a process only varies; "
                       "beyond them, in a run on one side or in a trend, it has changed.";

    if (charts->n_left_out > 0)
        text = pool_format(bundle->pool, "%s The %d largest programmes are drawn, %zu are in the table of programmes.", text,
                           CHARTS_MAX, charts->n_left_out);
    return text;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t measure, bool all)
{
    struct pool *pool = bundle->pool;
    const char *name = cell_text(pool, bundle_table(bundle, "programme_measures"), "measure", measure);
    size_t n_signals = 0;
    struct charts charts;
    struct figure *figure;
    int status = 0;

    if (charts_read(bundle, measure, all, &charts) != 0)
        return -1;
    for (size_t k = 0; k < charts.n; k++)
        n_signals += charts.items[k].n_signals;
    if (charts.n >= (all ? 1U : 2U) && charts.items[0].n > 1) {
        figure = figures_add(figures, bundle, all ? &figure_control : &figure_multiples,
                             pool_format(pool, "%s-%s", all ? "control" : "programmes", name));
        status = -1;
        if (figure != NULL) {
            figure->row = measure;
            figure->title = pool_format(pool, "%s by period%s (%%)", programme_measure_label(bundle, measure),
                                        all ? "" : " and programme");
            figure->caption = caption_of(bundle, &charts);
            figure->description = pool_format(pool, "%s, a point a period, with centre and limits; %zu %s signalled.",
                                              all ? "One chart of all programmes" : "Small charts on one scale, a programme each",
                                              n_signals, n_signals == 1 ? "point is" : "points are");
            status = fill_alternative(bundle, figure, &charts);
        }
    }
    charts_free(&charts);
    return status;
}

static int plan_all(struct bundle *bundle, struct figures *figures, bool all)
{
    for (size_t k = 0; k < cell_rows(bundle_table(bundle, "programme_measures")); k++)
        if (plan_one(bundle, figures, k, all) != 0)
            return -1;
    return 0;
}

static int one_plan(struct bundle *bundle, struct figures *figures)
{
    return plan_all(bundle, figures, true);
}

static int multiples_plan(struct bundle *bundle, struct figures *figures)
{
    return plan_all(bundle, figures, false);
}

const struct figure_kind figure_control = {"control", one_plan, one_draw};
const struct figure_kind figure_multiples = {"multiples", multiples_plan, multiples_draw};
