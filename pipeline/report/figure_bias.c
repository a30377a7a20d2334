/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bias plot: which unmeasured confounders would explain a ratio away.
 *
 * With a the confounder's ratio between the arms and b its ratio with the outcome, it can shift a risk ratio by at most
 * a b / (a + b - 1).  The pairs that shift R to 1 lie on b = R (a - 1) / (a - R), a > R; on the diagonal a = b is the
 * E-value.  VanderWeele & Ding 2017, doi:10.7326/M16-2607.  What stands in the table is the E-value E of a row, and
 * R = E^2 / (2 E - 1) gives the ratio back on the scale it was made on.
 */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/frame.h"
#include "report/reading.h"
#include "report/words.h"

enum { CURVE_POINTS = 160, FIGURES_MAX = 6 };

static double ratio_of(double e)
{
    return e * e / (2 * e - 1);
}

/* The E-value of the limit that is nearer to 1; NaN: the interval holds 1 or there is none. */
static double limit_of(const struct table *estimates, size_t row)
{
    const double low = cell_real(estimates, "conf_low", row), high = cell_real(estimates, "conf_high", row);
    const double limit = isfinite(low) ? low : high;

    return limit > 1 ? limit : NAN;
}

static bool is_drawn(const struct table *estimates, size_t row)
{
    return cell_is(estimates, "measure", row, "e_value") && cell_real(estimates, "estimate", row) > 1.001 &&
           cell_is(estimates, "stratum", row, "");
}

static void draw_curve(struct drawing *d, const struct panel *p, double e, size_t stroke)
{
    const double r = ratio_of(e);

    if (!(r > 1))
        return;
    for (size_t i = 0; i <= CURVE_POINTS; i++) {
        /* Even steps of the logarithm from the asymptote to the edge. */
        const double t = (double)i / CURVE_POINTS, a = r + (p->x_max - r) * pow(t, 3);
        const double b = r * (a - 1) / (a - r);

        if (isfinite(b) && b <= p->y_max)
            drawing_path_to(d, panel_x(p, a), panel_y(p, b), stroke);
    }
    drawing_break(d, LAYER_PATHS);
    drawing_point(d, panel_x(p, e), panel_y(p, e), POINT_DOT, 0.6, stroke == 0 ? series_colour(0) : COLOUR_GREY);
}

static int bias_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    const double e = cell_real(bundle->estimates, "estimate", figure->row), limit = limit_of(bundle->estimates, figure->row);
    const struct frame_key keys[] = {
        {.text = pool_format(d->pool, "The estimate (E-value %s)", words_fixed(d->pool, e, 2)), .pen = PEN_SERIES},
        {.text = pool_format(d->pool, "Its limit nearer to 1 (%s)", words_fixed(d->pool, limit, 2)), .pen = PEN_ZERO}};
    const size_t n_keys = isfinite(limit) ? 2 : 1;
    const double above = frame_title_height(d, figure->title), head = above + frame_keys_height(0.3, d->width, keys, n_keys) + 4.5,
                 side = frame_is_narrow(d) ? 70 : 88;
    struct frame_axis axis = frame_axis(1, 1 + 2.6 * (e - 1) + 0.5, 6, 1);
    struct panel *p = &d->panel;

    *p = (struct panel){.left = 4 + frame_label_width(d, &axis), .bottom = 9.5};
    p->right = p->left + side;
    p->top = p->bottom + side;
    d->height = p->top + head;
    frame_set_x(p, &axis);
    frame_set_y(p, &axis);
    frame_title(d, figure->title);
    frame_keys(d, 0.3, d->width, d->height - above, keys, n_keys);
    drawing_text(d, 0.3, p->top + 2.6, ALIGN_LEFT, FACE_SMALL, INK_GREY, "Ratio of confounder and outcome", 0);
    frame_y(d, p, &axis);
    draw_curve(d, p, e, 0);
    if (isfinite(limit))
        draw_curve(d, p, limit, STROKE_THIN);
    frame_x(d, p, &axis, false, "Ratio of confounder and arm");
    return 0;
}

static int fill_alternative(struct bundle *bundle, struct figure *figure)
{
    struct pool *pool = bundle->pool;
    struct text_table *table = &figure->alternative;
    const char **cells;

    table->caption = figure->title;
    if (text_table_column(table, "Ratio", false) != 0 || text_table_column(table, "E-value", true) != 0 ||
        text_table_column(table, "E-value of the limit", true) != 0 || (cells = text_table_row(table)) == NULL)
        return -1;
    cells[0] = figure->title;
    cells[1] = words_fixed(pool, cell_real(bundle->estimates, "estimate", figure->row), 2);
    cells[2] = words_fixed(pool, limit_of(bundle->estimates, figure->row), 2);
    return 0;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    const struct table *estimates = bundle->estimates;
    struct pool *pool = bundle->pool;
    const char *term = cell_text(pool, estimates, "term", row), *e = words_fixed(pool, cell_real(estimates, "estimate", row), 2);
    struct figure *figure = figures_add(figures, bundle, &figure_bias,
                                        pool_format(pool, "bias-%s", cell_text(pool, estimates, "outcome", row)));

    if (figure == NULL)
        return -1;
    figure->row = row;
    figure->title = pool_format(pool, "%s: %s, %s%s", reading_what(bundle, estimates, row),
                                term[0] == '\0' ? "ratio" : words_lower(pool, words_measure(pool, term)),
                                reading_whom(bundle, estimates, row), reading_where(bundle, estimates, row));
    figure->caption = pool_format(pool,
                                  "Confounders on or above the line could explain the estimate away. The dot, %s, is the E-value: both "
                                  "ratios at least so large.",
                                  e);
    figure->description = pool_format(pool, "A falling curve over the ratio of confounder and arm; it meets the diagonal at %s.", e);
    return fill_alternative(bundle, figure);
}

static int bias_plan(struct bundle *bundle, struct figures *figures)
{
    size_t n = 0;

    for (size_t i = 0; i < cell_rows(bundle->estimates) && n < FIGURES_MAX; i++)
        if (is_drawn(bundle->estimates, i) && !cell_contains(bundle->estimates, "analysis", i, "@")) {
            if (plan_one(bundle, figures, i) != 0)
                return -1;
            n++;
        }
    return 0;
}

const struct figure_kind figure_bias = {"bias", bias_plan, bias_draw};
