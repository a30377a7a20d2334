/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The risk or survival of each arm at its days, as dots with intervals. */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/dots.h"
#include "report/reading.h"

/* More rows than a page holds: then each number stands at one day only. */
enum { ROWS_MAX = 36 };

static bool is_risk(struct bundle *bundle, size_t row)
{
    const struct table *estimates = bundle->estimates;

    return words_scale(cell_text(bundle->pool, estimates, "measure", row)) == SCALE_PERCENT &&
           !cell_is(estimates, "arm", row, "") && reading_is_main(bundle, row) &&
           (cell_is(estimates, "adjustment", row, "unadjusted") || reading_is_headline_day(bundle, row)) &&
           !reading_is_repeated(bundle, row);
}

static bool is_crowded(struct bundle *bundle)
{
    size_t n = 0;

    for (size_t i = 0; i < cell_rows(bundle->estimates) && n <= ROWS_MAX; i++)
        n += is_risk(bundle, i);
    return n > ROWS_MAX;
}

static bool is_drawn(struct bundle *bundle, size_t row, bool crowded)
{
    return is_risk(bundle, row) && (!crowded || reading_is_headline_day(bundle, row));
}

/* "43,119 of 114,440" for counted risks; an estimated one has no such fraction. */
static const char *counts_of(struct bundle *bundle, size_t row)
{
    const struct table *estimates = bundle->estimates;
    int64_t n = cell_integer(estimates, "n", row), events = cell_integer(estimates, "n_event", row);
    double risk = cell_real(estimates, "estimate", row);

    if (n == MISSING_INTEGER || events == MISSING_INTEGER || n == 0 ||
        (bundle->threshold == 0 && fabs((double)events / (double)n - risk) > 1e-9) ||
        (bundle->threshold > 0 && fabs((double)events / (double)n - risk) > 6e-3))
        return "";
    return pool_format(bundle->pool, "%s of %s", words_count(bundle->pool, events), words_count(bundle->pool, n));
}

static const char *heading_of(struct bundle *bundle, size_t row)
{
    const char *cause = cell_text(bundle->pool, bundle->estimates, "cause", row);
    const char *outcome = cell_text(bundle->pool, bundle->estimates, "outcome", row);
    const char *what = reading_what(bundle, bundle->estimates, row);

    if (cause[0] != '\0' && strcmp(cause, outcome) != 0 && strcmp(cause, "event") != 0)
        what = pool_format(bundle->pool, "%s: %s", what, cause);
    return pool_format(bundle->pool, "%s%s", what, reading_where(bundle, bundle->estimates, row));
}

static int add_row(struct bundle *bundle, struct dots *dots, size_t row)
{
    const struct table *estimates = bundle->estimates;
    struct pool *pool = bundle->pool;
    const char *arm = cell_text(pool, estimates, "arm", row);
    struct dot *dot = dots_add(dots);

    if (dot == NULL)
        return -1;
    dot->label = bundle_arm_label(bundle, arm);
    dot->estimate = 100 * cell_real(estimates, "estimate", row);
    dot->conf_low = 100 * cell_real(estimates, "conf_low", row);
    dot->conf_high = 100 * cell_real(estimates, "conf_high", row);
    dot->series = bundle_arm_index(bundle, arm) % SERIES_MAX;
    dot->extra = counts_of(bundle, row);
    dot->value =
        reading_has_value(estimates, row)
            ? pool_format(pool, "%s (%s)", words_bare(pool, SCALE_PERCENT, cell_real(estimates, "estimate", row)),
                          reading_interval(bundle, estimates, row))
            : reading_value(bundle, estimates, row);
    return 0;
}

static int collect(struct bundle *bundle, struct dots *dots)
{
    const bool crowded = is_crowded(bundle);
    const char *heading = "";

    for (size_t i = 0; i < cell_rows(bundle->estimates); i++) {
        const char *here;

        if (!is_drawn(bundle, i, crowded))
            continue;
        here = heading_of(bundle, i);
        if (strcmp(here, heading) != 0) {
            struct dot *dot = dots_add(dots);

            if (dot == NULL)
                return -1;
            dot->heading = heading = here;
        }
        if (add_row(bundle, dots, i) != 0)
            return -1;
    }
    return 0;
}

static bool has_counts(const struct dots *dots)
{
    for (size_t i = 0; i < dots->n; i++)
        if (dots->items[i].extra[0] != '\0')
            return true;
    return false;
}

static int risks_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    struct dots dots = {.zero = NAN,
                        .low = 0,
                        .high = 100,
                        .value_title = "Per cent (95 % interval)",
                        .extra_title = "",
                        .axis_title = "Per cent of the arm",
                        .footnote = ""};
    int status = collect(bundle, &dots);

    (void)figure;
    if (has_counts(&dots))
        dots.extra_title = "Count";
    if (status == 0)
        status = dots_draw(&dots, drawing);
    dots_free(&dots);
    return status;
}

static int risks_plan(struct bundle *bundle, struct figures *figures)
{
    struct dots dots = {.zero = NAN};
    struct figure *figure;
    int status = collect(bundle, &dots);

    if (status != 0 || dots.n == 0) {
        dots_free(&dots);
        return status;
    }
    figure = figures_add(figures, bundle, &figure_risks, "risks");
    status = -1;
    if (figure != NULL) {
        figure->title = "Each arm by itself";
        figure->caption = is_crowded(bundle) ? "Per cent of each arm with 95 % intervals, at the day of the headline or the last; all "
                                                "days are in the table of estimates."
                                              : "Per cent of each arm with 95 % intervals.";
        figure->description = "A dot and an interval for each arm on a scale from 0 to 100 per cent; the same numbers "
                              "are in the table below.";
        status = dots_alternative(&dots, figure, "Arm", "Per cent (95 % interval)", "Count");
    }
    dots_free(&dots);
    return status;
}

const struct figure_kind figure_risks = {"risks", risks_plan, risks_draw};
