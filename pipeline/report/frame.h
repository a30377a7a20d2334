/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * frame.h - axes around a panel, and keys: what figures with panels have in common.
 *
 * Panels are laid out in millimetres; a figure may have many (struct panel, drawing.h).  Ticks stand at numbers a person
 * would choose (axis.h), as many as their labels have room for.
 */
#ifndef REPORT_FRAME_H
#define REPORT_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "report/drawing.h"

enum { FRAME_TICKS_MAX = 16 };

struct frame_axis {
    double low, high;
    bool log;
    size_t n;
    double ticks[FRAME_TICKS_MAX];
    int digits;     /* of the labels */
    double scale;   /* a label is scale times its tick: 100 for per cent */
    bool is_plain;  /* labels as short as they can be (log axes) */
};

/** Ticks of a linear axis from low to high (low < high) with at most n_max steps. */
struct frame_axis frame_axis(double low, double high, size_t n_max, double scale);

/** ... of days: a calendar's steps when `days`; ... of ratios, low > 0. */
struct frame_axis frame_time_axis(double high, size_t n_max, bool days);
struct frame_axis frame_log_axis(double low, double high, size_t n_max);

/** Widens an axis so that it begins and ends at a tick; for linear axes. */
void frame_round(struct frame_axis *axis, size_t n_max);

/** Sets the panel's limits along x, y to the axis'. */
void frame_set_x(struct panel *panel, const struct frame_axis *axis);
void frame_set_y(struct panel *panel, const struct frame_axis *axis);

/** The widest label of the axis, in millimetres. */
double frame_label_width(struct drawing *drawing, const struct frame_axis *axis);

/** Axis line, ticks and labels below the panel; grid: lines through the panel. title "" none: it takes 4 mm more. */
void frame_x(struct drawing *drawing, const struct panel *panel, const struct frame_axis *axis, bool grid,
             const char *title);

/** Labels to the left of the panel, lines of the grid through it; the lowest is the x axis' and left to it. */
void frame_y(struct drawing *drawing, const struct panel *panel, const struct frame_axis *axis);

enum { FRAME_X_ROOM = 5, FRAME_TITLE_ROOM = 4 }; /* millimetres below a panel */

/** A bold title at the upper left corner, in as many lines as it needs (at most four), and the height it takes. */
void frame_title(struct drawing *drawing, const char *title);
double frame_title_height(struct drawing *drawing, const char *title);

/** One entry of a key. */
struct frame_key {
    const char *text;
    int pen;     /* a line with this pen; 0 none */
    int shape;   /* else a point of this shape; 0 none */
    int colour;  /* of point or box */
    bool box;    /* else a box */
};

enum { FRAME_KEY_LINE = 4 };

/** Keys in rows from (left, top) downwards, as many a row as fit until right.  Both return the height of the rows. */
double frame_keys(struct drawing *drawing, double left, double right, double top, const struct frame_key *keys, size_t n);
double frame_keys_height(double left, double right, const struct frame_key *keys, size_t n);

/** Is it the size of one column? */
bool frame_is_narrow(const struct drawing *drawing);

/** Text in at most n_max lines broken at blanks, from height top downwards; their height.  draws: else only measured. */
double frame_lines(struct drawing *drawing, double left, double top, double width, enum face face, enum ink ink,
                   const char *text, size_t n_max, bool draws);

#endif
