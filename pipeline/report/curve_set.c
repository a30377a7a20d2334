/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/curve_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static bool same_picture(const struct table *curves, size_t row, size_t other)
{
    return rows_agree(curves, "analysis outcome population adjustment stratum measure cause", row, other);
}

static struct curve *find_curve(struct bundle *bundle, struct curve_set *set, size_t row)
{
    const struct table *curves = bundle->curves;

    for (size_t k = 0; k < set->n; k++)
        if (cell_is(curves, "arm", row, set->curves[k].arm))
            return &set->curves[k];
    if (set->n == SERIES_MAX) {
        set->n_arms_left_out++;
        return NULL;
    }
    set->curves[set->n].arm = cell_text(bundle->pool, curves, "arm", row);
    return &set->curves[set->n++];
}

static int add_point(struct curve *curve, const struct table *curves, size_t row)
{
    struct curve_point *points = curve->points;

    if ((curve->n & (curve->n - 1)) == 0) { /* full at every power of two */
        points = reallocate(points, curve->n == 0 ? 1 : 2 * curve->n, sizeof *points);
        if (points == NULL)
            return -1;
        curve->points = points;
    }
    points[curve->n++] = (struct curve_point){
        .time = cell_real(curves, "time", row),
        .estimate = cell_real(curves, "estimate", row),
        .conf_low = cell_real(curves, "conf_low", row),
        .conf_high = cell_real(curves, "conf_high", row),
        .n_risk = cell_integer(curves, "n_risk", row),
        .n_censor = cell_integer(curves, "n_censor", row),
    };
    return 0;
}

static void find_extent(struct curve_set *set)
{
    set->lowest = 1;
    for (size_t k = 0; k < set->n; k++)
        for (size_t i = 0; i < set->curves[k].n; i++) {
            const struct curve_point *point = &set->curves[k].points[i];

            set->last = fmax(set->last, point->time);
            set->highest = fmax(set->highest, fmax(point->estimate, point->conf_high));
            set->lowest = fmin(set->lowest, fmin(point->estimate, point->conf_low));
        }
}

/* Four fifths event-free and more would fill the upper rim of a whole axis. */
double curve_set_floor(const struct curve_set *set)
{
    const double step = set->lowest > 0.95 ? 0.01 : 0.05;

    return set->lowest < 0.8 ? 0 : fmin(floor(set->lowest / step + 1e-9) * step, 0.95);
}

double curve_end(const struct curve *curve)
{
    return curve->n == 0 ? 0 : curve->points[curve->n - 1].time;
}

static int64_t all_at_risk(const struct bundle *bundle, const struct curve_set *set, double day)
{
    int64_t sum = 0;

    for (size_t k = 0; k < set->n; k++) {
        int64_t n = curve_n_risk(bundle, &set->curves[k], day);

        sum += n == MISSING_INTEGER ? 0 : n;
    }
    return sum;
}

/* The last day of the estimates of this outcome. */
static double last_day_asked(struct bundle *bundle, size_t row)
{
    const char *outcome = cell_text(bundle->pool, bundle->curves, "outcome", row);
    double last = 0;

    for (size_t i = 0; i < cell_rows(bundle->estimates); i++)
        if (cell_is(bundle->estimates, "outcome", i, outcome))
            last = fmax(last, cell_real(bundle->estimates, "time", i));
    return last;
}

static void find_end(struct bundle *bundle, size_t row, struct curve_set *set)
{
    int64_t start = all_at_risk(bundle, set, 0);

    set->shown_to = last_day_asked(bundle, row);
    for (size_t k = 0; k < set->n; k++)
        for (size_t i = 0; i < set->curves[k].n; i++) {
            double day = set->curves[k].points[i].time;

            if (day > set->shown_to && 20 * all_at_risk(bundle, set, day) >= start)
                set->shown_to = day;
        }
    set->shown_to = fmin(set->shown_to, set->last);
    if (bundle->threshold > 0 || !(set->shown_to > 0)) /* coarse curves have no tails */
        set->shown_to = set->last > 0 ? set->last : 1;
}

int curve_set_read(struct bundle *bundle, size_t row, struct curve_set *set)
{
    const struct table *curves = bundle->curves;

    memset(set, 0, sizeof *set);
    set->is_survival = cell_is(curves, "measure", row, "survival");
    for (size_t i = 0; i < curves->n_rows; i++) {
        struct curve *curve;

        if (!same_picture(curves, row, i) || (curve = find_curve(bundle, set, i)) == NULL)
            continue;
        if (add_point(curve, curves, i) != 0) {
            curve_set_free(set);
            return -1;
        }
    }
    find_extent(set);
    find_end(bundle, row, set);
    return 0;
}

void curve_set_free(struct curve_set *set)
{
    for (size_t k = 0; k < set->n; k++)
        free(set->curves[k].points);
    set->n = 0;
}

const struct curve_point *curve_at(const struct bundle *bundle, const struct curve *curve, double day)
{
    const struct curve_point *found = NULL;

    if (bundle->threshold > 0 && curve->n > 0 && curve->points[curve->n - 1].time < day)
        return NULL;
    for (size_t i = 0; i < curve->n && curve->points[i].time <= day; i++)
        found = &curve->points[i];
    return found;
}

int64_t curve_n_risk(const struct bundle *bundle, const struct curve *curve, double day)
{
    for (size_t i = 0; i < curve->n; i++)
        if (curve->points[i].time >= day)
            return curve->points[i].n_risk;
    return bundle->threshold > 0 ? MISSING_INTEGER : 0;
}
