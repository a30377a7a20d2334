/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forest of trials: each by itself, pooled ones as diamonds, and where a new one would lie. */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/dots.h"
#include "report/reading.h"

enum { FIGURES_MAX = 8 };

static bool same_question(const struct table *estimates, size_t row, size_t other)
{
    return rows_agree(estimates, "analysis outcome population measure cause arm reference", row, other) &&
           rows_agree(estimates, "time", row, other);
}

/* A number said of the trials together ("i_squared", term: the measure), for a pooled row; NO_ROW. */
static long spread_of(struct bundle *bundle, size_t pooled, const char *what)
{
    const struct table *estimates = bundle->estimates;

    for (size_t i = 0; i < cell_rows(estimates); i++)
        if (cell_is(estimates, "measure", i, what) &&
            rows_agree(estimates, "analysis outcome population adjustment arm reference", i, pooled) &&
            rows_agree(estimates, "time", i, pooled)) {
            const char *measure = cell_text(bundle->pool, estimates, "measure", pooled);
            const char *term = cell_text(bundle->pool, estimates, "term", i);

            if (strncmp(term, measure, strlen(measure)) == 0)
                return (long)i;
        }
    return NO_ROW;
}

static const char *trial_of(struct bundle *bundle, size_t row)
{
    const char *stratum = cell_text(bundle->pool, bundle->estimates, "stratum", row), *equals = strchr(stratum, '=');

    return equals == NULL ? stratum : equals + 1;
}

static int add_prediction(struct bundle *bundle, struct dots *dots, size_t pooled)
{
    const long row = spread_of(bundle, pooled, "prediction_interval");
    const struct table *estimates = bundle->estimates;
    const enum scale scale = words_scale(cell_text(bundle->pool, estimates, "measure", pooled));
    const double unit = scale == SCALE_POINTS ? 100 : 1;
    struct dot *dot;

    if (row == NO_ROW || !isfinite(cell_real(estimates, "conf_low", (size_t)row)))
        return 0;
    if ((dot = dots_add(dots)) == NULL)
        return -1;
    dot->label = "  a new trial would lie in";
    dot->only_interval = true;
    dot->conf_low = unit * cell_real(estimates, "conf_low", (size_t)row);
    dot->conf_high = unit * cell_real(estimates, "conf_high", (size_t)row);
    dot->estimate = NAN;
    dot->value = words_interval(bundle->pool, scale, dot->conf_low / unit, dot->conf_high / unit);
    return 0;
}

static int add_pooled(struct bundle *bundle, struct dots *dots, size_t row)
{
    struct pool *pool = bundle->pool;
    const char *term = cell_text(pool, bundle->estimates, "term", row);
    const bool knapp = strstr(term, "Hartung-Knapp") != NULL;
    const char *name = words_capital(pool, words_adjustment(pool, cell_text(pool, bundle->estimates, "adjustment", row)));

    if (dots_add_estimate(bundle, dots, row, knapp ? pool_format(pool, "%s, Hartung-Knapp", name) : name) != 0)
        return -1;
    dots->items[dots->n - 1].summary = true;
    return 0;
}

static int collect(struct bundle *bundle, size_t pooled, struct dots *dots)
{
    const struct table *estimates = bundle->estimates;
    size_t n_trials = 0;

    for (size_t i = 0; i < cell_rows(estimates); i++)
        if (!cell_is(estimates, "stratum", i, "") && !reading_is_pooled(bundle, i) && same_question(estimates, pooled, i)) {
            if (dots_add_estimate(bundle, dots, i, trial_of(bundle, i)) != 0)
                return -1;
            n_trials++;
        }
    if (n_trials == 0)
        return 0;
    if (dots_add_heading(dots, "All trials") != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(estimates); i++)
        if (reading_is_pooled(bundle, i) && cell_is(estimates, "stratum", i, "") && same_question(estimates, pooled, i) &&
            add_pooled(bundle, dots, i) != 0)
            return -1;
    return add_prediction(bundle, dots, pooled);
}

static const char *spread_words(struct bundle *bundle, size_t pooled)
{
    const long q = spread_of(bundle, pooled, "heterogeneity"), share = spread_of(bundle, pooled, "i_squared");
    const struct table *estimates = bundle->estimates;
    const char *text = "";

    if (share != NO_ROW && isfinite(cell_real(estimates, "estimate", (size_t)share)))
        text = pool_format(bundle->pool, "I\xc2\xb2 %s",
                           words_value(bundle->pool, SCALE_PERCENT, cell_real(estimates, "estimate", (size_t)share), ""));
    if (q != NO_ROW && isfinite(cell_real(estimates, "p_value", (size_t)q)))
        text = pool_format(bundle->pool, "%s%sheterogeneity: p %s", text, text[0] == '\0' ? "" : "; ",
                           words_p(bundle->pool, cell_real(estimates, "p_value", (size_t)q)));
    return text;
}

static int trials_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    struct dots dots = {.n = 0};
    int status = collect(bundle, figure->row, &dots);

    dots_scale(bundle, &dots, figure->row);
    dots.title = figure->title;
    dots.footnote = spread_words(bundle, figure->row);
    if (status == 0)
        status = dots_draw(&dots, drawing);
    dots_free(&dots);
    return status;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    const struct table *estimates = bundle->estimates;
    struct pool *pool = bundle->pool;
    const char *measure = cell_text(pool, estimates, "measure", row);
    struct dots dots = {.n = 0};
    struct figure *figure;
    int status = collect(bundle, row, &dots);

    if (status == 0 && dots.n > 1) {
        figure = figures_add(figures, bundle, &figure_trials,
                             pool_format(pool, "trials-%s-%s", cell_text(pool, estimates, "outcome", row), measure));
        status = -1;
        if (figure != NULL) {
            figure->row = row;
            figure->title = pool_format(pool, "%s by trial: %s, %s", reading_what(bundle, estimates, row),
                                        words_lower(pool, words_measure(pool, measure)), reading_whom(bundle, estimates, row));
            figure->caption = pool_format(pool, "Trials with 95 %% intervals; diamonds are as wide as the interval of the pooled estimate.%s%s%s",
                                          spread_words(bundle, row)[0] == '\0' ? "" : " ", spread_words(bundle, row),
                                          spread_words(bundle, row)[0] == '\0' ? "" : ".");
            figure->description = pool_format(pool, "%s: a dot and an interval a trial, a diamond a way of pooling; the same numbers are "
                                                    "in the table below.",
                                              figure->title);
            status = dots_alternative(&dots, figure, "Trial", "Value (95 % interval)", "");
        }
    }
    dots_free(&dots);
    return status;
}

static bool is_drawn(struct bundle *bundle, size_t row)
{
    return reading_is_pooled(bundle, row) && reading_is_contrast(bundle, bundle->estimates, row) &&
           !reading_is_of_profile(bundle->estimates, row) &&
           words_scale(cell_text(bundle->pool, bundle->estimates, "measure", row)) != SCALE_PLAIN;
}

static int trials_plan(struct bundle *bundle, struct figures *figures)
{
    const size_t before = figures->n;

    for (size_t i = 0; i < cell_rows(bundle->estimates) && figures->n - before < FIGURES_MAX; i++) {
        bool first = is_drawn(bundle, i);

        for (size_t k = 0; first && k < i; k++)
            first = !(is_drawn(bundle, k) && same_question(bundle->estimates, i, k));
        if (first && plan_one(bundle, figures, i) != 0)
            return -1;
    }
    return 0;
}

const struct figure_kind figure_trials = {"forest", trials_plan, trials_draw};
