/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/frame.h"

#include <math.h>
#include <string.h>

#include "report/axis.h"
#include "report/text_width.h"
#include "report/words.h"

enum { KEY_SIGN = 6, KEY_GAP = 5, TITLE_LINES = 4 };

#define LINE 3.6

bool frame_is_narrow(const struct drawing *drawing)
{
    return strcmp(drawing->size, "narrow") == 0;
}

/* ---- axes ------------------------------------------------------------------------------------------------------ */

static void set_ticks(struct frame_axis *axis, double step)
{
    const double shown = step * axis->scale;

    axis->digits = shown < 0.0099 ? 3 : shown < 0.099 ? 2 : shown < 0.99 ? 1 : 0;
    if (shown > 1 && fabs(shown - round(shown)) > 1e-9)
        axis->digits = 1;
    axis->n = 0;
    for (double k = ceil(axis->low / step - 1e-9); k * step <= axis->high + 1e-9 * step && axis->n < FRAME_TICKS_MAX; k++)
        axis->ticks[axis->n++] = k == 0 ? 0 : k * step; /* no -0 */
}

static size_t some(size_t n_max)
{
    return n_max < 2 ? 2 : n_max > FRAME_TICKS_MAX - 2 ? FRAME_TICKS_MAX - 2 : n_max;
}

struct frame_axis frame_axis(double low, double high, size_t n_max, double scale)
{
    struct frame_axis axis = {.low = low, .high = high, .scale = scale};

    set_ticks(&axis, axis_step((high - low) * scale, some(n_max)) / scale);
    return axis;
}

struct frame_axis frame_time_axis(double high, size_t n_max, bool days)
{
    struct frame_axis axis = {.low = 0, .high = high, .scale = 1};

    set_ticks(&axis, axis_time_step(high, some(n_max), days));
    return axis;
}

struct frame_axis frame_log_axis(double low, double high, size_t n_max)
{
    struct frame_axis axis = {.low = low, .high = high, .scale = 1, .log = true, .is_plain = true};

    axis.n = axis_log_ticks(low, high, axis.ticks, some(n_max));
    if (axis.n < 3) { /* less than half a decade: even steps name it better */
        const double step = axis_step(high - low, some(n_max));

        axis.n = 0;
        for (double k = ceil(low / step); k * step <= high && axis.n < FRAME_TICKS_MAX; k++)
            axis.ticks[axis.n++] = k * step;
    }
    return axis;
}

void frame_round(struct frame_axis *axis, size_t n_max)
{
    const double step = axis_step((axis->high - axis->low) * axis->scale, some(n_max)) / axis->scale;

    axis->low = step * floor(axis->low / step + 1e-9);
    axis->high = step * ceil(axis->high / step - 1e-9);
    set_ticks(axis, step);
}

void frame_set_x(struct panel *panel, const struct frame_axis *axis)
{
    panel->x_min = axis->low;
    panel->x_max = axis->high;
    panel->log_x = axis->log;
}

void frame_set_y(struct panel *panel, const struct frame_axis *axis)
{
    panel->y_min = axis->low;
    panel->y_max = axis->high;
    panel->log_y = axis->log;
}

static const char *label_of(struct drawing *drawing, const struct frame_axis *axis, size_t k)
{
    const double value = axis->scale * axis->ticks[k];

    if (axis->is_plain)
        return words_plain(drawing->pool, value);
    return fabs(value) >= 1000 && axis->digits == 0 ? words_count(drawing->pool, llround(value))
                                                   : words_fixed(drawing->pool, value, axis->digits);
}

double frame_label_width(struct drawing *drawing, const struct frame_axis *axis)
{
    double width = 0;

    for (size_t k = 0; k < axis->n; k++)
        width = fmax(width, face_width(FACE_SMALL, label_of(drawing, axis, k)));
    return width;
}

void frame_x(struct drawing *d, const struct panel *panel, const struct frame_axis *axis, bool grid, const char *title)
{
    drawing_line(d, panel->left, panel->bottom, panel->right, panel->bottom, PEN_AXIS);
    for (size_t k = 0; k < axis->n; k++) {
        const double x = panel_x(panel, axis->ticks[k]);

        if (grid)
            drawing_line(d, x, panel->bottom, x, panel->top, PEN_GRID);
        drawing_line(d, x, panel->bottom, x, panel->bottom - 1.1, PEN_AXIS);
        drawing_text(d, x, panel->bottom - 2.9, ALIGN_CENTRE, FACE_SMALL, INK_BLACK, label_of(d, axis, k), 0);
    }
    if (title[0] != '\0') {
        /* Beneath the panel's middle, unless the title is wider than there is room for. */
        const double half = fmin(face_width(FACE_NORMAL, title), d->width - 0.6) / 2, middle = (panel->left + panel->right) / 2;

        drawing_text(d, fmin(fmax(middle, half + 0.3), d->width - half - 0.3), panel->bottom - 6.8, ALIGN_CENTRE,
                     FACE_NORMAL, INK_BLACK, title, d->width - 0.6);
    }
}

void frame_y(struct drawing *d, const struct panel *panel, const struct frame_axis *axis)
{
    for (size_t k = 0; k < axis->n; k++) {
        const double y = panel_y(panel, axis->ticks[k]);

        if (y > panel->bottom + 0.05)
            drawing_line(d, panel->left, y, panel->right, y, PEN_GRID);
        drawing_text(d, panel->left - 1.5, y, ALIGN_RIGHT, FACE_SMALL, INK_BLACK, label_of(d, axis, k), 0);
    }
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

double frame_lines(struct drawing *d, double left, double top, double width, enum face face, enum ink ink,
                   const char *text, size_t n_max, bool draws)
{
    size_t n = 0;

    while (text[0] != '\0' && n < n_max) {
        const size_t size = n + 1 == n_max ? strlen(text)
                                               : text_line_length(text, face_points(face), face == FACE_BOLD, width);

        if (draws)
            drawing_text(d, left, top - LINE * ((double)n + 0.5), ALIGN_LEFT, face, ink, pool_copy(d->pool, text, size),
                         width);
        text += size;
        text += strspn(text, " ");
        n++;
    }
    return LINE * (double)n;
}

double frame_title_height(struct drawing *d, const char *title)
{
    return 2.2 + frame_lines(d, 0.3, 0, d->width - 0.6, FACE_BOLD, INK_BLACK, title, TITLE_LINES, false);
}

void frame_title(struct drawing *d, const char *title)
{
    frame_lines(d, 0.3, d->height - 1.2, d->width - 0.6, FACE_BOLD, INK_BLACK, title, TITLE_LINES, true);
}

/* ---- keys ------------------------------------------------------------------------------------------------------ */

static void draw_key(struct drawing *d, double x, double y, const struct frame_key *key, double room)
{
    if (key->box) {
        drawing_box(d, x + 0.2, y - 1.2, x + KEY_SIGN - 1, y + 1.2, key->colour);
        for (int side = -1; side <= 1; side += 2)
            drawing_line(d, x + 0.2, y + side * 1.2, x + KEY_SIGN - 1, y + side * 1.2, PEN_RULE);
    }
    if (key->pen != 0)
        drawing_line(d, x, y, x + KEY_SIGN, y, key->pen);
    if (key->shape != 0)
        drawing_point(d, x + KEY_SIGN / 2.0, y, key->shape, 0.6, key->colour);
    drawing_text(d, x + KEY_SIGN + 1.2, y, ALIGN_LEFT, FACE_NORMAL, INK_BLACK, key->text, room);
}

static double place_keys(struct drawing *d, double left, double right, double top, const struct frame_key *keys, size_t n)
{
    double x = left, y = top - FRAME_KEY_LINE / 2.0;

    for (size_t k = 0; k < n; k++) {
        const double room = right - left - KEY_SIGN - 1.2, text = fmin(face_width(FACE_NORMAL, keys[k].text), room);

        if (x > left && x + KEY_SIGN + 1.2 + text > right) {
            x = left;
            y -= FRAME_KEY_LINE;
        }
        if (d != NULL)
            draw_key(d, x, y, &keys[k], room);
        x += KEY_SIGN + 1.2 + text + KEY_GAP;
    }
    return n == 0 ? 0 : top - y + FRAME_KEY_LINE / 2.0;
}

double frame_keys(struct drawing *drawing, double left, double right, double top, const struct frame_key *keys, size_t n)
{
    return place_keys(drawing, left, right, top, keys, n);
}

double frame_keys_height(double left, double right, const struct frame_key *keys, size_t n)
{
    return place_keys(NULL, left, right, 0, keys, n);
}
