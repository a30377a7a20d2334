/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/dashboard_chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/axis.h"
#include "report/words.h"

/* The drawing in units of its own; the script has the same. */
enum { WIDTH = 480, HEIGHT = 300, LEFT = 74, RIGHT = 468, TOP = 14, BOTTOM = 246, CURVE_POINTS = 60 };

static const double z_near = 1.959963984540054, z_far = 3.090232306167813;

struct frame {
    struct html *html;
    struct pool *pool;
    const struct dashboard_question *measure;
    double x_most, y_least, y_most;
};

static double x_of(const struct frame *frame, double x)
{
    return LEFT + (RIGHT - LEFT) * x / frame->x_most;
}

static double y_of(const struct frame *frame, double y)
{
    const double within = fmin(fmax(y, frame->y_least), frame->y_most);

    return BOTTOM - (BOTTOM - TOP) * (within - frame->y_least) / (frame->y_most - frame->y_least);
}

static const char *number(struct pool *pool, double x)
{
    return pool_format(pool, "%.1f", x);
}

static void line(const struct frame *frame, const char *class_name, double x1, double y1, double x2, double y2)
{
    html_start(frame->html, "line", "class", class_name, "x1", number(frame->pool, x1), "y1", number(frame->pool, y1), "x2",
               number(frame->pool, x2), "y2", number(frame->pool, y2), NULL);
    html_end(frame->html);
}

static void label(const struct frame *frame, const char *anchor, double x, double y, const char *text)
{
    html_start(frame->html, "text", "text-anchor", anchor, "x", number(frame->pool, x), "y", number(frame->pool, y), NULL);
    html_text(frame->html, text);
    html_end(frame->html);
}

/* The largest value that there can be. */
static double ceiling(const struct frame *frame)
{
    return frame->measure->is_rate ? INFINITY : 1;
}

/* Widens to whole steps; at least five points (half an event per 1,000) high. */
static void settle_y(struct frame *frame)
{
    double step;

    if (!(frame->y_most > frame->y_least)) {
        frame->y_least = fmax(frame->y_least - 2.5 / dashboard_scale(frame->measure) / (frame->measure->is_rate ? 10 : 1), 0);
        frame->y_most = fmin(frame->y_least + 5 / dashboard_scale(frame->measure) / (frame->measure->is_rate ? 10 : 1), ceiling(frame));
    }
    step = axis_step(frame->y_most - frame->y_least, 5);
    frame->y_least = fmax(floor(frame->y_least / step + 1e-9) * step, 0);
    frame->y_most = fmin(ceil(frame->y_most / step - 1e-9) * step, ceiling(frame));
}

static void draw_y(const struct frame *frame)
{
    const double step = axis_step(frame->y_most - frame->y_least, 5), scale = dashboard_scale(frame->measure);
    const int digits = step * scale > 0.99 ? 0 : step * scale > 0.099 ? 1 : 2;

    for (double y = frame->y_least; y < frame->y_most + step / 2; y += step) {
        line(frame, "grid", LEFT, y_of(frame, y), RIGHT, y_of(frame, y));
        label(frame, "end", LEFT - 6, y_of(frame, y) + 5,
              pool_format(frame->pool, "%s%s", words_fixed(frame->pool, scale * y, digits), frame->measure->is_rate ? "" : "\xc2\xa0%"));
    }
}

static void start(struct frame *frame, const char *name, size_t measure, const char *title, const char *description)
{
    struct html *html = frame->html;
    const char *id = pool_format(frame->pool, "%s-%zu", name, measure);

    html_start(html, "svg", "class", "chart", "id", id, "viewBox", frame->measure->is_rate ? "0 -20 480 320" : "0 0 480 300", "role", "img", "aria-labelledby",
               pool_format(frame->pool, "%s-title %s-desc", id, id), NULL);
    html_start(html, "title", "id", pool_format(frame->pool, "%s-title", id), NULL);
    html_text(html, title);
    html_end(html);
    html_start(html, "desc", "id", pool_format(frame->pool, "%s-desc", id), NULL);
    html_text(html, description);
    html_end(html);
    if (frame->measure->is_rate)
        label(frame, "start", 4, -4, words_capital(frame->pool, dashboard_per(frame->pool, frame->measure)));
}

/* A circle, or a triangle that points to where it lies outside of the limits. */
static void point(const struct frame *frame, double x, double y, int side, const char *name)
{
    const double px = x_of(frame, x), py = y_of(frame, y);

    if (side == 0)
        html_start(frame->html, "circle", "class", "point", "cx", number(frame->pool, px), "cy", number(frame->pool, py), "r",
                   "3.5", NULL);
    else
        html_start(frame->html, "path", "class", "out", "d",
                   pool_format(frame->pool, "M%.1f %.1fl6 %dh-12z", px, py - 6 * side, 11 * side), NULL);
    if (name != NULL)
        html_line(frame->html, "title", name);
    html_end(frame->html);
}

/* ---- funnel ---------------------------------------------------------------------------------------------------- */

struct unit {
    double people, share;
    int place;
};

/*
 * 0 when the programme cannot be placed.  Its size is the number of people (the time) of a programme without case mix that
 * would be as precise.
 */
static bool place_unit(const struct dashboard_question *measure, const struct dashboard_cell *cell, double overall, struct unit *unit)
{
    if (cell->withheld || cell->n == 0 || !(cell->variance > 0) || !(overall > 0 && (measure->is_rate || overall < 1)))
        return false;
    unit->people = cell->expected * cell->expected / cell->variance * (measure->is_rate ? 1 : 1 - overall) / overall;
    unit->share = overall * (double)cell->n_event / cell->expected;
    if (!measure->is_rate)
        unit->share = fmin(unit->share, 1);
    unit->place = dashboard_place(cell);
    return true;
}

static double limit(const struct frame *frame, double overall, double phi, double people, double z)
{
    const double spread = frame->measure->is_rate ? overall : overall * (1 - overall);

    return fmin(fmax(overall + z * sqrt(phi * spread / people), 0), ceiling(frame));
}

static void draw_limits(const struct frame *frame, double overall, double phi)
{
    static const struct {
        const char *class_name;
        double z;
    } kinds[] = {{"far", -z_far}, {"far", z_far}, {"near", -z_near}, {"near", z_near}};

    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const char *path = "";
        for (size_t i = 0; i <= CURVE_POINTS; i++) {
            /* Closer together where the curve bends. */
            const double people = frame->x_most * fmax((double)i * (double)i / (CURVE_POINTS * CURVE_POINTS), 1e-3);
            path = pool_format(frame->pool, "%s%s%.1f %.1f", path, i == 0 ? "M" : "L", x_of(frame, people),
                               y_of(frame, limit(frame, overall, phi, people, kinds[k].z)));
        }
        html_start(frame->html, "path", "class", kinds[k].class_name, "d", path, NULL);
        html_end(frame->html);
    }
    line(frame, "centre", LEFT, y_of(frame, overall), RIGHT, y_of(frame, overall));
}

static void draw_people(const struct frame *frame)
{
    const double step = axis_step(frame->x_most, 4);

    for (double x = 0; x <= frame->x_most * (1 + 1e-9); x += step)
        label(frame, "middle", x_of(frame, x), BOTTOM + 20, words_count(frame->pool, (int64_t)x));
    label(frame, "middle", (LEFT + RIGHT) / 2., HEIGHT - 12,
          frame->measure->is_rate ? pool_format(frame->pool, "Person-%s, adjusted", frame->measure->time_units)
                                  : "Number of people, adjusted");
}

bool dashboard_funnel(struct html *html, const struct dashboard *d, size_t m)
{
    struct frame frame = {.html = html, .pool = d->pool, .measure = &d->measures[m], .y_least = INFINITY, .x_most = 1};
    const double overall = dashboard_value(dashboard_at(d, m, 0, 0)), phi = dashboard_dispersion(&d->measures[m]);
    size_t n = 0, outside = 0;
    struct unit unit;

    for (size_t p = 1; p <= d->n_programmes; p++)
        if (place_unit(&d->measures[m], dashboard_at(d, m, p, 0), overall, &unit)) {
            n++;
            outside += abs(unit.place) == 2;
            frame.x_most = fmax(frame.x_most, unit.people * 1.05);
            frame.y_least = fmin(frame.y_least, unit.share);
            frame.y_most = fmax(frame.y_most, unit.share);
        }
    if (n == 0) {
        html_line_class(html, "p", "quiet", "No programme can be placed in a funnel.");
        return false;
    }
    frame.y_least = fmin(frame.y_least, limit(&frame, overall, phi, frame.x_most / 6, -z_far));
    frame.y_most = fmax(frame.y_most, limit(&frame, overall, phi, frame.x_most / 6, z_far));
    settle_y(&frame);
    start(&frame, "funnel", m, pool_format(d->pool, "Funnel: %s", d->measures[m].label),
          pool_format(d->pool,
                      "%zu programmes: %s, adjusted for who came, against %s; %zu outside the 99.8 %% limits. The numbers "
                      "are in the table below.",
                      n, d->measures[m].is_rate ? "rate of events" : "share of people",
                      d->measures[m].is_rate ? "the time under observation" : "the number of people", outside));
    draw_y(&frame);
    draw_people(&frame);
    draw_limits(&frame, overall, phi);
    for (size_t p = 1; p <= d->n_programmes; p++)
        if (place_unit(&d->measures[m], dashboard_at(d, m, p, 0), overall, &unit))
            point(&frame, unit.people, unit.share, unit.place / 2, dashboard_programme(d, p));
    html_end(html);
    return true;
}

/* ---- control chart ------------------------------------------------------------------------------------------------ */

static void draw_periods(const struct frame *frame, const struct dashboard *d)
{
    const size_t n = d->n_periods, middle = (n + 1) / 2;

    label(frame, "start", LEFT, BOTTOM + 20, d->periods[0]);
    if (n >= 5)
        label(frame, "middle", x_of(frame, (double)middle - 0.5), BOTTOM + 20, d->periods[middle - 1]);
    if (n > 1)
        label(frame, "end", RIGHT, BOTTOM + 20, d->periods[n - 1]);
    label(frame, "middle", (LEFT + RIGHT) / 2., HEIGHT - 12, "Period of entry");
}

/* A limit is a stair, a step a period; what is missing and a new phase break it. */
static void draw_stair(const struct frame *frame, const struct dashboard *d, size_t m, bool upper)
{
    const char *path = "";
    int64_t phase = MISSING_INTEGER; /* of the step before, where there is one */

    for (size_t q = 1; q <= d->n_periods; q++) {
        const struct dashboard_cell *cell = dashboard_at(d, m, 0, q);
        const double y = upper ? cell->high : cell->low;
        const bool is_there = !isnan(y) && !cell->withheld;
        if (is_there && cell->phase == phase)
            path = pool_format(d->pool, "%sV%.1fH%.1f", path, y_of(frame, y), x_of(frame, (double)q));
        else if (is_there)
            path = pool_format(d->pool, "%sM%.1f %.1fH%.1f", path, x_of(frame, (double)q - 1), y_of(frame, y),
                               x_of(frame, (double)q));
        phase = is_there ? cell->phase : MISSING_INTEGER;
    }
    if (path[0] == '\0')
        return;
    html_start(frame->html, "path", "class", "far", "d", path, NULL);
    html_end(frame->html);
}

/*
 * The centre of each phase, unbroken over its baseline and dashed where it is held; a rule where a phase begins.  What is
 * withheld interrupts nothing: the centre is that of the phase.
 */
static void draw_centres(const struct frame *frame, const struct dashboard *d, size_t m)
{
    size_t end;

    for (size_t first = 1; first <= d->n_periods; first = end) {
        const struct dashboard_cell *start = dashboard_at(d, m, 0, first);
        double centre = start->centre;

        for (end = first + 1; end <= d->n_periods; end++) {
            const struct dashboard_cell *cell = dashboard_at(d, m, 0, end);
            if (cell->phase != start->phase || cell->in_baseline != start->in_baseline)
                break;
            centre = isnan(centre) ? cell->centre : centre;
        }
        if (!isnan(centre))
            line(frame, start->in_baseline ? "centre" : "held", x_of(frame, (double)first - 1), y_of(frame, centre),
                 x_of(frame, (double)end - 1), y_of(frame, centre));
        if (first > 1 && dashboard_at(d, m, 0, first - 1)->phase != start->phase)
            line(frame, "phase", x_of(frame, (double)first - 1), TOP, x_of(frame, (double)first - 1), BOTTOM);
    }
}

static void draw_course(const struct frame *frame, const struct dashboard *d, size_t m)
{
    const char *path = "";
    bool broken = true;

    for (size_t q = 1; q <= d->n_periods; q++) {
        const double share = dashboard_value(dashboard_at(d, m, 0, q));
        if (!isnan(share))
            path = pool_format(d->pool, "%s%s%.1f %.1f", path, broken ? "M" : "L", x_of(frame, (double)q - 0.5),
                               y_of(frame, share));
        broken = isnan(share);
    }
    html_start(frame->html, "path", "class", "course", "d", path, NULL);
    html_end(frame->html);
}

static size_t find_extent(const struct dashboard *d, size_t m, struct frame *frame)
{
    size_t n = 0;

    for (size_t q = 1; q <= d->n_periods; q++) {
        const struct dashboard_cell *cell = dashboard_at(d, m, 0, q);
        const double share = dashboard_value(cell);
        if (isnan(share))
            continue;
        n++;
        frame->y_least = fmin(frame->y_least, fmin(share, cell->low)); /* fmin and fmax pass over what is missing */
        frame->y_most = fmax(frame->y_most, fmax(share, cell->high));
    }
    return n;
}

bool dashboard_control(struct html *html, const struct dashboard *d, size_t m)
{
    struct frame frame = {
        .html = html, .pool = d->pool, .measure = &d->measures[m], .y_least = INFINITY, .x_most = (double)d->n_periods};
    size_t signals = 0, n = find_extent(d, m, &frame);

    if (n == 0) {
        html_line_class(html, "p", "quiet", "No period has numbers that can be shown.");
        return false;
    }
    for (size_t q = 1; q <= d->n_periods; q++)
        signals += dashboard_at(d, m, 0, q)->signal[0] != '\0';
    settle_y(&frame);
    start(&frame, "control", m, pool_format(d->pool, "Over time: %s", d->measures[m].label),
          pool_format(d->pool, "All programmes, %zu periods; %zu of them stand out. The numbers are in the table below.", n,
                      signals));
    draw_y(&frame);
    draw_periods(&frame, d);
    draw_stair(&frame, d, m, false);
    draw_stair(&frame, d, m, true);
    draw_centres(&frame, d, m);
    draw_course(&frame, d, m);
    for (size_t q = 1; q <= d->n_periods; q++) {
        const struct dashboard_cell *cell = dashboard_at(d, m, 0, q);
        const bool above = dashboard_value(cell) > cell->centre;
        if (!isnan(dashboard_value(cell)))
            point(&frame, (double)q - 0.5, dashboard_value(cell), cell->signal[0] == '\0' ? 0 : above ? 1 : -1,
                  pool_format(d->pool, "%s: %s", d->periods[q - 1],
                              dashboard_words(d->pool, &d->measures[m], dashboard_value(cell))));
    }
    html_end(html);
    return true;
}
