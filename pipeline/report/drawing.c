/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/drawing.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
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
    return 0;
}

/* ---- blocks ---------------------------------------------------------------------------------------------------- */

/* Where the next row of a block goes; NULL without memory, which drawing_end() tells. */
static FILE *block_row(struct drawing *drawing, struct block *block)
{
    if (block->stream == NULL)
        block->stream = open_memstream(&block->bytes, &block->length);
    else if (block->is_broken)
        fputc('\n', block->stream);
    block->is_broken = false;
    drawing->failed |= block->stream == NULL;
    return block->stream;
}

static void block_free(struct block *block)
{
    if (block->stream != NULL)
        fclose(block->stream);
    free(block->bytes);
}

void drawing_abandon(struct drawing *drawing)
{
    for (size_t k = 0; k < N_TEXTS; k++)
        block_free(&drawing->texts[k]);
    block_free(&drawing->lines);
    for (size_t k = 0; k < N_LAYERS; k++)
        for (size_t s = 0; s < N_STROKES; s++)
            block_free(&drawing->shapes[k][s]);
    *drawing = (struct drawing){.stem = NULL};
}

/* The sum of 2^k over the blocks that have rows. */
static unsigned blocks_used(const struct block *blocks, size_t n)
{
    unsigned sum = 0;

    for (size_t k = 0; k < n; k++)
        sum |= blocks[k].stream != NULL ? 1u << k : 0;
    return sum;
}

/* The blocks that have rows, each but the first after two empty lines. */
static int blocks_join(struct block *blocks, size_t n, bool is_first, FILE *out)
{
    for (size_t k = 0; k < n; k++) {
        if (blocks[k].stream == NULL)
            continue;
        if (fflush(blocks[k].stream) != 0)
            return -1;
        if (!is_first)
            fputs("\n\n", out);
        is_first = false;
        if (fwrite(blocks[k].bytes, 1, blocks[k].length, out) != blocks[k].length)
            return -1;
    }
    return 0;
}

/* ---- texts and lines ------------------------------------------------------------------------------------------- */

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
    FILE *const row = block_row(drawing, &drawing->texts[3 * (size_t)align + (size_t)face]);
    if (row == NULL)
        return;
    fprintf(row, "%.3f\t%.3f\t", x, y);
    write_cell(row, text);
    fprintf(row, "\t%d\n", ink == INK_BLACK ? 0 : 0x595959);
}

void drawing_line(struct drawing *drawing, double x1, double y1, double x2, double y2, int pen)
{
    FILE *const row = block_row(drawing, &drawing->lines);

    drawing->n_lines++;
    if (row != NULL)
        fprintf(row, "%.3f\t%.3f\t%.3f\t%.3f\t%d\n", x1, y1, x2 - x1, y2 - y1, pen);
}

/* ---- layers ---------------------------------------------------------------------------------------------------- */

/* Where the next row of a shade or stroke goes; a row of another one between two ends the shape. */
static FILE *layer_row(struct drawing *drawing, enum layer layer, size_t style)
{
    struct block *const block = &drawing->shapes[layer][style];

    if (drawing->last[layer] != (int)style)
        block->is_broken = true;
    drawing->last[layer] = (int)style;
    drawing->n_shapes[layer]++;
    return block_row(drawing, block);
}

void drawing_band_to(struct drawing *drawing, enum layer layer, double x, double low, double high, size_t shade)
{
    FILE *const row = layer_row(drawing, layer, shade);

    if (row != NULL)
        fprintf(row, "%.3f\t%.3f\t%.3f\n", x, low, high);
}

void drawing_path_to(struct drawing *drawing, double x, double y, size_t stroke)
{
    FILE *const row = layer_row(drawing, LAYER_PATHS, stroke);

    if (row != NULL)
        fprintf(row, "%.3f\t%.3f\n", x, y);
}

void drawing_break(struct drawing *drawing, enum layer layer)
{
    for (size_t s = 0; s < N_STROKES; s++)
        drawing->shapes[layer][s].is_broken = true;
}

void drawing_box(struct drawing *drawing, double x1, double y1, double x2, double y2, int colour)
{
    FILE *const row = layer_row(drawing, LAYER_BOXES, 0);

    if (row != NULL)
        fprintf(row, "%.3f\t%.3f\t%.3f\t%.3f\t%d\n", (x1 + x2) / 2, (y1 + y2) / 2, fabs(x2 - x1) / 2, fabs(y2 - y1) / 2,
                colour);
}

void drawing_point(struct drawing *drawing, double x, double y, int shape, double size, int colour)
{
    FILE *const row = layer_row(drawing, LAYER_POINTS, 0);

    if (row != NULL)
        fprintf(row, "%.3f\t%.3f\t%.2f\t%d\t%d\n", x, y, size, shape, colour);
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

int drawing_table(const struct drawing *drawing, const char *name, const char *bytes, size_t length)
{
    if (drawing->stem[0] == '\0') /* there was no memory for it, and the file would be written where the program stands */
        return -1;
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

/* A table of blocks, after a first one that is given ("": none). */
static int write_blocks(struct drawing *drawing, const char *name, const char *first, struct block *blocks, size_t n,
                        struct block *last)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *const stream = open_memstream(&bytes, &length);
    int status = -1;

    if (stream == NULL)
        return fail_memory();
    fputs(first, stream);
    if (blocks_join(blocks, n, first[0] == '\0', stream) == 0 && (last == NULL || blocks_join(last, 1, false, stream) == 0))
        status = 0;
    if (fclose(stream) != 0 || status != 0)
        status = fail_memory();
    else
        status = drawing_table(drawing, name, bytes, length);
    free(bytes);
    return status;
}

static int write_tables(struct drawing *drawing)
{
    static const char *const names[N_LAYERS] = {"bands", "areas", "paths", "boxes", "points"};
    const struct panel *p = &drawing->panel;
    const char *layout = pool_format(
        drawing->pool, "%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.9g\t%.9g\t%.9g\t%.9g\t%zu\t%d\t%u\t%u\t%u\t%u\t%zu\t%zu\t%zu\n",
        drawing->width, drawing->height, p->left, p->right, p->bottom, p->top, p->x_min, p->x_max, p->y_min, p->y_max,
        drawing->n_series, p->log_x ? 1 : 0, blocks_used(drawing->texts, N_TEXTS),
        blocks_used(drawing->shapes[LAYER_BANDS], N_STROKES), blocks_used(drawing->shapes[LAYER_AREAS], N_STROKES),
        blocks_used(drawing->shapes[LAYER_PATHS], N_STROKES), drawing->n_shapes[LAYER_BOXES], drawing->n_shapes[LAYER_POINTS],
        drawing->n_lines);

    if (drawing->failed)
        return fail_memory();
    if (write_blocks(drawing, "sheet", layout, drawing->texts, N_TEXTS, &drawing->lines) != 0)
        return -1;
    for (size_t k = 0; k < N_LAYERS; k++)
        if (drawing->n_shapes[k] > 0 && write_blocks(drawing, names[k], "", drawing->shapes[k], N_STROKES, NULL) != 0)
            return -1;
    return 0;
}

int drawing_end(struct drawing *drawing)
{
    const int status = write_tables(drawing);

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
