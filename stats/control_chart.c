/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/control_chart.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sort.h>
#include <math.h>

/* The points of one phase. */
struct stretch {
    const double *y, *size;
    size_t first, last; /* last is the next one's first */
    size_t baseline;
    const struct control_options *options;
    struct control_point *points;
};

static bool has_size(const struct stretch *s, size_t k)
{
    return s->size[k] > 0;
}

/* ---- centre and limits ------------------------------------------------------------------------------------------- */

/* One past the last point that the centre is taken from. */
static size_t baseline_end(const struct stretch *s)
{
    size_t k = s->first;

    for (size_t n = 0; k < s->last && (s->baseline == 0 || n < s->baseline); k++)
        n += has_size(s, k);
    return k;
}

/* NAN when no point has a size. */
static double find_centre(const struct stretch *s, size_t end, double *spare)
{
    double events = 0, size = 0;
    size_t n = 0;

    for (size_t k = s->first; k < end; k++) {
        if (!has_size(s, k))
            continue;
        spare[n++] = s->y[k] / s->size[k];
        events += s->y[k];
        size += s->size[k];
    }
    if (n == 0)
        return NAN;
    if (s->options->kind != CONTROL_RUN_CHART)
        return events / size;
    gsl_sort(spare, 1, n);
    return n % 2 == 1 ? spare[n / 2] : (spare[n / 2 - 1] + spare[n / 2]) / 2;
}

static double chance(const struct stretch *s, size_t k, double centre)
{
    const double spread = s->options->kind == CONTROL_P ? centre * (1 - centre) : centre;

    return sqrt(fmax(spread, 0) / s->size[k]);
}

/* Laney's factor; 1 with fewer than two points, or where nothing varies. */
static double between_points(const struct stretch *s, size_t end, double centre)
{
    double before = NAN, total = 0;
    size_t n = 0;

    for (size_t k = s->first; k < end; k++) {
        const double sd = has_size(s, k) ? chance(s, k, centre) : 0;
        if (!(sd > 0))
            continue;
        const double z = (s->y[k] / s->size[k] - centre) / sd;
        if (!isnan(before)) {
            total += fabs(z - before);
            n++;
        }
        before = z;
    }
    return n > 0 && total > 0 ? total / (double)n / 1.128 : 1;
}

static void place_points(const struct stretch *s, double *spare)
{
    const size_t end = baseline_end(s);
    const double centre = find_centre(s, end, spare);
    const double factor = s->options->laney ? between_points(s, end, centre) : 1;

    for (size_t k = s->first; k < s->last; k++) {
        struct control_point *point = &s->points[k];
        *point = (struct control_point){NAN, centre, NAN, NAN, 0, 0, factor};
        if (!has_size(s, k))
            continue;
        point->value = s->y[k] / s->size[k];
        point->side = (point->value > centre) - (point->value < centre);
        if (s->options->kind == CONTROL_RUN_CHART)
            continue;
        const double reach = 3 * factor * chance(s, k, centre);
        point->low = fmax(centre - reach, 0);
        point->high = s->options->kind == CONTROL_P ? fmin(centre + reach, 1) : centre + reach;
        if (point->value < point->low || point->value > point->high)
            point->signals |= CONTROL_BEYOND;
    }
}

/* ---- rules ------------------------------------------------------------------------------------------------------------ */

/* Marks the points from first to last that lie on this side. */
static void mark(const struct stretch *s, size_t first, size_t last, int side, unsigned int signal)
{
    for (size_t k = first; k <= last; k++)
        if (has_size(s, k) && (side == 0 || s->points[k].side == side))
            s->points[k].signals |= signal;
}

static void find_runs(const struct stretch *s)
{
    size_t begin = s->first, n = 0;
    int side = 0;

    for (size_t k = s->first; k < s->last; k++) {
        const int here = s->points[k].side;
        if (here == 0)
            continue;
        if (here != side) {
            side = here;
            begin = k;
            n = 0;
        }
        n++;
        if (n >= s->options->run)
            mark(s, begin, k, side, CONTROL_RUN);
    }
}

static void find_trends(const struct stretch *s)
{
    size_t begin = s->first, last = s->first, n = 0;
    double before = NAN;
    int direction = 0;

    for (size_t k = s->first; k < s->last; k++) {
        const double value = s->points[k].value;
        if (isnan(value))
            continue;
        const int step = isnan(before) ? 0 : (value > before) - (value < before);
        if (isnan(before)) {
            n = 1;
        } else if (step != 0 && step == direction) {
            n++;
        } else if (step != 0) {
            direction = step;
            begin = last;
            n = 2;
        }
        if (isnan(before) || step != 0)
            last = k;
        before = value;
        if (n >= s->options->trend && step != 0)
            mark(s, begin, k, 0, CONTROL_TREND);
    }
}

/* Two of the three standard deviations to the limit, which may be cut. */
static bool is_near(const struct stretch *s, size_t k, int side)
{
    const struct control_point *point = &s->points[k];

    return point->side == side && fabs(point->value - point->centre) > 2 * point->factor * chance(s, k, point->centre);
}

static void find_near(const struct stretch *s)
{
    size_t three[3] = {0}, n = 0;

    for (size_t k = s->first; k < s->last; k++) {
        if (!has_size(s, k))
            continue;
        three[0] = three[1];
        three[1] = three[2];
        three[2] = k;
        n++;
        for (int side = -1; side <= 1; side += 2) {
            int near = 0;
            for (size_t i = n < 3 ? 3 - n : 0; i < 3; i++)
                near += is_near(s, three[i], side);
            for (size_t i = n < 3 ? 3 - n : 0; near >= 2 && i < 3; i++)
                if (is_near(s, three[i], side))
                    s->points[three[i]].signals |= CONTROL_NEAR;
        }
    }
}

static void solve_phase(const struct stretch *s, double *spare)
{
    place_points(s, spare);
    if (s->options->run > 0)
        find_runs(s);
    if (s->options->trend > 0)
        find_trends(s);
    if (s->options->near_limit && s->options->kind != CONTROL_RUN_CHART)
        find_near(s);
}

static bool is_valid(const double *y, const double *size, size_t n, enum control_kind kind)
{
    for (size_t k = 0; k < n; k++)
        if (!isfinite(y[k]) || !isfinite(size[k]) || y[k] < 0 || size[k] < 0 || (size[k] == 0 && y[k] > 0) ||
            (kind == CONTROL_P && y[k] > size[k]))
            return false;
    return true;
}

int control_chart_solve(const double *y, const double *size, size_t n, const struct control_phase *phases,
                        size_t n_phase, const struct control_options *options, double *spare,
                        struct control_point *points)
{
    if (n_phase == 0 || phases[0].first != 0 || !is_valid(y, size, n, options->kind))
        return GSL_EINVAL;
    for (size_t i = 1; i < n_phase; i++)
        if (phases[i].first <= phases[i - 1].first || phases[i].first >= n)
            return GSL_EINVAL;
    for (size_t i = 0; i < n_phase; i++) {
        const struct stretch stretch = {y, size, phases[i].first, i + 1 < n_phase ? phases[i + 1].first : n,
                                        phases[i].baseline, options, points};
        solve_phase(&stretch, spare);
    }
    return GSL_SUCCESS;
}
