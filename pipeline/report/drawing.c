/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/drawing.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "report/safe_text.h"
#include "report/text_width.h"

double face_points(enum face face)
{
    return face == FACE_SMALL ? 7 : 8;
}

double face_width(enum face face, const char *text)
{
    return text_width(text, face_points(face), face == FACE_BOLD);
}

static const struct {
    int colour, shape;
} series[SERIES_MAX] = {{0x0072B2, 7},  {0xD55E00, 5},  {0x009E73, 9}, {0xCC79A7, 13}, {0xE69F00, 11}, {0x56B4E9, 15},
                        {0x000000, 6},  {0x7F7F7F, 4},  {0x0072B2, 8}, {0xD55E00, 12}, {0x009E73, 10}, {0xCC79A7, 14}};

int series_colour(size_t k)
{
    return series[k % SERIES_MAX].colour;
}

int series_shape(size_t k)
{
    return series[k % SERIES_MAX].shape;
}

int drawing_start(struct drawing *drawing, struct pool *pool, const char *stem, const char *size, double width)
{
    *drawing = (struct drawing){.pool = pool, .stem = stem, .size = size, .width = width};
    drawing->text_stream = open_memstream(&drawing->text, &drawing->text_length);
    drawing->lines_stream = open_memstream(&drawing->lines, &drawing->lines_length);
    if (drawing->text_stream == NULL || drawing->lines_stream == NULL) {
        drawing_abandon(drawing);
        return fail("out of memory");
    }
    return 0;
}

void drawing_abandon(struct drawing *drawing)
{
    if (drawing->text_stream != NULL)
        fclose(drawing->text_stream);
    if (drawing->lines_stream != NULL)
        fclose(drawing->lines_stream);
    free(drawing->text);
    free(drawing->lines);
    for (size_t k = 0; k < N_LAYERS; k++) {
        if (drawing->layers[k].stream != NULL)
            fclose(drawing->layers[k].stream);
        free(drawing->layers[k].bytes);
    }
    *drawing = (struct drawing){.stem = NULL};
}

/*
 * gnuplot reads a cell with two of its own rules left: a backslash starts an escape, and a quote at the start a
 * quoted string.  The backslash is doubled and the quote becomes the typographic one.
 */
static void write_cell(FILE *stream, const char *text)
{
    char *safe = safe_text(text);

    for (const char *c = safe; c != NULL && *c != '\0'; c++) {
        if (*c == '\\')
            fputs("\\\\", stream);
        else if (*c == '"')
            fputs("\xe2\x80\x9d", stream);
        else
            fputc(*c, stream);
    }
    free(safe);
}

void drawing_text(struct drawing *drawing, double x, double y, enum align align, enum face face, enum ink ink,
                  const char *text, double max)
{
    if (max > 0)
        text = text_shortened(drawing->pool, text, face_points(face), face == FACE_BOLD, max);
    if (text[0] == '\0')
        return;
    fprintf(drawing->text_stream, "%.3f\t%.3f\t%d\t%d\t%d\t", x, y, (int)align, (int)face,
            ink == INK_BLACK ? 0 : 0x595959);
    write_cell(drawing->text_stream, text);
    fputc('\n', drawing->text_stream);
}

void drawing_line(struct drawing *drawing, double x1, double y1, double x2, double y2, int pen)
{
    fprintf(drawing->lines_stream, "%.3f\t%.3f\t%.3f\t%.3f\t%d\n", x1, y1, x2 - x1, y2 - y1, pen);
}

/* ---- layers ---------------------------------------------------------------------------------------------------- */

/* The stream of a layer, opened when it is first needed; NULL without memory, which drawing_end() tells. */
static FILE *layer_stream(struct drawing *drawing, enum layer layer, size_t style)
{
    if (drawing->layers[layer].stream == NULL)
        drawing->layers[layer].stream = open_memstream(&drawing->layers[layer].bytes, &drawing->layers[layer].length);
    drawing->layers[layer].n++;
    drawing->layers[layer].styles |= 1u << style;
    return drawing->layers[layer].stream;
}

void drawing_band_to(struct drawing *drawing, enum layer layer, double x, double low, double high, size_t shade)
{
    FILE *stream = layer_stream(drawing, layer, shade);

    if (stream != NULL)
        fprintf(stream, "%.3f\t%.3f\t%.3f\t%zu\n", x, low, high, shade);
}

void drawing_path_to(struct drawing *drawing, double x, double y, size_t stroke)
{
    FILE *stream = layer_stream(drawing, LAYER_PATHS, stroke);

    if (stream != NULL)
        fprintf(stream, "%.3f\t%.3f\t%zu\n", x, y, stroke);
}

void drawing_break(struct drawing *drawing, enum layer layer)
{
    if (drawing->layers[layer].stream != NULL)
        fputc('\n', drawing->layers[layer].stream);
}

void drawing_box(struct drawing *drawing, double x1, double y1, double x2, double y2, int colour)
{
    FILE *stream = layer_stream(drawing, LAYER_BOXES, 0);

    if (stream != NULL)
        fprintf(stream, "%.3f\t%.3f\t%.3f\t%.3f\t%d\n", (x1 + x2) / 2, (y1 + y2) / 2, fabs(x2 - x1) / 2,
                fabs(y2 - y1) / 2, colour);
}

void drawing_point(struct drawing *drawing, double x, double y, int shape, double size, int colour)
{
    FILE *stream = layer_stream(drawing, LAYER_POINTS, 0);

    if (stream != NULL)
        fprintf(stream, "%.3f\t%.3f\t%.2f\t%d\t%d\n", x, y, size, shape, colour);
}

static int write_layers(struct drawing *drawing)
{
    static const char *const names[N_LAYERS] = {"bands", "areas", "paths", "boxes", "points"};

    for (size_t k = 0; k < N_LAYERS; k++) {
        if (drawing->layers[k].n == 0)
            continue;
        if (drawing->layers[k].stream == NULL || fflush(drawing->layers[k].stream) != 0)
            return fail("out of memory");
        if (drawing_table(drawing, names[k], drawing->layers[k].bytes, drawing->layers[k].length) != 0)
            return -1;
    }
    return 0;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

int drawing_table(const struct drawing *drawing, const char *name, const char *bytes, size_t length)
{
    const char *path = pool_format(drawing->pool, "%s-%s.tsv", drawing->stem, name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (file < 0)
        return fail_errno("cannot write '%s'", path);
    for (size_t done = 0; done < length;) {
        ssize_t n = write(file, bytes + done, length - done);

        if (n < 0) {
            fail_errno("cannot write '%s'", path);
            close(file);
            return -1;
        }
        done += (size_t)n;
    }
    return close(file) == 0 ? 0 : fail_errno("cannot write '%s'", path);
}

int drawing_end(struct drawing *drawing)
{
    const struct panel *p = &drawing->panel;
    const char *layout =
        pool_format(drawing->pool, "%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.9g\t%.9g\t%.9g\t%.9g\t%zu\t%d\t%u\t%u\t%u\t%zu\t%zu\n",
                    drawing->width, drawing->height, p->left, p->right, p->bottom, p->top, p->x_min, p->x_max, p->y_min,
                    p->y_max, drawing->n_series, p->log_x ? 1 : 0, drawing->layers[LAYER_BANDS].styles, drawing->layers[LAYER_AREAS].styles,
                    drawing->layers[LAYER_PATHS].styles, drawing->layers[LAYER_BOXES].n, drawing->layers[LAYER_POINTS].n);
    int status = 0;

    if (fflush(drawing->text_stream) != 0 || fflush(drawing->lines_stream) != 0)
        status = fail("out of memory");
    if (status == 0)
        status = drawing_table(drawing, "layout", layout, strlen(layout));
    if (status == 0)
        status = drawing_table(drawing, "text", drawing->text, drawing->text_length);
    if (status == 0)
        status = drawing_table(drawing, "lines", drawing->lines, drawing->lines_length);
    if (status == 0)
        status = write_layers(drawing);
    drawing_abandon(drawing);
    return status;
}

double panel_x(const struct panel *panel, double x)
{
    double share = panel->log_x ? log(x / panel->x_min) / log(panel->x_max / panel->x_min)
                                : (x - panel->x_min) / (panel->x_max - panel->x_min);

    return panel->left + share * (panel->right - panel->left);
}

double panel_y(const struct panel *panel, double y)
{
    double share = panel->log_y ? log(y / panel->y_min) / log(panel->y_max / panel->y_min)
                                : (y - panel->y_min) / (panel->y_max - panel->y_min);

    return panel->bottom + share * (panel->top - panel->bottom);
}
