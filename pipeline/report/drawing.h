/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * drawing.h - one figure at one size: the tables that its gnuplot template reads.
 *
 * A figure is drawn at two sizes, `wide` (183 mm, two journal columns) and `narrow` (89 mm, one column, and a
 * telephone).  C lays it out in millimetres from the lower left corner; gnuplot draws.  All text is a cell of a
 * table and never a part of a command, so no label can do anything but be seen:
 *
 *     NUMBER-SIZE-sheet.tsv    blocks, apart by two empty lines:
 *         layout               width height left right bottom top x_min x_max y_min y_max n_series log_x, which texts, shades of
 *                              bands and of areas and strokes of paths there are (the sum of 2^number), how many boxes, points
 *                              and lines
 *         texts                x y text colour: a block for each number 3 * align + face that occurs
 *         lines                x y dx dy style: an arrow style of plots/style.gp
 *     NUMBER-SIZE-LAYER.tsv    shapes in millimetres (enum layer), for the templates that draw layers: a block for each shade
 *                              or stroke that occurs, so that gnuplot reads what it draws and chooses nothing
 *     NUMBER-SIZE-NAME.tsv     whatever else the template asks for, by drawing_table()
 */
#ifndef REPORT_DRAWING_H
#define REPORT_DRAWING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "report/pool.h"

enum align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTRE };
enum face { FACE_SMALL, FACE_NORMAL, FACE_BOLD };
enum ink { INK_BLACK, INK_GREY };

/** Arrow styles of plots/style.gp; PEN_SERIES + k is the line of series k, PEN_WHISKER + k an unbroken, PEN_TICK + k a
 *  thin one of its colour. */
enum pen {
    PEN_AXIS = 1,
    PEN_GRID,
    PEN_RULE,
    PEN_ZERO,
    PEN_MARGIN,
    PEN_FLOW,
    PEN_LEADER,
    PEN_MEDIAN,
    PEN_SERIES = 11,
    PEN_WHISKER = 31,
    PEN_TICK = 51
};
enum { SERIES_MAX = 12 };

/** Shapes that a template draws in the order it likes; each a table of its own, in millimetres. */
enum layer {
    LAYER_BANDS,  /* x low high: pale and transparent; a break ends one */
    LAYER_AREAS,  /* the same, opaque */
    LAYER_PATHS,  /* x y: polygonal lines; a break ends one */
    LAYER_BOXES,  /* x y dx dy colour: filled, by middle and half sides */
    LAYER_POINTS, /* x y size shape colour */
    N_LAYERS
};

/** Shades of bands and areas: 0 .. 7 the colours of series, then greys. */
enum shade { SHADE_GREY = 8, SHADE_PALE, N_SHADES };

/** Strokes of paths: 0 .. 11 the lines of series, then these. */
enum stroke {
    STROKE_LIMIT_95 = 12, /* dashed grey */
    STROKE_LIMIT_998,     /* grey */
    STROKE_CENTRE,        /* thin black */
    STROKE_THIN,          /* thin dark grey */
    STROKE_FAINT,         /* thin pale grey */
    STROKE_HELD,          /* thin black, dashed */
    N_STROKES
};

/** Shapes of points, gnuplot's numbers. */
enum point_shape { POINT_OPEN_CIRCLE = 6, POINT_DOT = 7, POINT_SQUARE = 5, POINT_DIAMOND = 13, POINT_OPEN_DIAMOND = 12 };

enum { COLOUR_BLACK = 0x000000, COLOUR_GREY = 0x595959, COLOUR_PALE = 0xBBBBBB };

/** The colour of series k, and the shape of its points. */
int series_colour(size_t k);
int series_shape(size_t k);

struct panel {
    double left, right, bottom, top; /* millimetres from the left and lower edge of the figure */
    double x_min, x_max, y_min, y_max;
    bool log_x, log_y; /* log_y: for panels whose data are drawn in millimetres */
};

enum { N_TEXTS = 9 }; /* align and face */

/** Rows of one kind. */
struct block {
    FILE *stream; /* NULL until something is drawn there */
    char *bytes;
    size_t length;
    bool is_broken; /* an empty line is due before the next row */
};

struct drawing {
    struct pool *pool;
    const char *stem;   /* of the tables' paths: FOLDER/NUMBER-SIZE */
    const char *size;   /* "wide" or "narrow" */
    double width, height;
    struct panel panel;
    size_t n_series;
    struct block texts[N_TEXTS], lines, shapes[N_LAYERS][N_STROKES]; /* the growing tables */
    size_t n_lines, n_shapes[N_LAYERS]; /* of shapes, or corners of them */
    int last[N_LAYERS];                 /* which shade or stroke came last */
    bool failed;                        /* without memory, which drawing_end() tells */
};

double face_points(enum face face);
double face_width(enum face face, const char *text); /* millimetres */

int drawing_start(struct drawing *drawing, struct pool *pool, const char *stem, const char *size, double width);

/** Text with its middle at height y; shortened to max millimetres (0: as long as it is). */
void drawing_text(struct drawing *drawing, double x, double y, enum align align, enum face face, enum ink ink,
                  const char *text, double max);
void drawing_line(struct drawing *drawing, double x1, double y1, double x2, double y2, int pen);

/** The next corner of a band or an area (layer), of a path.  A shape ends with drawing_break(). */
void drawing_band_to(struct drawing *drawing, enum layer layer, double x, double low, double high, size_t shade);
void drawing_path_to(struct drawing *drawing, double x, double y, size_t stroke);
void drawing_break(struct drawing *drawing, enum layer layer);

void drawing_box(struct drawing *drawing, double x1, double y1, double x2, double y2, int colour);
void drawing_point(struct drawing *drawing, double x, double y, int shape, double size, int colour);

/** Writes another table of this size: NAME without number, size and suffix. -1 after telling. */
int drawing_table(const struct drawing *drawing, const char *name, const char *bytes, size_t length);

/** Writes layout, text and lines, and frees.  -1 after telling. */
int drawing_end(struct drawing *drawing);
void drawing_abandon(struct drawing *drawing);

/** Panel coordinates to millimetres. */
double panel_x(const struct panel *panel, double x);
double panel_y(const struct panel *panel, double y);

#endif
