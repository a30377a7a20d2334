/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibration: what was observed against what a model predicted, by groups of predicted risk. */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/frame.h"
#include "report/programme_cells.h"
#include "report/words.h"

static bool same_picture(const struct table *t, size_t row, size_t other)
{
    return rows_agree(t, "model measure analysis outcome population adjustment arm reference", row, other);
}

static bool has_point(const struct table *t, size_t row)
{
    return isfinite(cell_real(t, "predicted", row)) && isfinite(cell_real(t, "observed", row));
}

struct extent {
    size_t n;
    double low, high;
};

/* Of both axes: the diagonal must be a diagonal. */
static struct extent extent_of(const struct table *t, size_t first)
{
    struct extent extent = {.low = 1, .high = 0};

    for (size_t i = first; i < t->n_rows; i++)
        if (same_picture(t, first, i) && has_point(t, i)) {
            const double predicted = cell_real(t, "predicted", i), observed = cell_real(t, "observed", i);

            extent.n++;
            extent.low = fmin(extent.low, fmin(predicted, fmin(observed, cell_real(t, "conf_low", i))));
            extent.high = fmax(extent.high, fmax(predicted, fmax(observed, cell_real(t, "conf_high", i))));
        }
    return extent;
}

static void draw_groups(const struct table *t, size_t first, struct drawing *d, const struct panel *p)
{
    for (size_t i = first; i < t->n_rows; i++) {
        const double low = cell_real(t, "conf_low", i), high = cell_real(t, "conf_high", i);
        double x;

        if (!same_picture(t, first, i) || !has_point(t, i))
            continue;
        x = panel_x(p, cell_real(t, "predicted", i));
        if (low < high)
            drawing_line(d, x, panel_y(p, low), x, panel_y(p, high), PEN_WHISKER);
        drawing_point(d, x, panel_y(p, cell_real(t, "observed", i)), POINT_DOT, 0.6, series_colour(0));
    }
}

static int calibration_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    const struct table *t = bundle_table(bundle, "calibration");
    const struct extent extent = extent_of(t, figure->row);
    struct frame_axis axis = frame_axis(extent.low, extent.high + 1e-6, 5, 100);
    struct panel *p = &d->panel;
    const double side = frame_is_narrow(d) ? 72 : 92, above = frame_title_height(d, figure->title);

    frame_round(&axis, 5);
    axis.low = fmax(axis.low, 0);
    axis.high = fmin(axis.high, 1);
    *p = (struct panel){.left = 4 + frame_label_width(d, &axis), .bottom = 9.5};
    p->right = p->left + side;
    p->top = p->bottom + side;
    d->height = p->top + above + 5;
    frame_set_x(p, &axis);
    frame_set_y(p, &axis);
    frame_title(d, figure->title);
    drawing_text(d, 0.3, d->height - above - 1.6, ALIGN_LEFT, FACE_SMALL, INK_GREY, "Observed (%)", 0);
    frame_y(d, p, &axis);
    drawing_path_to(d, p->left, p->bottom, STROKE_LIMIT_95);
    drawing_path_to(d, p->right, p->top, STROKE_LIMIT_95);
    drawing_break(d, LAYER_PATHS);
    draw_groups(t, figure->row, d, p);
    frame_x(d, p, &axis, false, "Predicted (%)");
    return 0;
}

static int fill_alternative(struct bundle *bundle, struct figure *figure, size_t first)
{
    const struct table *t = bundle_table(bundle, "calibration");
    struct pool *pool = bundle->pool;
    struct text_table *table = &figure->alternative;

    table->caption = figure->title;
    if (text_table_column(table, "Predicted (%)", true) != 0 || text_table_column(table, "Observed (%)", true) != 0 ||
        text_table_column(table, "95 % interval", true) != 0 || text_table_column(table, "People", true) != 0)
        return -1;
    for (size_t i = first; i < t->n_rows; i++) {
        const char **cells;

        if (!same_picture(t, first, i))
            continue;
        if ((cells = text_table_row(table)) == NULL)
            return -1;
        cells[0] = words_bare(pool, SCALE_PERCENT, cell_real(t, "predicted", i));
        cells[1] = words_bare(pool, SCALE_PERCENT, cell_real(t, "observed", i));
        cells[2] = words_interval(pool, SCALE_PERCENT, cell_real(t, "conf_low", i), cell_real(t, "conf_high", i));
        cells[3] = words_count(pool, cell_integer(t, "n", i));
    }
    return 0;
}

/* "Propensity score, IOP v inpatient", "Expected: Retained for 90 days". */
static const char *title_of(struct bundle *bundle, size_t row)
{
    const struct table *t = bundle_table(bundle, "calibration"), *measures = bundle_table(bundle, "programme_measures");
    struct pool *pool = bundle->pool;

    for (size_t m = 0; m < cell_rows(measures); m++)
        if (cell_is(t, "measure", row, cell_text(pool, measures, "measure", m)))
            return pool_format(pool, "Calibration of what is expected: %s", programme_measure_label(bundle, m));
    return pool_format(pool, "Calibration of the propensity score: %s v %s", bundle_arm_label(bundle, cell_text(pool, t, "arm", row)),
                       bundle_arm_label(bundle, cell_text(pool, t, "reference", row)));
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    const struct table *t = bundle_table(bundle, "calibration");
    struct pool *pool = bundle->pool;
    const char *measure = cell_text(pool, t, "measure", row);
    const struct extent extent = extent_of(t, row);
    struct figure *figure;

    if (extent.n < 2)
        return 0;
    figure = figures_add(figures, bundle, &figure_calibration,
                         pool_format(pool, "calibration-%s", measure[0] != '\0' ? measure : cell_text(pool, t, "arm", row)));
    if (figure == NULL)
        return -1;
    figure->row = row;
    figure->title = title_of(bundle, row);
    figure->caption = "Groups of people by predicted probability: the share in whom it came true, with 95 % intervals, against the mean "
                      "prediction. On the dashed line both agree.";
    figure->description = pool_format(pool, "%zu groups as points with intervals about the diagonal, from %s to %s.", extent.n,
                                      words_value(pool, SCALE_PERCENT, extent.low, ""),
                                      words_value(pool, SCALE_PERCENT, extent.high, ""));
    return fill_alternative(bundle, figure, row);
}

/* A propensity is drawn once for a pair, whichever outcome or adjustment it serves; of the dashboard the first measures. */
static bool is_drawn(struct bundle *bundle, size_t row)
{
    const struct table *t = bundle_table(bundle, "calibration"), *measures = bundle_table(bundle, "programme_measures");

    if (cell_contains(t, "population", row, "@") || cell_contains(t, "analysis", row, "@"))
        return false;
    for (size_t i = 0; i < row; i++)
        if (rows_agree(t, "model measure population arm reference", i, row))
            return false;
    for (size_t m = PROGRAMME_FIGURES_MAX; m < cell_rows(measures); m++)
        if (cell_is(t, "measure", row, cell_text(bundle->pool, measures, "measure", m)))
            return false;
    return true;
}

static int calibration_plan(struct bundle *bundle, struct figures *figures)
{
    for (size_t i = 0; i < cell_rows(bundle_table(bundle, "calibration")); i++)
        if (is_drawn(bundle, i) && plan_one(bundle, figures, i) != 0)
            return -1;
    return 0;
}

const struct figure_kind figure_calibration = {"calibration", calibration_plan, calibration_draw};
