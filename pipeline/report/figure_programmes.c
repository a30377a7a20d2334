/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Observed over expected by programme: a dot and its whiskers a row, the farthest from 1 at the ends. */
#include "report/figures.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/dots.h"
#include "report/programme_cells.h"
#include "report/words.h"

enum { ROWS_MAX = 40 };

struct ranked {
    size_t row;
    double ratio;
    int64_t n;
};

struct ranking {
    size_t n, n_left_out;
    struct ranked *items;
};

static int by_size(const void *a, const void *b)
{
    const struct ranked *one = a, *two = b;

    if (one->n != two->n)
        return one->n > two->n ? -1 : 1;
    return (one->row > two->row) - (one->row < two->row);
}

static int by_ratio(const void *a, const void *b)
{
    const struct ranked *one = a, *two = b;

    if (one->ratio != two->ratio)
        return one->ratio > two->ratio ? -1 : 1;
    return (one->row > two->row) - (one->row < two->row);
}

/* The largest programmes of a measure, in order of their ratios; caller frees items. */
static int rank(struct bundle *bundle, size_t measure, struct ranking *ranking)
{
    const struct table *cells = bundle_table(bundle, "programmes");

    *ranking = (struct ranking){.items = allocate(cell_rows(cells) + 1, sizeof *ranking->items)};
    if (ranking->items == NULL)
        return -1;
    for (size_t i = 0; i < cell_rows(cells); i++)
        if (programme_of_measure(bundle, i, measure) && programme_is_whole(cells, i) &&
            !cell_is(cells, "programme", i, "") && isfinite(cell_real(cells, "ratio", i)))
            ranking->items[ranking->n++] = (struct ranked){i, cell_real(cells, "ratio", i), cell_integer(cells, "n", i)};
    qsort(ranking->items, ranking->n, sizeof *ranking->items, by_size);
    if (ranking->n > ROWS_MAX) {
        ranking->n_left_out = ranking->n - ROWS_MAX;
        ranking->n = ROWS_MAX;
    }
    qsort(ranking->items, ranking->n, sizeof *ranking->items, by_ratio);
    return 0;
}

static int add_dot(struct bundle *bundle, struct dots *dots, size_t row)
{
    const struct table *cells = bundle_table(bundle, "programmes");
    struct pool *pool = bundle->pool;
    struct dot *dot = dots_add(dots);

    if (dot == NULL)
        return -1;
    dot->label = cell_text(pool, cells, "programme", row);
    dot->estimate = cell_real(cells, "ratio", row);
    dot->conf_low = cell_real(cells, "conf_low", row);
    dot->conf_high = cell_real(cells, "conf_high", row);
    dot->value = pool_format(pool, "%s (%s)", words_bare(pool, SCALE_RATIO, dot->estimate),
                             words_interval(pool, SCALE_RATIO, dot->conf_low, dot->conf_high));
    dot->extra = pool_format(pool, "%s of %s", words_count(pool, cell_integer(cells, "n_event", row)),
                             words_count(pool, cell_integer(cells, "n", row)));
    return 0;
}

static int collect(struct bundle *bundle, size_t measure, struct dots *dots, size_t *n_left_out)
{
    struct ranking ranking;
    int status = rank(bundle, measure, &ranking);

    for (size_t i = 0; status == 0 && i < ranking.n; i++)
        status = add_dot(bundle, dots, ranking.items[i].row);
    *n_left_out = ranking.n_left_out;
    free(ranking.items);
    return status;
}

static int programmes_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    struct dots dots = {.zero = 1,
                        .log_x = true,
                        .low = NAN,
                        .high = NAN,
                        .value_title = "Ratio (95 % interval)",
                        .extra_title = "Count",
                        .axis_title = "Observed over expected, log scale",
                        .footnote = "",
                        .title = figure->title};
    size_t n_left_out;
    int status = collect(bundle, figure->row, &dots, &n_left_out);

    if (status == 0)
        status = dots_draw(&dots, drawing);
    dots_free(&dots);
    return status;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t measure)
{
    struct pool *pool = bundle->pool;
    const char *name = cell_text(pool, bundle_table(bundle, "programme_measures"), "measure", measure);
    struct dots dots = {.zero = 1};
    size_t n_left_out = 0;
    int status = collect(bundle, measure, &dots, &n_left_out);

    if (status == 0 && dots.n > 1) {
        struct figure *figure = figures_add(figures, bundle, &figure_programmes, pool_format(pool, "expected-%s", name));

        status = -1;
        if (figure != NULL) {
            figure->row = measure;
            figure->title = pool_format(pool, "%s: observed over expected", programme_measure_label(bundle, measure));
            figure->caption = "What each programme had over what people like its own would have had anywhere, with exact 95 % "
                              "intervals.";
            if (n_left_out > 0)
                figure->caption = pool_format(pool, "%s The %d largest programmes are drawn, %zu are in the table of programmes.",
                                              figure->caption, ROWS_MAX, n_left_out);
            figure->description = pool_format(pool, "A dot and an interval a programme, from %s down to %s.", dots.items[0].value,
                                              dots.items[dots.n - 1].value);
            status = dots_alternative(&dots, figure, "Programme", "Observed over expected", "Count");
        }
    }
    dots_free(&dots);
    return status;
}

static int programmes_plan(struct bundle *bundle, struct figures *figures)
{
    for (size_t k = 0; k < cell_rows(bundle_table(bundle, "programme_measures")); k++)
        if (plan_one(bundle, figures, k) != 0)
            return -1;
    return 0;
}

const struct figure_kind figure_programmes = {"forest", programmes_plan, programmes_draw};
