/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Definitions of one thing, in the order of what they say: how far the answer turns with the definition. */
#include "report/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/dots.h"
#include "report/reading.h"

enum { FIGURES_MAX = 6, ROWS_MAX = 60 };

static bool same_question(const struct table *estimates, size_t row, size_t other)
{
    return rows_agree(estimates, "analysis population adjustment stratum measure term cause arm reference", row, other) &&
           rows_agree(estimates, "time", row, other);
}

static bool is_drawn(struct bundle *bundle, size_t row)
{
    const struct table *estimates = bundle->estimates;

    return reading_is_of_range(bundle, estimates, row) && reading_is_contrast(bundle, estimates, row) &&
           cell_is(estimates, "stratum", row, "") && !reading_is_repeated(bundle, row) &&
           words_scale(cell_text(bundle->pool, estimates, "measure", row)) != SCALE_PLAIN;
}

struct ranked {
    size_t row;
    double estimate;
};

static int by_estimate(const void *a, const void *b)
{
    const struct ranked *one = a, *two = b;
    const double x = isfinite(one->estimate) ? one->estimate : INFINITY, y = isfinite(two->estimate) ? two->estimate : INFINITY;

    if (x != y)
        return x < y ? -1 : 1;
    return (one->row > two->row) - (one->row < two->row);
}

/* Of more definitions than a page holds an even choice is drawn, the extremes among them. */
static int collect(struct bundle *bundle, size_t first, struct dots *dots, size_t *n_all)
{
    const struct table *estimates = bundle->estimates;
    struct ranked *ranked = allocate(cell_rows(estimates) + 1, sizeof *ranked);
    size_t n = 0, shown;
    int status = 0;

    if (ranked == NULL)
        return -1;
    for (size_t i = first; i < cell_rows(estimates); i++)
        if (is_drawn(bundle, i) && same_question(estimates, first, i))
            ranked[n++] = (struct ranked){i, cell_real(estimates, "estimate", i)};
    qsort(ranked, n, sizeof *ranked, by_estimate);
    shown = n > ROWS_MAX ? ROWS_MAX : n;
    for (size_t k = 0; status == 0 && k < shown; k++) {
        const size_t row = ranked[shown < n ? k * (n - 1) / (shown - 1) : k].row;

        status = dots_add_estimate(bundle, dots, row,
                                   bundle_outcome_label(bundle, cell_text(bundle->pool, estimates, "outcome", row)));
    }
    free(ranked);
    *n_all = n;
    return status;
}

static int definitions_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    struct dots dots = {.n = 0};
    size_t n_all;
    int status = collect(bundle, figure->row, &dots, &n_all);

    dots_scale(bundle, &dots, figure->row);
    dots.title = figure->title;
    if (status == 0)
        status = dots_draw(&dots, drawing);
    dots_free(&dots);
    return status;
}

static const char *range_words(struct bundle *bundle, const struct dots *dots, size_t n_all)
{
    double low = INFINITY, high = -INFINITY;
    size_t n = 0;

    for (size_t i = 0; i < dots->n; i++)
        if (isfinite(dots->items[i].estimate)) {
            low = fmin(low, dots->items[i].estimate);
            high = fmax(high, dots->items[i].estimate);
            n++;
        }
    if (n == 0)
        return "No definition has an estimate.";
    return pool_format(bundle->pool, "Estimates of %zu definitions lie between %s and %s, with 95 %% intervals.%s", n_all,
                       words_fixed(bundle->pool, low, 2), words_fixed(bundle->pool, high, 2),
                       n_all > dots->n ? " An even choice of them is drawn; all are in the table of estimates." : "");
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    const struct table *estimates = bundle->estimates;
    struct pool *pool = bundle->pool;
    const char *measure = cell_text(pool, estimates, "measure", row), *analysis = cell_text(pool, estimates, "analysis", row);
    const char *when = reading_when(bundle, estimates, row);
    struct dots dots = {.n = 0};
    struct figure *figure;
    size_t n_all;
    int status = collect(bundle, row, &dots, &n_all);

    if (status == 0 && dots.n > 1) {
        figure = figures_add(figures, bundle, &figure_definitions, pool_format(pool, "definitions-%s-%s", analysis, measure));
        status = -1;
        if (figure != NULL) {
            figure->row = row;
            figure->title = pool_format(pool, "%s%s%s under each definition: %s", words_measure(pool, measure),
                                        when[0] == '\0' ? "" : " ", when, reading_whom(bundle, estimates, row));
            figure->caption = range_words(bundle, &dots, n_all);
            figure->description = pool_format(pool, "A dot and an interval a definition, from the lowest to the highest. %s", figure->caption);
            status = dots_alternative(&dots, figure, "Definition", "Value (95 % interval)", "");
        }
    }
    dots_free(&dots);
    return status;
}

static int definitions_plan(struct bundle *bundle, struct figures *figures)
{
    const size_t before = figures->n;

    for (size_t i = 0; i < cell_rows(bundle->estimates) && figures->n - before < FIGURES_MAX; i++) {
        bool first = is_drawn(bundle, i);

        for (size_t k = 0; first && k < i; k++)
            first = !(same_question(bundle->estimates, i, k) && is_drawn(bundle, k));
        if (first && plan_one(bundle, figures, i) != 0)
            return -1;
    }
    return 0;
}

const struct figure_kind figure_definitions = {"forest", definitions_plan, definitions_draw};
