/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/dots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/axis.h"
#include "report/frame.h"
#include "report/text_width.h"
#include "report/words.h"

enum { LONG_LIST = 40, TICKS_MAX = 9, GAP = 3, HEADING_LINES_MAX = 3 };

#define LINE 3.6
#define ABOVE_HEADING 2.4

struct ticks {
    size_t n;
    double at[TICKS_MAX];
};

struct columns {
    bool narrow;
    double label, value, extra; /* widths in millimetres */
    double row;                 /* height */
};

struct dot *dots_add(struct dots *dots)
{
    if (dots->n == dots->capacity) {
        size_t capacity = dots->capacity == 0 ? 16 : 2 * dots->capacity;
        struct dot *items = reallocate(dots->items, capacity, sizeof *items);

        if (items == NULL)
            return NULL;
        dots->items = items;
        dots->capacity = capacity;
    }
    dots->items[dots->n] = (struct dot){
        .label = "", .estimate = NAN, .conf_low = NAN, .conf_high = NAN, .value = "", .extra = "", .margin = NAN};
    return &dots->items[dots->n++];
}

void dots_free(struct dots *dots)
{
    free(dots->items);
    dots->items = NULL;
    dots->n = dots->capacity = 0;
}

static void stretch(double x, double *low, double *high)
{
    if (isfinite(x)) {
        *low = fmin(*low, x);
        *high = fmax(*high, x);
    }
}

/* From the rows; an interval far longer than the others' is cut rather than letting it squeeze them. */
static void find_range(struct dots *dots, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < dots->n; i++) {
        stretch(dots->items[i].estimate, low, high);
        stretch(dots->items[i].conf_low, low, high);
        stretch(dots->items[i].conf_high, low, high);
        stretch(dots->items[i].margin, low, high);
    }
    stretch(dots->zero, low, high);
    if (!(*low < *high)) {
        *low = dots->log_x ? 0.5 : isfinite(*low) ? *low - 1 : 0;
        *high = dots->log_x ? 2 : *low + 2;
    }
    if (isfinite(dots->low))
        *low = dots->low;
    if (isfinite(dots->high))
        *high = dots->high;
    if (dots->log_x) {
        *low = fmax(axis_log_floor(*low / 1.02), 1.0 / 64) / 1.02;
        *high = fmin(1 / axis_log_floor(1 / (*high * 1.02)), 64) * 1.02;
    } else {
        double room = 0.03 * (*high - *low);

        *low -= isfinite(dots->low) ? 0 : room;
        *high += isfinite(dots->high) ? 0 : room;
    }
}

static size_t find_ticks(const struct dots *dots, double low, double high, size_t n_max, double *ticks)
{
    double step;
    size_t n = 0;

    if (dots->log_x && (n = axis_log_ticks(low, high, ticks, n_max)) >= 3)
        return n;
    n = 0; /* less than half a decade: even steps name it better */
    step = axis_step(high - low, dots->log_x ? (n_max < 7 ? n_max : 7) : n_max);
    for (double k = ceil(low / step - 1e-9); k * step <= high + 1e-9 * step && n < n_max; k++)
        ticks[n++] = k == 0 ? 0 : k * step; /* no -0 */
    return n;
}

static struct columns measure_columns(const struct dots *dots, const struct drawing *drawing)
{
    /* Long lists are set closer, so that they stay on a page. */
    struct columns columns = {.narrow = strcmp(drawing->size, "narrow") == 0, .row = dots->n > LONG_LIST ? 3.9 : 4.6};

    columns.value = face_width(FACE_NORMAL, dots->value_title);
    columns.extra = face_width(FACE_NORMAL, dots->extra_title);
    for (size_t i = 0; i < dots->n; i++) {
        const struct dot *dot = &dots->items[i];

        if (dot->heading != NULL)
            continue;
        columns.label = fmax(columns.label, face_width(FACE_NORMAL, dot->label) + 2);
        columns.value = fmax(columns.value, face_width(FACE_NORMAL, dot->value));
        columns.extra = fmax(columns.extra, face_width(FACE_NORMAL, dot->extra));
    }
    columns.label = fmin(columns.label, 76);
    columns.value = fmin(columns.value, 50);
    columns.extra = fmin(columns.extra, 36);
    if (columns.narrow)
        columns.row = dots->n > LONG_LIST ? 7.4 : 8.2;
    return columns;
}

/* Grid and zero from height low to high of the panel. */
static void draw_grid(const struct dots *dots, struct drawing *d, const struct ticks *ticks, double low, double high)
{
    const struct panel *p = &d->panel;

    for (size_t i = 0; i < ticks->n; i++)
        drawing_line(d, panel_x(p, ticks->at[i]), p->bottom + low, panel_x(p, ticks->at[i]), p->bottom + high,
                     PEN_GRID);
    if (isfinite(dots->zero) && dots->zero >= p->x_min && dots->zero <= p->x_max)
        drawing_line(d, panel_x(p, dots->zero), p->bottom + low, panel_x(p, dots->zero), p->bottom + high, PEN_ZERO);
}

static void draw_axis(const struct dots *dots, struct drawing *d, struct ticks *ticks)
{
    const struct panel *p = &d->panel;
    double room = face_width(FACE_SMALL, "0000") + 2, axis = p->bottom - 0.5;
    size_t n_max = (size_t)fmin(fmax((p->right - p->left) / room, 3), TICKS_MAX);

    ticks->n = find_ticks(dots, p->x_min, p->x_max, n_max, ticks->at);
    drawing_line(d, p->left, axis, p->right, axis, PEN_AXIS);
    for (size_t i = 0; i < ticks->n; i++) {
        double x = panel_x(p, ticks->at[i]);
        bool fine = ticks->n > 1 && ticks->at[1] - ticks->at[0] < 0.99;

        drawing_line(d, x, axis, x, axis - 1.1, PEN_AXIS);
        drawing_text(
            d, x, axis - 2.8, ALIGN_CENTRE, FACE_SMALL, INK_BLACK,
            dots->log_x ? words_plain(d->pool, ticks->at[i]) : words_fixed(d->pool, ticks->at[i], fine ? 1 : 0), 0);
    }
    drawing_text(d, 0.3, p->bottom - 7.1, ALIGN_LEFT, FACE_SMALL, INK_GREY, dots->axis_title, d->width - 1);
    drawing_text(d, 0.3, p->bottom - 10.4, ALIGN_LEFT, FACE_SMALL, INK_GREY, dots->footnote, d->width - 1);
}

static double cut(double x, const struct panel *panel)
{
    return fmin(fmax(x, panel->x_min), panel->x_max);
}

static void draw_diamond(const struct dot *dot, struct drawing *d, double y)
{
    const struct panel *p = &d->panel;
    const double middle = panel_x(p, cut(dot->estimate, p));
    const double left = isfinite(dot->conf_low) ? panel_x(p, cut(dot->conf_low, p)) : middle - 1;
    const double right = isfinite(dot->conf_high) ? panel_x(p, cut(dot->conf_high, p)) : middle + 1;

    drawing_band_to(d, LAYER_AREAS, left, y, y, 6);
    drawing_band_to(d, LAYER_AREAS, middle, y - 1.3, y + 1.3, 6);
    drawing_band_to(d, LAYER_AREAS, right, y, y, 6);
    drawing_break(d, LAYER_AREAS);
}

/* One row whose lower edge is at y (millimetres in the panel); the dot's height goes to the table. */
static void draw_row(const struct dot *dot, struct drawing *d, const struct columns *columns, double y, FILE *rows)
{
    const struct panel *p = &d->panel;
    double line = p->bottom + y + (columns->narrow ? columns->row / 4 + 0.2 : columns->row / 2);
    double text = columns->narrow ? p->bottom + y + columns->row * 0.72 : line;
    double right = d->width - 0.3;

    drawing_text(d, columns->narrow ? 0.3 : 2, text, ALIGN_LEFT, FACE_NORMAL, INK_BLACK, dot->label,
                 columns->narrow ? d->width - columns->extra - GAP : columns->label);
    if (dot->extra[0] != '\0')
        drawing_text(d, right, text, ALIGN_RIGHT, FACE_NORMAL, INK_BLACK, dot->extra, columns->extra);
    drawing_text(d, columns->narrow || columns->extra == 0 ? right : right - columns->extra - GAP, line, ALIGN_RIGHT,
                 FACE_NORMAL, isfinite(dot->estimate) ? INK_BLACK : INK_GREY, dot->value, columns->value);
    if (isfinite(dot->margin)) {
        double x = panel_x(p, cut(dot->margin, p)), half = columns->narrow ? 1.9 : columns->row / 2;

        drawing_line(d, x, line - half, x, line + half, PEN_MARGIN);
    }
    if (dot->summary && isfinite(dot->estimate)) {
        draw_diamond(dot, d, line);
        return;
    }
    if (dot->only_interval && isfinite(dot->conf_low) && isfinite(dot->conf_high)) {
        drawing_line(d, panel_x(p, cut(dot->conf_low, p)), line, panel_x(p, cut(dot->conf_high, p)), line, PEN_ZERO);
        return;
    }
    if (isfinite(dot->estimate))
        fprintf(rows, "%.9g\t%.3f\t%.9g\t%.9g\t%zu\n", cut(dot->estimate, p), line - p->bottom,
                cut(isfinite(dot->conf_low) ? dot->conf_low : dot->estimate, p),
                cut(isfinite(dot->conf_high) ? dot->conf_high : dot->estimate, p), dot->series);
}

static double title_height(const struct dots *dots, struct drawing *d)
{
    return dots->title == NULL ? 0 : frame_title_height(d, dots->title);
}

static void draw_titles(const struct dots *dots, struct drawing *d, const struct columns *columns)
{
    double y = d->height - title_height(dots, d) - 2.6, right = d->width - 0.3;

    if (dots->title != NULL)
        frame_title(d, dots->title);

    if (!columns->narrow && columns->extra > 0) {
        drawing_text(d, right, y, ALIGN_RIGHT, FACE_SMALL, INK_GREY, dots->extra_title, columns->extra);
        right -= columns->extra + GAP;
    }
    drawing_text(d, right, y, ALIGN_RIGHT, FACE_SMALL, INK_GREY, dots->value_title, 0);
}

/* Lines of a heading, broken at blanks; returns how many, and draws them below height y when drawing. */
static size_t heading_lines(const char *heading, struct drawing *d, double y, bool draws)
{
    size_t n = 0;

    while (heading[0] != '\0' && n < HEADING_LINES_MAX) {
        size_t length = text_line_length(heading, face_points(FACE_BOLD), true, d->width - 1);
        bool last = n + 1 == HEADING_LINES_MAX;

        if (draws)
            drawing_text(d, 0.3, y - LINE * ((double)n + 0.5), ALIGN_LEFT, FACE_BOLD, INK_BLACK,
                         last ? heading : pool_copy(d->pool, heading, length), d->width - 1);
        heading += last ? strlen(heading) : length;
        heading += strspn(heading, " ");
        n++;
    }
    return n;
}

static double heading_height(const char *heading, struct drawing *d)
{
    return ABOVE_HEADING + LINE * (double)heading_lines(heading, d, 0, false);
}

/*
 * Rows from the top down.  Lines of the grid are broken where text is: at headings, and in the narrow size at the
 * labels that stand above their dots.
 */
static void draw_rows(const struct dots *dots, struct drawing *d, const struct columns *columns,
                      const struct ticks *ticks, FILE *rows)
{
    double y = d->panel.y_max;

    for (size_t i = 0; i < dots->n; i++) {
        const struct dot *dot = &dots->items[i];

        if (dot->heading != NULL) {
            heading_lines(dot->heading, d, d->panel.bottom + y - ABOVE_HEADING, true);
            y -= heading_height(dot->heading, d);
        } else {
            y -= columns->row;
            draw_grid(dots, d, ticks, y, y + (columns->narrow ? columns->row * 0.52 : columns->row));
            draw_row(dot, d, columns, y, rows);
        }
    }
}

static void place_panel(const struct dots *dots, struct drawing *drawing, const struct columns *columns)
{
    struct panel *panel = &drawing->panel;
    double height = 0, extra = columns->extra > 0 ? columns->extra + GAP : 0;

    for (size_t i = 0; i < dots->n; i++)
        height += dots->items[i].heading != NULL ? heading_height(dots->items[i].heading, drawing) : columns->row;
    panel->left = columns->narrow ? 2 : fmax(columns->label + GAP, 22);
    panel->right = drawing->width - columns->value - GAP - (columns->narrow ? 0 : extra) - 0.5;
    panel->bottom = dots->footnote[0] == '\0' ? 8.8 : 12.2;
    panel->top = panel->bottom + height;
    panel->y_min = 0;
    panel->y_max = height; /* heights in the panel are millimetres */
    drawing->height = panel->top + 4.5 + title_height(dots, drawing);
}

static int lay_out(struct dots *dots, struct drawing *drawing)
{
    struct columns columns = measure_columns(dots, drawing);
    struct ticks ticks;
    char *bytes = NULL;
    size_t length = 0;
    FILE *rows = open_memstream(&bytes, &length);
    int status;

    if (rows == NULL)
        return fail_memory();
    fputs("nan\tnan\tnan\tnan\t0\n", rows); /* a figure of summaries alone has no other row */
    place_panel(dots, drawing, &columns);
    drawing->panel.log_x = dots->log_x;
    find_range(dots, &drawing->panel.x_min, &drawing->panel.x_max);
    draw_titles(dots, drawing, &columns);
    draw_axis(dots, drawing, &ticks);
    draw_rows(dots, drawing, &columns, &ticks, rows);
    status = fclose(rows) == 0 ? drawing_table(drawing, "rows", bytes, length) : fail_memory();
    free(bytes);
    return status;
}

static bool is_wanted(const struct dot *dot)
{
    return isfinite(dot->margin) || dot->summary;
}

static int append(struct dots *dots, const struct dot *from)
{
    struct dot *const to = dots_add(dots);

    if (to == NULL)
        return -1;
    *to = *from;
    return 0;
}

/* The rows that are drawn of a list that is too long; a heading goes before the first of its rows. */
static int choose(const struct dots *dots, struct dots *chosen)
{
    size_t room[2] = {DOTS_DRAWN_MAX, DOTS_DRAWN_MAX}; /* for rows that are not wanted, and that are */
    const struct dot *heading = NULL;

    for (size_t i = 0; i < dots->n; i++)
        if (dots->items[i].heading == NULL && is_wanted(&dots->items[i]) && room[0] > 0)
            room[0]--;
    for (size_t i = 0; i < dots->n; i++) {
        const struct dot *const from = &dots->items[i];

        if (from->heading != NULL) {
            heading = from;
            continue;
        }
        if (room[is_wanted(from)] == 0)
            continue;
        room[is_wanted(from)]--;
        if ((heading != NULL && append(chosen, heading) != 0) || append(chosen, from) != 0)
            return -1;
        heading = NULL;
    }
    return 0;
}

int dots_draw(struct dots *dots, struct drawing *drawing)
{
    struct dots chosen = *dots;
    size_t n_rows = 0;
    int status;

    for (size_t i = 0; i < dots->n; i++)
        n_rows += dots->items[i].heading == NULL;
    if (n_rows <= DOTS_DRAWN_MAX)
        return lay_out(dots, drawing);
    chosen.n = chosen.capacity = 0;
    chosen.items = NULL;
    chosen.footnote = pool_format(drawing->pool, "%s%s%d of %zu rows are drawn; the figure's table has all", dots->footnote,
                                  dots->footnote[0] == '\0' ? "" : ". ", DOTS_DRAWN_MAX, n_rows);
    status = choose(dots, &chosen) == 0 ? lay_out(&chosen, drawing) : -1;
    dots_free(&chosen);
    return status;
}
