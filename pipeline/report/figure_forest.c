/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A forest of what differs between arms: one figure for points, one for times, one for ratios. */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/dots.h"
#include "report/reading.h"
#include "report/text_width.h"

/* The scale and, for times, the units: rows of one figure share an axis. */
static bool same_axis(struct bundle *bundle, size_t row, size_t other)
{
    const struct table *estimates = bundle->estimates;
    enum scale scale = words_scale(cell_text(bundle->pool, estimates, "measure", row));

    if (scale != words_scale(cell_text(bundle->pool, estimates, "measure", other)))
        return false;
    return scale != SCALE_DAYS ||
           strcmp(bundle_outcome_units(bundle, cell_text(bundle->pool, estimates, "outcome", row)),
                  bundle_outcome_units(bundle, cell_text(bundle->pool, estimates, "outcome", other))) == 0;
}

/* Of adjusted numbers those that an answer rests on: all days of all adjustments would fill pages. */
static bool is_asked(struct bundle *bundle, size_t row)
{
    return cell_is(bundle->estimates, "adjustment", row, "unadjusted") || cell_is(bundle->estimates, "adjustment", row, "") ||
           reading_verdict_of(bundle, row) != NO_ROW || reading_is_headline_day(bundle, row);
}

/* How often people were looked at is a count without limits, and no effect. */
static bool is_drawn(struct bundle *bundle, size_t row)
{
    return reading_is_contrast(bundle, bundle->estimates, row) && reading_is_main(bundle, row) &&
           is_asked(bundle, row) && !reading_is_repeated(bundle, row) && !cell_is(bundle->estimates, "measure", row, "rate_ratio") &&
           words_scale(cell_text(bundle->pool, bundle->estimates, "measure", row)) != SCALE_PLAIN;
}

/* The margin as a place on the axis: a loss of that size. */
static double margin_on_axis(const struct bundle *bundle, enum scale scale, size_t verdict)
{
    double margin = cell_real(bundle->verdicts, "margin", verdict);
    bool higher = cell_is(bundle->verdicts, "worse_is", verdict, "higher");

    if (scale == SCALE_RATIO)
        return higher ? margin : 1 / margin;
    return (scale == SCALE_POINTS ? 100 : 1) * (higher ? margin : -margin);
}

/* With many comparisons at one day the day is their heading; with one or two it is part of each row. */
static bool when_is_in_heading(const struct bundle *bundle)
{
    return cell_rows(bundle->arms) > 3;
}

enum { LABEL_WIDTH = 62 };

/* Both arms stay readable where their names are too long for one row. */
static const char *short_whom(struct bundle *bundle, size_t row, const char *when)
{
    const char *whom = reading_whom(bundle, bundle->estimates, row);
    const char *arm = bundle_arm_label(bundle, cell_text(bundle->pool, bundle->estimates, "arm", row));
    const char *reference = bundle_arm_label(bundle, cell_text(bundle->pool, bundle->estimates, "reference", row));
    double room = LABEL_WIDTH - face_width(FACE_NORMAL, when) - 6, points = face_points(FACE_NORMAL);
    double half = room / 2, arm_width = face_width(FACE_NORMAL, arm),
           reference_width = face_width(FACE_NORMAL, reference);

    if (face_width(FACE_NORMAL, whom) <= room)
        return whom;
    return pool_format(bundle->pool, "%s v %s",
                       text_shortened(bundle->pool, arm, points, false, fmax(half, room - reference_width)),
                       text_shortened(bundle->pool, reference, points, false, fmax(half, room - arm_width)));
}

static int add_row(struct bundle *bundle, struct dots *dots, size_t row, enum scale scale)
{
    const struct table *estimates = bundle->estimates;
    struct pool *pool = bundle->pool;
    const char *when = when_is_in_heading(bundle) ? "" : reading_when(bundle, estimates, row);
    long verdict = reading_verdict_of(bundle, row);

    if (dots_add_estimate(bundle, dots, row,
                          pool_format(pool, "%s%s%s", short_whom(bundle, row, when), when[0] == '\0' ? "" : ", ", when)) != 0)
        return -1;
    if (verdict != NO_ROW) {
        struct dot *const dot = &dots->items[dots->n - 1];
        dot->extra = cell_text(pool, bundle->verdicts, "verdict", (size_t)verdict);
        dot->margin = margin_on_axis(bundle, scale, (size_t)verdict);
        if (strcmp(dot->extra, "undefined") == 0)
            dot->extra = WORDS_NOTHING;
    }
    return 0;
}

static const char *heading_of(struct bundle *bundle, size_t row)
{
    const struct table *estimates = bundle->estimates;
    struct pool *pool = bundle->pool;
    const char *measure = cell_text(pool, estimates, "measure", row);
    const char *when = when_is_in_heading(bundle) ? reading_when(bundle, estimates, row) : "";
    const char *outcome = bundle_outcome_label(bundle, cell_text(pool, estimates, "outcome", row));

    return pool_format(pool, "%s%s%s: %s%s", outcome, when[0] == '\0' ? "" : ", ", when,
                       words_lower(pool, words_measure(pool, measure)), reading_where(bundle, estimates, row));
}

static int collect(struct bundle *bundle, size_t first, struct dots *dots)
{
    enum scale scale = words_scale(cell_text(bundle->pool, bundle->estimates, "measure", first));
    const char *heading = "";

    for (size_t i = first; i < cell_rows(bundle->estimates); i++) {
        const char *here;

        if (!same_axis(bundle, first, i) || !is_drawn(bundle, i))
            continue;
        here = heading_of(bundle, i);
        if (strcmp(here, heading) != 0) {
            if (dots_add_heading(dots, here) != 0)
                return -1;
            heading = here;
        }
        if (add_row(bundle, dots, i, scale) != 0)
            return -1;
    }
    return 0;
}

static const char *axis_title(struct bundle *bundle, size_t row)
{
    const char *measure = cell_text(bundle->pool, bundle->estimates, "measure", row);
    const char *outcome = cell_text(bundle->pool, bundle->estimates, "outcome", row);

    switch (words_scale(measure)) {
    case SCALE_POINTS:
        return "Percentage points, first arm minus second";
    case SCALE_DAYS:
        return pool_format(bundle->pool, "%s, first arm minus second",
                           words_capital(bundle->pool, bundle_outcome_units(bundle, outcome)));
    default:
        return "Ratio of the first arm to the second, log scale";
    }
}

static bool has_margin(const struct dots *dots)
{
    for (size_t i = 0; i < dots->n; i++)
        if (isfinite(dots->items[i].margin))
            return true;
    return false;
}

static int forest_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    enum scale scale = words_scale(cell_text(bundle->pool, bundle->estimates, "measure", figure->row));
    struct dots dots = {.zero = scale == SCALE_RATIO ? 1 : 0,
                        .log_x = scale == SCALE_RATIO,
                        .low = NAN,
                        .high = NAN,
                        .value_title = scale == SCALE_RATIO ? "Ratio (95 % interval)" : "Difference (95 % interval)",
                        .extra_title = "",
                        .footnote = ""};
    int status = collect(bundle, figure->row, &dots);

    dots.axis_title = axis_title(bundle, figure->row);
    if (has_margin(&dots)) {
        dots.extra_title = "Verdict";
        dots.footnote = "Dashed: the declared margin";
    }
    if (status == 0)
        status = dots_draw(&dots, drawing);
    dots_free(&dots);
    return status;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    enum scale scale = words_scale(cell_text(bundle->pool, bundle->estimates, "measure", row));
    struct figure *figure = figures_add(figures, bundle, &figure_forest,
                                        scale == SCALE_POINTS ? "differences"
                                        : scale == SCALE_DAYS ? "time-differences"
                                                              : "ratios");
    struct dots dots = {.zero = NAN};
    int status = figure == NULL ? -1 : collect(bundle, row, &dots);

    if (status == 0) {
        figure->row = row;
        figure->title = scale == SCALE_POINTS ? "Differences between arms, in percentage points"
                        : scale == SCALE_DAYS ? "Differences between arms, in time"
                                              : "Ratios between arms";
        figure->caption = has_margin(&dots) ? "Estimates with 95 % intervals. A dashed mark is the margin of its row: "
                                              "the largest loss "
                                              "that still counts as not worse."
                                            : "Estimates with 95 % intervals.";
        figure->description = pool_format(bundle->pool,
                                          "%s: a dot and an interval a row; the same numbers are in the "
                                          "table below.",
                                          figure->title);
        status = dots_alternative(&dots, figure, "Comparison", "Value (95 % interval)", "Verdict");
    }
    dots_free(&dots);
    return status;
}

/* Rows of one axis are in the figure of the first of them. */
static int plan_scale(struct bundle *bundle, struct figures *figures, enum scale scale)
{
    const size_t before = figures->n;

    for (size_t i = 0; i < cell_rows(bundle->estimates); i++) {
        bool first = words_scale(cell_text(bundle->pool, bundle->estimates, "measure", i)) == scale;

        for (size_t k = before; first && k < figures->n; k++)
            first = !same_axis(bundle, figures->items[k].row, i);
        if (first && is_drawn(bundle, i) && plan_one(bundle, figures, i) != 0)
            return -1;
    }
    return 0;
}

static int forest_plan(struct bundle *bundle, struct figures *figures)
{
    static const enum scale order[] = {SCALE_POINTS, SCALE_DAYS, SCALE_RATIO};

    for (size_t s = 0; s < sizeof order / sizeof order[0]; s++)
        if (plan_scale(bundle, figures, order[s]) != 0)
            return -1;
    return 0;
}

const struct figure_kind figure_forest = {"forest", forest_plan, forest_draw};
