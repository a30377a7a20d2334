/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programme_charts.h - control charts of programmes: their rows in order of periods, and one chart in a panel.
 *
 * Points are the shares (rates) of the periods; centre and limits are those of the released table.  Each phase has its own
 * centre (stats/control_chart.h): unbroken over the periods it is taken from, dashed where it is held; a rule marks where a
 * phase begins.
 */
#ifndef REPORT_PROGRAMME_CHARTS_H
#define REPORT_PROGRAMME_CHARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/bundle.h"
#include "report/drawing.h"
#include "report/frame.h"

enum { CHARTS_MAX = 12 };

/** One programme's rows of `programmes`, in order of periods. */
struct chart {
    size_t measure;  /* row of programme_measures */
    size_t whole;    /* its row over all periods */
    size_t n;
    size_t *rows;    /* [n] */
    int64_t people;
    size_t n_signals;
};

struct charts {
    size_t n, n_left_out;
    struct chart *items; /* the largest first */
    double lowest, highest; /* of all shares and limits */
};

/** all: the chart of all programmes; else those of the CHARTS_MAX largest single ones.  -1 after telling. */
int charts_read(struct bundle *bundle, size_t measure, bool all, struct charts *charts);
void charts_free(struct charts *charts);

/** The share, or the rate, of a period; NaN where nobody was due. */
double chart_value(const struct table *cells, size_t row);

/** The chart in its panel, whose x runs from 0 to n: a period each.  small: for small multiples. */
void chart_draw(const struct table *cells, const struct chart *chart, struct drawing *drawing, const struct panel *panel, bool small);

/** The axis of periods below it, with as many names as fit. */
void chart_draw_periods(struct bundle *bundle, const struct chart *chart, struct drawing *drawing, const struct panel *panel);

#endif
