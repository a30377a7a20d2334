/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/curve_marks.h"

#include <math.h>

/* Millimetres: half a tick, and the least room between two, so that each can be told from the next. */
#define TICK_HALF 0.8
#define TICK_PITCH 0.5

static bool is_tick(const struct curve_set *set, const struct curve_point *point)
{
    return point->n_censor != MISSING_INTEGER && point->n_censor > 0 && point->time > 0 && point->time <= set->shown_to;
}

bool curve_marks_has_censored(const struct curve_set *set)
{
    for (size_t k = 0; k < set->n; k++)
        for (size_t i = 0; i < set->curves[k].n; i++)
            if (is_tick(set, &set->curves[k].points[i]))
                return true;
    return false;
}

/* The first time at which a survival curve is at most one half; NaN: not within the picture. */
static double median_of(const struct curve_set *set, const struct curve *curve)
{
    for (size_t i = 0; set->is_survival && i < curve->n && curve->points[i].time <= set->shown_to; i++)
        if (curve->points[i].estimate <= 0.5)
            return curve->points[i].time;
    return NAN;
}

/* Lines to the medians of many curves are a thicket. */
bool curve_marks_has_median(const struct curve_set *set)
{
    for (size_t k = 0; k < set->n && set->n <= BANDS_MAX; k++)
        if (isfinite(median_of(set, &set->curves[k])))
            return true;
    return false;
}

static void draw_ticks(const struct curve_set *set, struct drawing *d)
{
    const struct panel *p = &d->panel;

    for (size_t k = 0; k < set->n; k++) {
        double last = -INFINITY;

        for (size_t i = 0; i < set->curves[k].n; i++) {
            const struct curve_point *point = &set->curves[k].points[i];
            const double x = panel_x(p, point->time), y = panel_y(p, point->estimate);

            if (!is_tick(set, point) || x - last < TICK_PITCH)
                continue;
            drawing_line(d, x, y - TICK_HALF, x, y + TICK_HALF, PEN_TICK + (int)k);
            last = x;
        }
    }
}

/* From one half across to the last curve that meets it, and down from each. */
static void draw_medians(const struct curve_set *set, struct drawing *d)
{
    const struct panel *p = &d->panel;
    double last = 0;

    for (size_t k = 0; k < set->n; k++) {
        const double median = median_of(set, &set->curves[k]);

        if (!isfinite(median))
            continue;
        last = fmax(last, median);
        drawing_line(d, panel_x(p, median), panel_y(p, 0.5), panel_x(p, median), p->bottom, PEN_MEDIAN);
    }
    if (last > 0)
        drawing_line(d, p->left, panel_y(p, 0.5), panel_x(p, last), panel_y(p, 0.5), PEN_MEDIAN);
}

void curve_marks_draw(const struct curve_set *set, bool ticks, struct drawing *drawing)
{
    if (ticks)
        draw_ticks(set, drawing);
    if (curve_marks_has_median(set))
        draw_medians(set, drawing);
}
