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
        pool_format(drawing->pool, "%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.9g\t%.9g\t%.9g\t%.9g\t%zu\t%d\n",
                    drawing->width, drawing->height, p->left, p->right, p->bottom, p->top, p->x_min, p->x_max, p->y_min,
                    p->y_max, drawing->n_series, p->log_x ? 1 : 0);
    int status = 0;

    if (fflush(drawing->text_stream) != 0 || fflush(drawing->lines_stream) != 0)
        status = fail("out of memory");
    if (status == 0)
        status = drawing_table(drawing, "layout", layout, strlen(layout));
    if (status == 0)
        status = drawing_table(drawing, "text", drawing->text, drawing->text_length);
    if (status == 0)
        status = drawing_table(drawing, "lines", drawing->lines, drawing->lines_length);
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
    return panel->bottom + (y - panel->y_min) / (panel->y_max - panel->y_min) * (panel->top - panel->bottom);
}
