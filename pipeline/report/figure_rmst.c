/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A difference as it grows with the day it is read at: restricted mean time over tau, with its interval. */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/axis.h"
#include "report/frame.h"
#include "report/reading.h"
#include "report/words.h"

static bool same_picture(const struct table *differences, size_t row, size_t other)
{
    return rows_agree(differences, "analysis outcome population adjustment measure arm reference", row, other);
}

struct extent {
    size_t n;
    double last, low, high;
};

static struct extent extent_of(const struct table *t, size_t first)
{
    struct extent extent = {.low = 0, .high = 0};
    double before = NAN;

    for (size_t i = first; i < t->n_rows; i++) {
        if (!same_picture(t, first, i) || !isfinite(cell_real(t, "estimate", i)))
            continue;
        if (extent.n == 0 || cell_real(t, "estimate", i) != before)
            extent.last = cell_real(t, "time", i); /* where it goes on unchanged nobody is left in either arm */
        before = cell_real(t, "estimate", i);
        extent.n++;
        extent.low = fmin(extent.low, fmin(cell_real(t, "estimate", i), cell_real(t, "conf_low", i)));
        extent.high = fmax(extent.high, fmax(cell_real(t, "estimate", i), cell_real(t, "conf_high", i)));
    }
    return extent;
}

static void draw_difference(const struct table *t, size_t first, struct drawing *d, const struct panel *p)
{
    for (size_t i = first; i < t->n_rows; i++) {
        const double time = cell_real(t, "time", i), low = cell_real(t, "conf_low", i), high = cell_real(t, "conf_high", i);

        if (!same_picture(t, first, i) || !isfinite(cell_real(t, "estimate", i)) || time > p->x_max)
            continue;
        if (low < high)
            drawing_band_to(d, LAYER_BANDS, panel_x(p, time), panel_y(p, low), panel_y(p, high), 0);
        drawing_path_to(d, panel_x(p, time), panel_y(p, cell_real(t, "estimate", i)), 0);
    }
}

static const char *days_of(struct bundle *bundle, size_t row)
{
    return bundle_outcome_units(bundle, cell_text(bundle->pool, bundle_table(bundle, "differences"), "outcome", row));
}

static int rmst_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    const struct table *t = bundle_table(bundle, "differences");
    const struct extent extent = extent_of(t, figure->row);
    const char *units = days_of(bundle, figure->row);
    struct frame_axis y = frame_axis(extent.low, extent.high, 6, 1);
    struct frame_axis x = frame_time_axis(extent.last, frame_is_narrow(d) ? 6 : 12, strcmp(units, "days") == 0);
    const double above = frame_title_height(d, figure->title);
    struct panel *p = &d->panel;

    frame_round(&y, 6);
    *p = (struct panel){.left = 4 + frame_label_width(d, &y), .right = d->width - 4, .bottom = 9.5};
    p->top = p->bottom + (frame_is_narrow(d) ? 46 : 60);
    d->height = p->top + above + 5;
    frame_set_x(p, &x);
    frame_set_y(p, &y);
    frame_title(d, figure->title);
    drawing_text(d, 0.3, d->height - above - 1.6, ALIGN_LEFT, FACE_SMALL, INK_GREY,
                 pool_format(d->pool, "%s, first arm minus second", words_capital(d->pool, units)), d->width - 0.6);
    frame_y(d, p, &y);
    drawing_line(d, p->left, panel_y(p, 0), p->right, panel_y(p, 0), PEN_ZERO);
    draw_difference(t, figure->row, d, p);
    frame_x(d, p, &x, false, pool_format(d->pool, "Restricted to this %s (tau)", words_unit(d->pool, units)));
    return 0;
}

static int fill_alternative(struct bundle *bundle, struct figure *figure, size_t first)
{
    const struct table *t = bundle_table(bundle, "differences");
    struct pool *pool = bundle->pool;
    struct text_table *table = &figure->alternative;

    table->caption = figure->title;
    if (text_table_column(table, "Tau", true) != 0 || text_table_column(table, "Difference", true) != 0 ||
        text_table_column(table, "95 % interval", true) != 0)
        return -1;
    for (size_t i = first; i < t->n_rows; i++) {
        const char **cells;

        if (!same_picture(t, first, i))
            continue;
        if ((cells = text_table_row(table)) == NULL)
            return -1;
        cells[0] = words_day(pool, cell_real(t, "time", i));
        cells[1] = words_bare(pool, SCALE_DAYS, cell_real(t, "estimate", i));
        cells[2] = words_interval(pool, SCALE_DAYS, cell_real(t, "conf_low", i), cell_real(t, "conf_high", i));
    }
    return 0;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    const struct table *t = bundle_table(bundle, "differences");
    struct pool *pool = bundle->pool;
    const char *outcome = cell_text(pool, t, "outcome", row);
    const char *arm = bundle_arm_label(bundle, cell_text(pool, t, "arm", row));
    const char *reference = bundle_arm_label(bundle, cell_text(pool, t, "reference", row));
    const struct extent extent = extent_of(t, row);
    struct figure *figure;

    if (extent.n < 2)
        return 0;
    figure = figures_add(figures, bundle, &figure_rmst, pool_format(pool, "rmst-%s", outcome));
    if (figure == NULL)
        return -1;
    figure->row = row;
    figure->title = pool_format(pool, "%s%s: restricted mean time, %s v %s", bundle_outcome_label(bundle, outcome),
                                reading_where(bundle, t, row), arm, reference);
    figure->caption = "Difference in restricted mean time as tau grows, with pointwise 95 % intervals: does the answer hang on "
                      "the tau that was chosen?";
    figure->description = pool_format(pool, "One line over tau with a band; at the last tau, %s %s, it is between %s and %s %s at most.",
                                      words_unit(pool, days_of(bundle, row)), words_day(pool, extent.last),
                                      words_bare(pool, SCALE_DAYS, extent.low), words_bare(pool, SCALE_DAYS, extent.high),
                                      days_of(bundle, row));
    return fill_alternative(bundle, figure, row);
}

static int rmst_plan(struct bundle *bundle, struct figures *figures)
{
    const struct table *t = bundle_table(bundle, "differences");

    for (size_t i = 0; i < cell_rows(t); i++)
        if ((i == 0 || !same_picture(t, i - 1, i)) && !cell_contains(t, "analysis", i, "@") &&
            plan_one(bundle, figures, i) != 0)
            return -1;
    return 0;
}

const struct figure_kind figure_rmst = {"rmst", rmst_plan, rmst_draw};
