/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Funnel plots: each programme's risk-adjusted share against its size, with 95 % and 99.8 % limits that widen where
 * programmes differ by more than chance (Spiegelhalter 2005, doi:10.1002/sim.1970).
 *
 * With p the share of all, a programme stands at p O / E over its effective size m = E^2 (1 - p) / (V p): the number
 * of people of a programme without case mix that would be as precise.  Limits at m:
 *
 *     p -+ z sqrt(phi p (1 - p) / m)     multiplicative, phi >= 1
 *     p -+ z sqrt(p (1 - p) / m + p^2 tau2)     additive
 *
 * A rate of p events a day stands over m = E / p days, and its limits have p in place of p (1 - p).
 */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/frame.h"
#include "report/programme_cells.h"
#include "report/text_width.h"
#include "report/words.h"

enum { LIMIT_POINTS = 120, LABELS_MAX = 12, PANEL_HEIGHT = 78 };

#define Z_95 1.959963984540054
#define Z_998 3.090232306167813

struct funnel {
    const struct table *cells;
    struct programme_span span; /* its rows of cells */
    bool is_rate;
    double p, dispersion, tau2, largest, lowest, highest;
    size_t n, n_flagged[2]; /* outside 95 %, 99.8 % */
};

static bool is_drawn(const struct table *cells, size_t row)
{
    return programme_is_whole(cells, row) && !cell_is(cells, "programme", row, "");
}

static double size_of(const struct funnel *funnel, size_t row)
{
    const double expected = cell_real(funnel->cells, "expected", row), variance = cell_real(funnel->cells, "variance", row);

    return expected * expected * (funnel->is_rate ? 1 : 1 - funnel->p) / (variance * funnel->p);
}

static double share_of(const struct funnel *funnel, size_t row)
{
    return funnel->p * cell_real(funnel->cells, "ratio", row);
}

static double half_width(const struct funnel *funnel, double size, double z)
{
    const double chance = funnel->p * (funnel->is_rate ? 1 : 1 - funnel->p) / size;

    return z * sqrt(funnel->tau2 > 0 ? chance + funnel->p * funnel->p * funnel->tau2 : funnel->dispersion * chance);
}

static double weight_of(const struct funnel *funnel, size_t row)
{
    const double expected = cell_real(funnel->cells, "expected", row);

    return expected * expected / cell_real(funnel->cells, "variance", row);
}

/* As the distances z were computed (stats/funnel.h): only where programmes differ by more than chance. */
static void widen(struct funnel *funnel, const struct table *measures, size_t measure, double weights, double squares)
{
    const double n = (double)funnel->n, phi = cell_real(measures, "phi", measure);

    funnel->dispersion = 1;
    if (!(phi > 1 + 2 * sqrt(2 / n)))
        return;
    if (cell_is(measures, "spread", measure, "additive"))
        funnel->tau2 = fmax(0, (n * phi - (n - 1)) / (weights - squares / weights));
    else if (cell_is(measures, "spread", measure, "multiplicative"))
        funnel->dispersion = phi;
}

/* -1: nothing to draw. */
static int funnel_read(struct bundle *bundle, size_t measure, struct funnel *funnel)
{
    double weights = 0, squares = 0;

    *funnel = (struct funnel){
        .cells = bundle_table(bundle, "programmes"), .is_rate = programme_is_rate(bundle, measure), .p = NAN, .lowest = INFINITY};
    funnel->span = programme_rows(bundle, measure);
    for (size_t i = funnel->span.first; i < funnel->span.end; i++)
        if (programme_is_whole(funnel->cells, i) && cell_is(funnel->cells, "programme", i, ""))
            funnel->p = cell_real(funnel->cells, "n_event", i) / cell_real(funnel->cells, funnel->is_rate ? "person_time" : "n", i);
    if (!(funnel->p > 0 && (funnel->is_rate || funnel->p < 1)))
        return -1;
    for (size_t i = funnel->span.first; i < funnel->span.end; i++) {
        if (!is_drawn(funnel->cells, i) || !(size_of(funnel, i) > 0) || !isfinite(share_of(funnel, i)))
            continue;
        funnel->n++;
        funnel->largest = fmax(funnel->largest, size_of(funnel, i));
        funnel->lowest = fmin(funnel->lowest, share_of(funnel, i));
        funnel->highest = fmax(funnel->highest, share_of(funnel, i));
        funnel->n_flagged[0] += programme_signal_has(funnel->cells, i, "95 %");
        funnel->n_flagged[1] += programme_signal_has(funnel->cells, i, "99.8 %");
        weights += weight_of(funnel, i);
        squares += weight_of(funnel, i) * weight_of(funnel, i);
    }
    widen(funnel, bundle_table(bundle, "programme_measures"), measure, weights, squares);
    return funnel->n >= 2 ? 0 : -1;
}

static void draw_limits(const struct funnel *funnel, struct drawing *d, const struct panel *p)
{
    static const struct {
        double z;
        size_t stroke;
    } limits[] = {{Z_95, STROKE_LIMIT_95}, {Z_998, STROKE_LIMIT_998}};

    for (size_t k = 0; k < 4; k++) {
        const double side = k % 2 == 0 ? 1 : -1, z = limits[k / 2].z;

        for (size_t i = 0; i <= LIMIT_POINTS; i++) {
            /* Closer together where the curves bend, at the small end. */
            const double t = (double)i / LIMIT_POINTS, size = p->x_max * fmax(t * t, 1e-4);
            const double y = funnel->p + side * half_width(funnel, size, z);

            if (y >= p->y_min && y <= p->y_max)
                drawing_path_to(d, panel_x(p, size), panel_y(p, y), limits[k / 2].stroke);
        }
        drawing_break(d, LAYER_PATHS);
    }
    drawing_path_to(d, p->left, panel_y(p, funnel->p), STROKE_CENTRE);
    drawing_path_to(d, p->right, panel_y(p, funnel->p), STROKE_CENTRE);
    drawing_break(d, LAYER_PATHS);
}

/* The names of those beyond 99.8 %, farthest first, as far as they do not fall onto each other. */
struct placed {
    size_t n;
    double left[LABELS_MAX], right[LABELS_MAX], y[LABELS_MAX];
};

static void label_point(struct bundle *bundle, const struct funnel *funnel, struct drawing *d, struct placed *placed, size_t row,
                        double x, double y)
{
    const char *name = cell_text(bundle->pool, funnel->cells, "programme", row);
    const double room = frame_is_narrow(d) ? 24 : 40, width = fmin(face_width(FACE_SMALL, name), room);
    const bool to_left = x + 1.6 + width > d->panel.right;
    const double left = to_left ? x - 1.6 - width : x + 1.6;

    for (size_t k = 0; k < placed->n; k++)
        if (left < placed->right[k] + 1 && left + width + 1 > placed->left[k] && fabs(y - placed->y[k]) < 3)
            return;
    if (placed->n == LABELS_MAX || left < d->panel.left)
        return;
    placed->left[placed->n] = left;
    placed->right[placed->n] = left + width;
    placed->y[placed->n++] = y;
    drawing_text(d, to_left ? x - 1.6 : x + 1.6, y, to_left ? ALIGN_RIGHT : ALIGN_LEFT, FACE_SMALL, INK_BLACK, name, room);
}

static void draw_points(struct bundle *bundle, const struct funnel *funnel, struct drawing *d)
{
    const struct panel *p = &d->panel;
    struct placed placed = {.n = 0};

    for (size_t i = funnel->span.first; i < funnel->span.end; i++) {
        const bool far = programme_signal_has(funnel->cells, i, "99.8 %"), out = programme_signal_has(funnel->cells, i, "95 %");
        double x, y;

        if (!is_drawn(funnel->cells, i) || !(size_of(funnel, i) > 0) ||
            !isfinite(share_of(funnel, i)))
            continue;
        x = panel_x(p, size_of(funnel, i));
        y = panel_y(p, fmin(fmax(share_of(funnel, i), p->y_min), p->y_max));
        drawing_point(d, x, y, far ? POINT_DIAMOND : out ? POINT_SQUARE : POINT_DOT, far ? 0.8 : 0.5,
                      far ? series_colour(1) : out ? series_colour(4) : series_colour(0));
        if (far)
            label_point(bundle, funnel, d, &placed, i, x, y);
    }
}

static int funnel_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    const struct frame_key keys[] = {
        {.text = "Inside the limits", .shape = POINT_DOT, .colour = series_colour(0)},
        {.text = "Outside 95 % (dashed)", .shape = POINT_SQUARE, .colour = series_colour(4)},
        {.text = "Outside 99.8 % (solid)", .shape = POINT_DIAMOND, .colour = series_colour(1)}};
    const size_t n_keys = sizeof keys / sizeof keys[0];
    const double above = frame_title_height(d, figure->title), head = above + frame_keys_height(0.3, d->width, keys, n_keys) + 2;
    struct panel *p = &d->panel;
    struct frame_axis x, y;
    struct funnel funnel;
    double most;

    if (funnel_read(bundle, figure->row, &funnel) != 0)
        return -1;
    most = funnel.is_rate ? INFINITY : 1;
    y = frame_axis(fmax(0, fmin(funnel.lowest, funnel.p - half_width(&funnel, funnel.largest / 6, Z_998))),
                   fmin(most, fmax(funnel.highest, funnel.p + half_width(&funnel, funnel.largest / 6, Z_998))), 6,
                   programme_scale(bundle, figure->row));
    y.low = fmax(0, y.low - 0.03 * (y.high - y.low));
    y.high = fmin(most, y.high + 0.03 * (y.high - y.low));
    frame_round(&y, 6);
    y.low = fmax(y.low, 0);
    y.high = fmin(y.high, most);
    x = frame_axis(0, funnel.largest * 1.06, frame_is_narrow(d) ? 5 : 8, 1);
    *p = (struct panel){.left = 3 + frame_label_width(d, &y), .right = d->width - 3, .bottom = 9.5};
    p->top = p->bottom + (frame_is_narrow(d) ? 58 : PANEL_HEIGHT);
    d->height = p->top + head;
    frame_set_x(p, &x);
    frame_set_y(p, &y);
    frame_title(d, figure->title);
    frame_keys(d, 0.3, d->width, d->height - above, keys, n_keys);
    frame_y(d, p, &y);
    frame_x(d, p, &x, false, funnel.is_rate ? pool_format(bundle->pool, "Effective time under observation (person-%s)",
                                             cell_text(bundle->pool, bundle_table(bundle, "programme_measures"), "time_units", figure->row))
                               : "Effective number of people");
    draw_limits(&funnel, d, p);
    draw_points(bundle, &funnel, d);
    return 0;
}

static int fill_alternative(struct bundle *bundle, struct figure *figure, const struct funnel *funnel, size_t measure)
{
    struct pool *pool = bundle->pool;
    struct text_table *table = &figure->alternative;

    table->caption = figure->title;
    if (text_table_column(table, "Programme", false) != 0 || text_table_column(table, "People", true) != 0 ||
        text_table_column(table, pool_format(pool, "Adjusted (%s)", programme_unit(bundle, measure)), true) != 0 || text_table_column(table, "Distance (z)", true) != 0 ||
        text_table_column(table, "Signal", false) != 0)
        return -1;
    for (size_t i = funnel->span.first; i < funnel->span.end; i++) {
        const char **cells;

        if (!is_drawn(funnel->cells, i))
            continue;
        if ((cells = text_table_row(table)) == NULL)
            return -1;
        cells[0] = cell_text(pool, funnel->cells, "programme", i);
        cells[1] = words_count(pool, cell_integer(funnel->cells, "n", i));
        cells[2] = programme_bare(bundle, measure, share_of(funnel, i));
        cells[3] = words_fixed(pool, cell_real(funnel->cells, "z", i), 2);
        cells[4] = cell_text(pool, funnel->cells, "signal", i);
    }
    return 0;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t measure)
{
    struct pool *pool = bundle->pool;
    const struct table *measures = bundle_table(bundle, "programme_measures");
    const char *label = programme_measure_label(bundle, measure);
    struct funnel funnel;
    struct figure *figure;

    if (funnel_read(bundle, measure, &funnel) != 0)
        return 0;
    figure = figures_add(figures, bundle, &figure_funnel,
                         pool_format(pool, "funnel-%s", cell_text(pool, measures, "measure", measure)));
    if (figure == NULL)
        return -1;
    figure->row = measure;
    figure->title = pool_format(pool, "%s by programme (%s)", label, programme_unit(bundle, measure));
    figure->caption = pool_format(
        pool,
        "Each programme's %s, adjusted for whom it treats, against %s. Chance alone would leave one in 20 outside the dashed "
        "and one in 500 outside the solid limits.%s%s", funnel.is_rate ? "rate" : "share",
        funnel.is_rate ? "the time its people were under observation" : "the number of people",
        funnel.tau2 > 0          ? " Limits are widened by the variance between programmes."
        : funnel.dispersion > 1 ? pool_format(pool, " Programmes differ by more than chance: limits are widened by the "
                                                    "square root of %s.",
                                              words_fixed(pool, funnel.dispersion, 2))
                                : "",
        programme_share_words(bundle, measure));
    figure->description = pool_format(pool, "A funnel of limits around %s; of %zu programmes %zu lie outside the 95 %% "
                                            "limits only and %zu outside those of 99.8 %%.",
                                      pool_format(pool, "%s %s", programme_bare(bundle, measure, funnel.p), programme_unit(bundle, measure)), funnel.n, funnel.n_flagged[0],
                                      funnel.n_flagged[1]);
    return fill_alternative(bundle, figure, &funnel, measure);
}

static int funnel_plan(struct bundle *bundle, struct figures *figures)
{
    for (size_t k = 0; k < cell_rows(bundle_table(bundle, "programme_measures")) && k < PROGRAMME_FIGURES_MAX; k++)
        if (plan_one(bundle, figures, k) != 0)
            return -1;
    return 0;
}

const struct figure_kind figure_funnel = {"funnel", funnel_plan, funnel_draw};
