/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which curves are drawn, and their words. */
#include "report/figure_curves.h"

#include <math.h>
#include <string.h>

#include "report/axis.h"
#include "report/curve_marks.h"
#include "report/curve_set.h"
#include "report/reading.h"
#include "report/words.h"

static bool is_first_of_picture(const struct table *curves, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (rows_agree(curves, "analysis outcome population adjustment stratum measure cause", i, row))
            return false;
    return true;
}

static const char *title_of(struct bundle *bundle, size_t row)
{
    const char *outcome = cell_text(bundle->pool, bundle->curves, "outcome", row);
    const char *cause = cell_text(bundle->pool, bundle->curves, "cause", row);
    const char *adjustment = cell_text(bundle->pool, bundle->curves, "adjustment", row);
    const char *population = cell_text(bundle->pool, bundle->curves, "population", row);
    const char *title = bundle_outcome_label(bundle, outcome);

    if (cause[0] != '\0' && strcmp(cause, "event") != 0 && strcmp(cause, outcome) != 0)
        title = pool_format(bundle->pool, "%s, competing event: %s", title, cause);
    if (adjustment[0] != '\0' && strcmp(adjustment, "unadjusted") != 0)
        title = pool_format(bundle->pool, "%s, %s", title, words_adjustment(bundle->pool, adjustment));
    if (bundle_several_populations(bundle, outcome))
        title = pool_format(bundle->pool, "%s, population %s", title, words_spoken(bundle->pool, population));
    if (bundle_several_analyses(bundle, outcome))
        title = pool_format(bundle->pool, "%s, analysis %s", title,
                            words_spoken(bundle->pool, cell_text(bundle->pool, bundle->curves, "analysis", row)));
    return title;
}

/* The numbers at the days of about six ticks, in words. */
static int fill_alternative(struct bundle *bundle, struct figure *figure, const struct curve_set *set,
                            const char *units)
{
    struct pool *pool = bundle->pool;
    struct text_table *table = &figure->alternative;
    double step = axis_time_step(set->shown_to, 8, strcmp(units, "days") == 0);

    table->caption = figure->title;
    if (text_table_column(table, words_capital(pool, words_unit(pool, units)), true) != 0)
        return -1;
    for (size_t k = 0; k < set->n; k++) {
        const char *label = bundle_arm_label(bundle, set->curves[k].arm);

        if (text_table_column(table, pool_format(pool, "%s: %% (95 %% interval)", label), true) != 0 ||
            text_table_column(table, pool_format(pool, "%s: at risk", label), true) != 0)
            return -1;
    }
    for (double day = 0; day <= set->shown_to * (1 + 1e-9); day += step) {
        const char **cells = text_table_row(table);

        if (cells == NULL)
            return -1;
        cells[0] = words_day(pool, day);
        for (size_t k = 0; k < set->n; k++) {
            const struct curve_point *point = curve_at(bundle, &set->curves[k], day);

            cells[1 + 2 * k] = WORDS_NOTHING;
            if (point != NULL && isfinite(point->conf_low) && isfinite(point->conf_high))
                cells[1 + 2 * k] = pool_format(pool, "%s (%s)", words_bare(pool, SCALE_PERCENT, point->estimate),
                                               words_interval(pool, SCALE_PERCENT, point->conf_low, point->conf_high));
            else if (point != NULL)
                cells[1 + 2 * k] = words_bare(pool, SCALE_PERCENT, point->estimate);
            cells[2 + 2 * k] = words_count(pool, curve_n_risk(bundle, &set->curves[k], day));
        }
    }
    return 0;
}

static const char *describe(struct bundle *bundle, const struct curve_set *set, const char *title, const char *units)
{
    struct pool *pool = bundle->pool;
    const char *text = pool_format(pool, "Step curves over %s of %s since time zero, one line an arm.",
                                   words_day(pool, set->shown_to), units);

    for (size_t k = 0; k < set->n; k++) {
        const struct curve *curve = &set->curves[k];
        const struct curve_point *end = curve_at(bundle, curve, fmin(set->shown_to, curve_end(curve)));

        if (end != NULL)
            text = pool_format(pool, "%s %s ends at %s.", text, bundle_arm_label(bundle, curve->arm),
                               words_value(pool, SCALE_PERCENT, end->estimate, ""));
    }
    return pool_format(pool, "%s. %s", title, text);
}

static const char *caption_of(struct bundle *bundle, const struct curve_set *set, const char *units)
{
    struct pool *pool = bundle->pool;
    const char *text = set->is_survival ? "Kaplan-Meier curves" : "Aalen-Johansen curves";

    text = pool_format(pool,
                       set->n <= BANDS_MAX ? "%s with pointwise 95 %% intervals; below, how many are still at risk."
                                           : "%s; below, how many are still at risk. The intervals of so many arms "
                                             "are in the table.",
                       text);
    if (set->is_survival ? set->lowest >= 1 : set->highest <= 0)
        text = pool_format(pool, "%s Nobody had the event.", text);
    if (bundle->threshold == 0 && curve_marks_has_censored(set))
        text = pool_format(pool, "%s Ticks: people whose follow-up ended there.", text);
    if (set->is_survival && curve_set_floor(set) > 0)
        text = pool_format(pool, "%s The axis begins at %s %%.", text, words_fixed(pool, 100 * curve_set_floor(set), 0));
    if (curve_marks_has_median(set))
        text = pool_format(pool, "%s Dotted: medians.", text);
    if (set->shown_to < set->last && bundle->threshold == 0)
        text = pool_format(pool, "%s Drawn to %s %s, as long as one in twenty was still at risk.", text,
                           words_unit(pool, units), words_day(pool, set->shown_to));
    if (bundle->threshold > 0)
        text = pool_format(pool,
                           "%s Steps are merged until each holds enough people to be shown; a curve ends where "
                           "the rest would be too few.",
                           text);
    if (set->n_arms_left_out > 0)
        text = pool_format(pool, "%s Only the first %d arms are drawn.", text, SERIES_MAX);
    return text;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    struct pool *pool = bundle->pool;
    const char *outcome = cell_text(pool, bundle->curves, "outcome", row);
    const char *units = bundle_outcome_units(bundle, outcome), *title = title_of(bundle, row);
    const char *cause = cell_text(pool, bundle->curves, "cause", row);
    const char *adjustment = cell_text(pool, bundle->curves, "adjustment", row);
    bool plain = cause[0] == '\0' || strcmp(cause, outcome) == 0 || strcmp(cause, "event") == 0;
    bool adjusted = adjustment[0] != '\0' && strcmp(adjustment, "unadjusted") != 0;
    struct curve_set set;
    struct figure *figure;
    int status = -1;

    if (curve_set_read(bundle, row, &set) != 0)
        return -1;
    figure = figures_add(figures, bundle, &figure_curves,
                         pool_format(pool, "curves-%s%s%s%s%s", outcome, plain ? "" : "-", plain ? "" : cause, adjusted ? "-" : "",
                                     adjusted ? adjustment : ""));
    if (figure != NULL) {
        figure->row = row;
        figure->title = title;
        figure->caption = caption_of(bundle, &set, units);
        figure->description = describe(bundle, &set, title, units);
        status = fill_alternative(bundle, figure, &set, units);
    }
    curve_set_free(&set);
    return status;
}

bool curves_are_drawn(struct bundle *bundle, size_t row)
{
    const struct table *curves = bundle->curves;

    /* Adjusted: of the outcome itself, not of what competes with it. */
    if (!cell_is(curves, "adjustment", row, "unadjusted") && !cell_is(curves, "adjustment", row, "") &&
        !cell_is(curves, "cause", row, "") && !cell_is(curves, "cause", row, "event"))
        return false;
    return cell_is(curves, "stratum", row, "") && !cell_is(curves, "measure", row, "state_occupation") &&
           !reading_is_of_range(bundle, curves, row) && !reading_is_of_profile(curves, row);
}

int curves_plan(struct bundle *bundle, struct figures *figures)
{
    for (size_t i = 0; i < cell_rows(bundle->curves); i++) {
        /* A new picture can only begin where a row differs from the one before. */
        if (i > 0 && cells_equal(bundle->curves, "outcome", i, i - 1) && cells_equal(bundle->curves, "arm", i, i - 1) &&
            cells_equal(bundle->curves, "population", i, i - 1) && cells_equal(bundle->curves, "cause", i, i - 1) &&
            cells_equal(bundle->curves, "analysis", i, i - 1) && cells_equal(bundle->curves, "stratum", i, i - 1) &&
            cells_equal(bundle->curves, "measure", i, i - 1))
            continue;
        if (is_first_of_picture(bundle->curves, i) && curves_are_drawn(bundle, i) && plan_one(bundle, figures, i) != 0)
            return -1;
    }
    return 0;
}
