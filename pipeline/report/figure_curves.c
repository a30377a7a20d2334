/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Survival curves and cumulative incidence: plan, words, layout. */
#include "report/figure_curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/axis.h"
#include "report/curve_marks.h"
#include "report/curve_set.h"
#include "report/frame.h"
#include "report/reading.h"
#include "report/text_width.h"
#include "report/words.h"

enum { LABEL_WIDTH = 34, KEY_WIDTH = 7, LINE = 4, TICKS_MAX = 16 };

/* What one picture needs while it is laid out. */
struct sheet {
    struct bundle *bundle;
    struct drawing *drawing;
    struct curve_set set;
    const char *title;
    bool narrow;
    double step; /* between ticks */
    size_t n_ticks;
    double ticks[TICKS_MAX];
};

static const char *label_of(const struct sheet *sheet, size_t k)
{
    return bundle_arm_label(sheet->bundle, sheet->set.curves[k].arm);
}

static double widest_label(const struct sheet *sheet, enum face face, double limit)
{
    double width = 0;

    for (size_t k = 0; k < sheet->set.n; k++)
        width = fmax(width, face_width(face, label_of(sheet, k)));
    return fmin(width, limit);
}

static double widest_count(const struct sheet *sheet)
{
    double width = 0;

    for (size_t k = 0; k < sheet->set.n; k++)
        width = fmax(width, face_width(FACE_SMALL, words_count(sheet->bundle->pool,
                                                               curve_n_risk(sheet->bundle, &sheet->set.curves[k], 0))));
    return width;
}

/* Ticks as many as their labels and the counts below them have room for. */
static void choose_ticks(struct sheet *sheet, double panel_width, const char *units)
{
    double room = fmax(widest_count(sheet), face_width(FACE_SMALL, "0000")) + 3;
    double n_max = fmin(fmax(floor(panel_width / room), 2), TICKS_MAX - 2);
    double last = sheet->set.shown_to;

    sheet->step = axis_time_step(last, (size_t)n_max, strcmp(units, "days") == 0);
    for (sheet->n_ticks = 0; sheet->n_ticks < TICKS_MAX; sheet->n_ticks++) {
        double tick = (double)sheet->n_ticks * sheet->step;

        if (tick > last * (1 + 1e-9))
            break;
        sheet->ticks[sheet->n_ticks] = tick;
    }
}

/* Rows below the axis: one an arm; in the narrow size the arm's name has a row of its own. */
static double risk_table_height(const struct sheet *sheet)
{
    return LINE + 1.0 + (double)sheet->set.n * (sheet->narrow ? 2 * 3.7 : LINE);
}

static void place_panel(struct sheet *sheet, const char *units)
{
    struct drawing *drawing = sheet->drawing;
    struct panel *panel = &drawing->panel;
    double half_count = widest_count(sheet) / 2, key_rows = sheet->narrow ? (double)sheet->set.n * LINE : 0;
    double panel_height = sheet->narrow ? 48 : 66;

    panel->left = sheet->narrow ? 10 : fmax(11, widest_label(sheet, FACE_SMALL, LABEL_WIDTH) + half_count + 3);
    panel->right = sheet->narrow ? drawing->width - fmax(half_count, 3)
                                 : drawing->width - widest_label(sheet, FACE_NORMAL, LABEL_WIDTH + 4) - KEY_WIDTH - 5;
    choose_ticks(sheet, panel->right - panel->left, units);
    panel->bottom = risk_table_height(sheet) + 9.5;
    panel->top = panel->bottom + panel_height;
    drawing->height = panel->top + key_rows + frame_title_height(drawing, sheet->title) + (sheet->narrow ? 2.2 : 0.4);
    panel->x_min = 0;
    panel->x_max = sheet->set.shown_to;
    panel->y_min = sheet->set.is_survival ? curve_set_floor(&sheet->set) : 0;
    panel->y_max = 1;
    if (!sheet->set.is_survival && sheet->set.highest <= 0.5)
        panel->y_max = fmax(0.05, ceil(sheet->set.highest * 20) / 20);
    drawing->n_series = sheet->set.n;
}

static void draw_axes(struct sheet *sheet, const char *units)
{
    struct drawing *d = sheet->drawing;
    const struct panel *p = &d->panel;
    double y_step = axis_step((p->y_max - p->y_min) * 100, 5) / 100;
    struct pool *pool = sheet->bundle->pool;

    for (size_t i = 0; p->y_min + (double)i * y_step <= p->y_max * (1 + 1e-9); i++) {
        double value = p->y_min + (double)i * y_step, y = panel_y(p, value);

        drawing_line(d, p->left, y, p->right, y, i == 0 ? PEN_AXIS : PEN_GRID);
        drawing_text(d, p->left - 1.5, y, ALIGN_RIGHT, FACE_SMALL, INK_BLACK,
                     words_fixed(pool, 100 * value, y_step < 0.0099 ? 1 : 0), 0);
    }
    for (size_t i = 0; i < sheet->n_ticks; i++) {
        double x = panel_x(p, sheet->ticks[i]);

        drawing_line(d, x, p->bottom, x, p->bottom - 1.2, PEN_AXIS);
        drawing_text(d, x, p->bottom - 3, ALIGN_CENTRE, FACE_SMALL, INK_BLACK, words_day(pool, sheet->ticks[i]), 0);
    }
    drawing_text(d, (p->left + p->right) / 2, p->bottom - 7, ALIGN_CENTRE, FACE_NORMAL, INK_BLACK,
                 pool_format(pool, "%s since time zero", words_capital(pool, units)), 0);
}

static void draw_risk_table(struct sheet *sheet)
{
    struct drawing *d = sheet->drawing;
    const struct panel *p = &d->panel;
    struct pool *pool = sheet->bundle->pool;
    double y = p->bottom - 9.5 - LINE / 2.0, pitch = sheet->narrow ? 3.7 : LINE;

    drawing_text(d, 0.3, y, ALIGN_LEFT, FACE_SMALL, INK_GREY,
                 sheet->bundle->threshold > 0 ? "At risk when the step began" : "Number at risk", 0);
    for (size_t k = 0; k < sheet->set.n; k++) {
        y -= pitch;
        drawing_text(d, 0.3, y, ALIGN_LEFT, FACE_SMALL, INK_BLACK, label_of(sheet, k),
                     sheet->narrow ? d->width : LABEL_WIDTH);
        if (sheet->narrow)
            y -= pitch;
        for (size_t i = 0; i < sheet->n_ticks; i++)
            drawing_text(d, panel_x(p, sheet->ticks[i]), y, ALIGN_CENTRE, FACE_SMALL, INK_BLACK,
                         words_count(pool, curve_n_risk(sheet->bundle, &sheet->set.curves[k], sheet->ticks[i])), 0);
    }
}

/*
 * Heights of the labels beside the ends of the curves: as near to the wanted ones as a gap between neighbours allows
 * (least squares: taking out the gaps leaves a monotone regression, solved by pooling adjacent violators).
 */
static void spread(const double *wanted, double *placed, size_t n, double low, double high, double gap)
{
    size_t order[SERIES_MAX], blocks = 0, size[SERIES_MAX];
    double mean[SERIES_MAX];

    for (size_t k = 0; k < n; k++) { /* insertion by wanted height, lowest first */
        size_t i = k;

        for (; i > 0 && wanted[order[i - 1]] > wanted[k]; i--)
            order[i] = order[i - 1];
        order[i] = k;
    }
    for (size_t i = 0; i < n; i++) {
        mean[blocks] = wanted[order[i]] - (double)i * gap;
        size[blocks++] = 1;
        for (; blocks > 1 && mean[blocks - 2] > mean[blocks - 1]; blocks--) {
            double total = (double)(size[blocks - 2] + size[blocks - 1]);

            mean[blocks - 2] =
                (mean[blocks - 2] * (double)size[blocks - 2] + mean[blocks - 1] * (double)size[blocks - 1]) / total;
            size[blocks - 2] += size[blocks - 1];
        }
    }
    for (size_t b = 0, i = 0; b < blocks; b++)
        for (size_t k = 0; k < size[b]; k++, i++)
            placed[order[i]] = fmax(low, fmin(mean[b], high - (double)(n - 1) * gap)) + (double)i * gap;
}

/* Where the drawn part of a curve ends; NULL for a curve without points. */
static const struct curve_point *end_of(const struct sheet *sheet, size_t k)
{
    const struct curve *curve = &sheet->set.curves[k];

    return curve_at(sheet->bundle, curve, fmin(curve_end(curve), sheet->set.shown_to));
}

static void draw_labels_beside(struct sheet *sheet)
{
    struct drawing *d = sheet->drawing;
    const struct panel *p = &d->panel;
    double wanted[SERIES_MAX], placed[SERIES_MAX];

    for (size_t k = 0; k < sheet->set.n; k++) {
        const struct curve_point *end = end_of(sheet, k);

        wanted[k] = panel_y(p, end == NULL ? p->y_min : end->estimate);
    }
    spread(wanted, placed, sheet->set.n, p->bottom + 1, p->top, LINE);
    for (size_t k = 0; k < sheet->set.n; k++) {
        double end = panel_x(p, fmin(curve_end(&sheet->set.curves[k]), sheet->set.shown_to));

        if (p->right - end < 8) /* a line from far inside would cross the other curves */
            drawing_line(d, end, wanted[k], p->right + 2, placed[k], PEN_LEADER);
        drawing_line(d, p->right + 2, placed[k], p->right + 2 + KEY_WIDTH, placed[k], PEN_SERIES + (int)k);
        drawing_text(d, p->right + KEY_WIDTH + 3.5, placed[k], ALIGN_LEFT, FACE_NORMAL, INK_BLACK, label_of(sheet, k),
                     LABEL_WIDTH + 4);
    }
}

static void draw_key_above(struct sheet *sheet)
{
    struct drawing *d = sheet->drawing;

    for (size_t k = 0; k < sheet->set.n; k++) {
        double y = d->height - frame_title_height(d, sheet->title) - LINE / 2.0 - (double)k * LINE;

        drawing_line(d, 0.3, y, 0.3 + KEY_WIDTH, y, PEN_SERIES + (int)k);
        drawing_text(d, KEY_WIDTH + 2, y, ALIGN_LEFT, FACE_NORMAL, INK_BLACK, label_of(sheet, k),
                     d->width - KEY_WIDTH - 3);
    }
}

/* gnuplot draws a spike where a band has no width, so such a corner has no band. */
static void write_corner(FILE *stream, double time, double estimate, double low, double high)
{
    fprintf(stream, "%.9g\t%.9g", time, estimate);
    if (low < high)
        fprintf(stream, "\t%.9g\t%.9g\n", low, high);
    else
        fputs("\tnan\tnan\n", stream);
}

/* Every step as its two corners, so that plain lines and filled bands draw it; to the end of the picture. */
static void write_steps(FILE *stream, const struct curve *curve, const struct curve_set *set)
{
    bool has_band = set->n <= BANDS_MAX;
    double estimate = set->is_survival ? 1 : 0, low = NAN, high = NAN;

    for (size_t i = 0; i < curve->n && curve->points[i].time <= set->shown_to; i++) {
        const struct curve_point *point = &curve->points[i];

        if (i > 0 || point->time > 0)
            write_corner(stream, point->time, estimate, low, high);
        estimate = point->estimate;
        low = has_band ? point->conf_low : NAN;
        high = has_band ? point->conf_high : NAN;
        write_corner(stream, point->time, estimate, low, high);
    }
    if (curve_end(curve) > set->shown_to)
        write_corner(stream, set->shown_to, estimate, low, high);
    if (curve->n == 0)
        fputs("0\tnan\tnan\tnan\n", stream);
    fputs("\n\n", stream);
}

static int write_curves(const struct sheet *sheet)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&bytes, &length);
    int status;

    if (stream == NULL)
        return fail_memory();
    for (size_t k = 0; k < sheet->set.n; k++)
        write_steps(stream, &sheet->set.curves[k], &sheet->set);
    status = fclose(stream) == 0 ? drawing_table(sheet->drawing, "curves", bytes, length) : fail_memory();
    free(bytes);
    return status;
}

/* Outcome, what distinguishes it, and what of it is drawn: a figure that stands alone says all. */
static const char *y_title(struct bundle *bundle, size_t row, bool is_survival)
{
    const char *outcome = cell_text(bundle->pool, bundle->curves, "outcome", row);
    const char *cause = cell_text(bundle->pool, bundle->curves, "cause", row);
    const char *what = "event-free";
    bool is_retention = strcmp(bundle_outcome_text(bundle, outcome, "rule"), "retention") == 0;

    if (is_survival)
        what = is_retention ? "still in treatment" : "event-free";
    else if (cause[0] == '\0' || strcmp(cause, outcome) == 0 || strcmp(cause, "event") == 0)
        what = "cumulative incidence";
    else
        what = pool_format(bundle->pool, "cumulative incidence of %s", words_spoken(bundle->pool, cause));
    return pool_format(bundle->pool, "%s%s: %s (%%)", bundle_outcome_label(bundle, outcome), reading_where(bundle, bundle->curves, row),
                       what);
}

/* The unit of the axis stays to be read where the outcome's label is too long for two lines. */
static const char *fit_title(struct drawing *drawing, const char *title)
{
    const char *rest = strrchr(title, ':');

    if (rest == NULL) /* there was no memory for it */
        return title;
    const double room = 2 * (drawing->width - 4) - face_width(FACE_BOLD, rest) - 12;
    const char *label = pool_copy(drawing->pool, title, (size_t)(rest - title));

    return pool_format(drawing->pool, "%s%s", text_shortened(drawing->pool, label, face_points(FACE_BOLD), true, room), rest);
}

static int curves_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    struct sheet sheet = {.bundle = bundle, .drawing = drawing, .narrow = strcmp(drawing->size, "narrow") == 0};
    const char *outcome = cell_text(bundle->pool, bundle->curves, "outcome", figure->row);
    const char *units = bundle_outcome_units(bundle, outcome);
    int status;

    if (curve_set_read(bundle, figure->row, &sheet.set) != 0)
        return -1;
    sheet.title = fit_title(drawing, y_title(bundle, figure->row, sheet.set.is_survival));
    place_panel(&sheet, units);
    draw_axes(&sheet, units);
    draw_risk_table(&sheet);
    if (sheet.narrow)
        draw_key_above(&sheet);
    else
        draw_labels_beside(&sheet);
    curve_marks_draw(&sheet.set, bundle->threshold == 0, drawing);
    frame_title(drawing, sheet.title);
    status = write_curves(&sheet);
    curve_set_free(&sheet.set);
    return status;
}

const struct figure_kind figure_curves = {"curves", curves_plan, curves_draw};
