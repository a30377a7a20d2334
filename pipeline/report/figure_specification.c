/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Specification curve: the estimates of all ways of asking, in order, and below what each of them chose. */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/frame.h"
#include "report/reading.h"
#include "report/specification.h"
#include "report/words.h"

/* Few ways stand side by side in the forest already. */
enum { WAYS_LEAST = 5, FIGURES_MAX = 6, LABEL_MAX = 46 };

#define PITCH 3.9
#define HEADING 4.6

struct sheet {
    struct bundle *bundle;
    struct drawing *d;
    struct specification spec;
    enum scale scale;
};

static double on_axis(const struct sheet *sheet, double x)
{
    return sheet->scale == SCALE_POINTS ? 100 * x : x;
}

static double choices_height(const struct specification *spec)
{
    double height = 0;

    for (size_t f = 0; f < FACTORS; f++)
        if (spec->factors[f].n > 1)
            height += HEADING + PITCH * (double)spec->factors[f].n;
    return height;
}

static double widest(const struct specification *spec, double limit)
{
    double width = 0;

    for (size_t f = 0; f < FACTORS; f++)
        for (size_t k = 0; spec->factors[f].n > 1 && k < spec->factors[f].n; k++)
            width = fmax(width, face_width(FACE_SMALL, spec->factors[f].options[k]) + 2);
    return fmin(width, limit);
}

static struct frame_axis find_axis(const struct sheet *sheet)
{
    const double zero = sheet->scale == SCALE_RATIO ? 1 : 0;
    double low = zero, high = zero;
    struct frame_axis axis;

    for (size_t i = 0; i < sheet->spec.n; i++) {
        const struct way *way = &sheet->spec.ways[i];
        const double from = on_axis(sheet, isfinite(way->conf_low) ? way->conf_low : way->estimate);
        const double to = on_axis(sheet, isfinite(way->conf_high) ? way->conf_high : way->estimate);

        low = fmin(low, from);
        high = fmax(high, to);
    }
    if (sheet->scale == SCALE_RATIO)
        return frame_log_axis(fmax(low / 1.05, 1. / 64), fmin(high * 1.05, 64), 7);
    axis = frame_axis(low, low < high ? high : low + 1, 6, 1);
    frame_round(&axis, 6);
    return axis;
}

static double cut(const struct panel *panel, double y)
{
    return fmin(fmax(y, panel->y_min), panel->y_max);
}

static void draw_estimates(const struct sheet *sheet, const struct panel *p)
{
    const double zero = sheet->scale == SCALE_RATIO ? 1 : 0;

    if (zero >= p->y_min && zero <= p->y_max)
        drawing_line(sheet->d, p->left, panel_y(p, zero), p->right, panel_y(p, zero), PEN_ZERO);
    for (size_t i = 0; i < sheet->spec.n; i++) {
        const struct way *way = &sheet->spec.ways[i];
        const double x = panel_x(p, (double)i + 0.5);

        if (isfinite(way->conf_low) && isfinite(way->conf_high))
            drawing_line(sheet->d, x, panel_y(p, cut(p, on_axis(sheet, way->conf_low))), x,
                         panel_y(p, cut(p, on_axis(sheet, way->conf_high))), way->declared ? PEN_WHISKER + 1 : PEN_WHISKER);
        drawing_point(sheet->d, x, panel_y(p, cut(p, on_axis(sheet, way->estimate))), way->declared ? POINT_DIAMOND : POINT_DOT,
                      way->declared ? 0.7 : 0.4, way->declared ? series_colour(1) : series_colour(0));
    }
}

/* A row an option, a dot where a way chose it. */
static void draw_choices(const struct sheet *sheet, const struct panel *p, double top)
{
    struct drawing *d = sheet->d;
    double y = top;

    for (size_t f = 0; f < FACTORS; f++) {
        const struct factor *factor = &sheet->spec.factors[f];

        if (factor->n < 2)
            continue;
        y -= HEADING;
        drawing_text(d, 0.3, y + 1.6, ALIGN_LEFT, FACE_SMALL, INK_GREY, factor->name, p->left - 1);
        for (size_t k = 0; k < factor->n; k++) {
            const double line = y - PITCH * ((double)k + 0.5);

            drawing_line(d, p->left, line, p->right, line, PEN_GRID);
            drawing_text(d, p->left - 1.5, line, ALIGN_RIGHT, FACE_SMALL, INK_BLACK, factor->options[k], p->left - 2);
            for (size_t i = 0; i < sheet->spec.n; i++)
                if (sheet->spec.ways[i].option[f] == k)
                    drawing_point(d, panel_x(p, (double)i + 0.5), line, sheet->spec.ways[i].declared ? POINT_DIAMOND : POINT_DOT, 0.4,
                                  sheet->spec.ways[i].declared ? series_colour(1) : COLOUR_BLACK);
        }
        y -= PITCH * (double)factor->n;
    }
}

static const char *unit_words(struct bundle *bundle, size_t row, enum scale scale)
{
    const char *outcome = cell_text(bundle->pool, bundle->estimates, "outcome", row);

    return scale == SCALE_RATIO    ? "Ratio of the first arm to the second, log scale"
           : scale == SCALE_POINTS ? "Percentage points, first arm minus second"
                                   : pool_format(bundle->pool, "%s, first arm minus second",
                                                 words_capital(bundle->pool, bundle_outcome_units(bundle, outcome)));
}

static int specification_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    const struct frame_key keys[] = {{.text = "The study as declared", .shape = POINT_DIAMOND, .colour = series_colour(1)},
                                     {.text = "Another way", .shape = POINT_DOT, .colour = series_colour(0)}};
    struct sheet sheet = {.bundle = bundle, .d = d};
    struct panel *p = &d->panel;
    struct frame_axis y;
    double above;

    sheet.scale = words_scale(cell_text(bundle->pool, bundle->estimates, "measure", figure->row));
    if (specification_read(bundle, figure->row, &sheet.spec) != 0)
        return -1;
    y = find_axis(&sheet);
    above = frame_title_height(d, figure->title);
    *p = (struct panel){.left = fmax(4 + frame_label_width(d, &y), 3 + widest(&sheet.spec, frame_is_narrow(d) ? 30 : LABEL_MAX)),
                        .right = d->width - 2,
                        .bottom = choices_height(&sheet.spec) + 3,
                        .x_max = (double)sheet.spec.n};
    p->top = p->bottom + (frame_is_narrow(d) ? 44 : 52);
    d->height = p->top + above + frame_keys_height(0.3, d->width, keys, 2) + 5.5;
    frame_set_y(p, &y);
    frame_title(d, figure->title);
    frame_keys(d, 0.3, d->width, d->height - above, keys, 2);
    drawing_text(d, 0.3, p->top + 3, ALIGN_LEFT, FACE_SMALL, INK_GREY, unit_words(bundle, figure->row, sheet.scale), d->width - 0.6);
    frame_y(d, p, &y);
    drawing_line(d, p->left, p->bottom, p->right, p->bottom, PEN_AXIS);
    draw_estimates(&sheet, p);
    draw_choices(&sheet, p, p->bottom);
    specification_free(&sheet.spec);
    return 0;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

static int fill_alternative(struct bundle *bundle, struct figure *figure, const struct specification *spec)
{
    const struct table *estimates = bundle->estimates;
    struct text_table *table = &figure->alternative;
    size_t columns = 0;

    table->caption = figure->title;
    for (size_t f = 0; f < FACTORS; f++)
        if (spec->factors[f].n > 1 && text_table_column(table, spec->factors[f].name, false) != 0)
            return -1;
    if (text_table_column(table, "Value", true) != 0 || text_table_column(table, "95 % interval", true) != 0)
        return -1;
    for (size_t i = 0; i < spec->n; i++) {
        const struct way *way = &spec->ways[i];
        const char **cells = text_table_row(table);

        if (cells == NULL)
            return -1;
        columns = 0;
        for (size_t f = 0; f < FACTORS; f++)
            if (spec->factors[f].n > 1)
                cells[columns++] = way->option[f] == OPTIONS_MAX ? "another" : spec->factors[f].options[way->option[f]];
        cells[columns++] = reading_value(bundle, estimates, way->row);
        cells[columns] = reading_interval(bundle, estimates, way->row);
    }
    return 0;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    const struct table *estimates = bundle->estimates;
    struct pool *pool = bundle->pool;
    const char *measure = cell_text(pool, estimates, "measure", row);
    struct specification spec;
    struct figure *figure;
    int status = 0;

    if (specification_read(bundle, row, &spec) != 0)
        return -1;
    if (spec.n >= WAYS_LEAST) {
        figure = figures_add(figures, bundle, &figure_specification,
                             pool_format(pool, "specification-%s-%s", cell_text(pool, estimates, "outcome", row), measure));
        status = -1;
        if (figure != NULL) {
            figure->row = row;
            figure->title = pool_format(pool, "%s in %zu ways: %s, %s", reading_what(bundle, estimates, row), spec.n,
                                        words_lower(pool, words_measure(pool, measure)), reading_whom(bundle, estimates, row));
            figure->caption = "The same question asked in other ways, in the order of the answers, with 95 % intervals; below, what each "
                              "way chose.";
            figure->description = pool_format(pool, "%zu estimates in order, from %s to %s, and rows of dots below for what each chose.",
                                              spec.n, reading_value(bundle, estimates, spec.ways[0].row),
                                              reading_value(bundle, estimates, spec.ways[spec.n - 1].row));
            status = fill_alternative(bundle, figure, &spec);
        }
    }
    specification_free(&spec);
    return status;
}

/* Only where profiles or adjustments give a question several answers. */
static bool is_first(struct bundle *bundle, size_t row)
{
    bool several = false;

    if (!specification_has(bundle, row) || reading_is_repeated(bundle, row) || !reading_is_headline_day(bundle, row))
        return false;
    for (size_t i = 0; i < cell_rows(bundle->estimates); i++) {
        if (!specification_same(bundle->estimates, row, i) || !specification_has(bundle, i))
            continue;
        if (i < row)
            return false;
        several = several || reading_is_of_profile(bundle->estimates, i) ||
                  !cells_equal(bundle->estimates, "adjustment", i, row);
    }
    return several;
}

static int specification_plan(struct bundle *bundle, struct figures *figures)
{
    const size_t before = figures->n;

    for (size_t i = 0; i < cell_rows(bundle->estimates) && figures->n - before < FIGURES_MAX; i++)
        if (is_first(bundle, i) && plan_one(bundle, figures, i) != 0)
            return -1;
    return 0;
}

const struct figure_kind figure_specification = {"specification", specification_plan, specification_draw};
