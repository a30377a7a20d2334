/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * drawing.h - one figure at one size: the tables that its gnuplot template reads.
 *
 * A figure is drawn at two sizes, `wide` (183 mm, two journal columns) and `narrow` (89 mm, one column, and a
 * telephone).  C lays it out in millimetres from the lower left corner; gnuplot draws.  All text is a cell of a
 * table and never a part of a command, so no label can do anything but be seen:
 *
 *     NUMBER-SIZE-layout.tsv   width height left right bottom top x_min x_max y_min y_max n_series log_x
 *     NUMBER-SIZE-text.tsv     x y align face colour text     align 0 left, 1 right, 2 centre;
 *                                                                      face 0 small, 1 normal, 2 bold
 *     NUMBER-SIZE-lines.tsv    x y dx dy style                style: an arrow style of plots/style.gp
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

/** Arrow styles of plots/style.gp; PEN_SERIES + k is the line of series k = 0 .. SERIES_MAX - 1. */
enum pen { PEN_AXIS = 1, PEN_GRID, PEN_RULE, PEN_ZERO, PEN_MARGIN, PEN_FLOW, PEN_LEADER, PEN_SERIES = 11 };
enum { SERIES_MAX = 12 };

struct panel {
    double left, right, bottom, top; /* millimetres from the left and lower edge of the figure */
    double x_min, x_max, y_min, y_max;
    bool log_x;
};

struct drawing {
    struct pool *pool;
    const char *stem;   /* of the tables' paths: FOLDER/NUMBER-SIZE */
    const char *size;   /* "wide" or "narrow" */
    double width, height;
    struct panel panel;
    size_t n_series;
    char *text, *lines; /* the growing tables */
    size_t text_length, lines_length;
    FILE *text_stream, *lines_stream;
};

double face_points(enum face face);
double face_width(enum face face, const char *text); /* millimetres */

int drawing_start(struct drawing *drawing, struct pool *pool, const char *stem, const char *size, double width);

/** Text with its middle at height y; shortened to max millimetres (0: as long as it is). */
void drawing_text(struct drawing *drawing, double x, double y, enum align align, enum face face, enum ink ink,
                  const char *text, double max);
void drawing_line(struct drawing *drawing, double x1, double y1, double x2, double y2, int pen);

/** Writes another table of this size: NAME without number, size and suffix. -1 after telling. */
int drawing_table(const struct drawing *drawing, const char *name, const char *bytes, size_t length);

/** Writes layout, text and lines, and frees.  -1 after telling. */
int drawing_end(struct drawing *drawing);
void drawing_abandon(struct drawing *drawing);

/** Panel coordinates to millimetres. */
double panel_x(const struct panel *panel, double x);
double panel_y(const struct panel *panel, double y);

#endif
