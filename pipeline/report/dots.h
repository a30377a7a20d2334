/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * dots.h - rows of a dot and its interval with text columns beside: what forests and risks have in common.
 */
#ifndef REPORT_DOTS_H
#define REPORT_DOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "report/drawing.h"

struct dot {
    const char *heading;   /* not NULL: this row is a heading */
    const char *label;
    double estimate, conf_low, conf_high; /* in units of the axis; NaN: no dot */
    const char *value;     /* "-26.3 (-33.5 to -18.8)" */
    const char *extra;     /* a last column: verdict, or counts; "" none */
    double margin;         /* on the axis; NaN: none */
    size_t series;         /* 0 .. SERIES_MAX - 1 */
    bool summary;          /* of the rows above: a diamond as wide as the interval */
    bool only_interval;    /* a prediction: whiskers without a dot */
};

struct dots {
    size_t n, capacity;
    struct dot *items;
    double zero;           /* of no difference, on the axis; NaN: not drawn */
    bool log_x;
    double low, high;      /* of the axis; NaN: found from the rows */
    const char *axis_title, *value_title, *extra_title;
    const char *footnote;  /* below the axis title; "" none */
    const char *title;     /* above all; NULL: the headings say what it is */
};

/** Rows of estimates as rows of dots: what forests share (dots_estimates.c). */
struct bundle;
int dots_add_estimate(struct bundle *bundle, struct dots *dots, size_t row, const char *label);
int dots_add_heading(struct dots *dots, const char *heading);

/** Axis and column titles for a measure of differences or ratios. */
void dots_scale(struct bundle *bundle, struct dots *dots, size_t row);

/** Label, value and extra of all rows as the figure's table, in columns of these titles; "" leaves the last one out. */
struct figure;
int dots_alternative(const struct dots *dots, struct figure *figure, const char *label_title, const char *value_title,
                     const char *extra_title);

/** Appends an empty row; NULL after telling. */
struct dot *dots_add(struct dots *dots);
void dots_free(struct dots *dots);

/** More rows than this are no picture any more, and at some length gnuplot cannot draw it. */
enum { DOTS_DRAWN_MAX = 100 };

/**
 * Lays rows out, as SIZE-rows.tsv and the overlay.  Of more than DOTS_DRAWN_MAX rows those with a margin and summaries are drawn, and as
 * many of the others, from the top; the footnote says so.  -1 after telling.
 */
int dots_draw(struct dots *dots, struct drawing *drawing);

#endif
