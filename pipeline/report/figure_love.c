/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Love plot: how far arms differ in each covariate, before and after each adjustment. */
#include "report/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/frame.h"
#include "report/text_width.h"
#include "report/words.h"

/* More covariates than a page holds are left to the table. */
enum { ROWS_MAX = 60, ADJUSTMENTS_MAX = 8, LABEL_MAX = 70 };

#define ROW 4.2
#define NOTABLE 0.1 /* the usual line: Austin 2009, doi:10.1002/sim.3697 */

struct love_row {
    const char *term, *level;
    double smd[ADJUSTMENTS_MAX]; /* |smd|; NaN: none */
    double rank;                 /* what rows are sorted by: the unadjusted one */
    size_t place;                /* in the table */
};

struct love {
    size_t n_adjustments;
    const char *adjustments[ADJUSTMENTS_MAX];
    size_t first[ADJUSTMENTS_MAX]; /* a row of each: of several analyses and outcomes the first is drawn */
    size_t n_rows, n_left_out;
    struct love_row *rows;
    double highest;
};

/* Rows of one picture share these.  What an adjustment does to covariates hardly turns with the outcome. */
static bool same_picture(const struct table *balance, size_t row, size_t other)
{
    return rows_agree(balance, "population arm reference", row, other);
}

/* ADJUSTMENTS_MAX: the row is not drawn. */
static size_t find_adjustment(struct bundle *bundle, struct love *love, size_t row)
{
    const struct table *balance = bundle->balance;
    size_t k = 0;

    while (k < love->n_adjustments && !cell_is(balance, "adjustment", row, love->adjustments[k]))
        k++;
    if (k == love->n_adjustments && k < ADJUSTMENTS_MAX) {
        love->adjustments[k] = cell_text(bundle->pool, balance, "adjustment", row);
        love->first[k] = row;
        love->n_adjustments++;
    }
    return k < ADJUSTMENTS_MAX && cells_equal(balance, "analysis", row, love->first[k]) &&
                   cells_equal(balance, "outcome", row, love->first[k])
               ? k
               : ADJUSTMENTS_MAX;
}

static struct love_row *find_row(struct bundle *bundle, struct love *love, size_t row)
{
    const char *term = cell_text(bundle->pool, bundle->balance, "term", row);
    const char *level = cell_text(bundle->pool, bundle->balance, "level", row);
    struct love_row *found;

    for (size_t i = 0; i < love->n_rows; i++)
        if (strcmp(love->rows[i].term, term) == 0 && strcmp(love->rows[i].level, level) == 0)
            return &love->rows[i];
    if ((found = reallocate(love->rows, love->n_rows + 1, sizeof *found)) == NULL)
        return NULL;
    love->rows = found;
    found += love->n_rows++;
    *found = (struct love_row){.term = term, .level = level, .rank = NAN, .place = row};
    for (size_t k = 0; k < ADJUSTMENTS_MAX; k++)
        found->smd[k] = NAN;
    return found;
}

/* A factor has a row for each level and one for the whole; the levels are drawn, the whole would repeat them. */
static bool is_whole_factor(const struct table *balance, size_t row)
{
    for (size_t i = 0; i < balance->n_rows; i++)
        if (cell_is(balance, "level", row, "") && !cell_is(balance, "level", i, "") &&
            cells_equal(balance, "term", i, row) && same_picture(balance, i, row))
            return true;
    return false;
}

static int by_rank(const void *a, const void *b)
{
    const struct love_row *one = a, *two = b;
    const double x = isfinite(one->rank) ? one->rank : -1, y = isfinite(two->rank) ? two->rank : -1;

    if (x != y)
        return x > y ? -1 : 1;
    return (one->place > two->place) - (one->place < two->place);
}

static int love_read(struct bundle *bundle, size_t first, struct love *love)
{
    const struct table *balance = bundle->balance;

    *love = (struct love){.n_rows = 0};
    for (size_t i = 0; i < balance->n_rows; i++) {
        const double smd = fabs(cell_real(balance, "smd", i));
        struct love_row *row;
        size_t adjustment;

        if (!same_picture(balance, first, i) || is_whole_factor(balance, i) ||
            (adjustment = find_adjustment(bundle, love, i)) == ADJUSTMENTS_MAX)
            continue;
        if ((row = find_row(bundle, love, i)) == NULL) {
            free(love->rows);
            return -1;
        }
        row->smd[adjustment] = smd;
        if (adjustment == 0)
            row->rank = smd;
        if (isfinite(smd))
            love->highest = fmax(love->highest, smd);
    }
    if (love->n_rows > 0)
        qsort(love->rows, love->n_rows, sizeof *love->rows, by_rank);
    if (love->n_rows > ROWS_MAX) {
        love->n_left_out = love->n_rows - ROWS_MAX;
        love->n_rows = ROWS_MAX;
    }
    return 0;
}

static const char *label_of(struct bundle *bundle, const struct love_row *row)
{
    const char *term = bundle_term_label(bundle, row->term);

    return row->level[0] == '\0' ? term : pool_format(bundle->pool, "%s: %s", term, row->level);
}

/* The level tells rows apart: where there is no room for all, the name of the covariate is shortened. */
static const char *fitted_label(struct bundle *bundle, const struct love_row *row, double room)
{
    const char *label = label_of(bundle, row), *level = pool_format(bundle->pool, ": %s", row->level);
    const double left = room - face_width(FACE_NORMAL, level);

    if (row->level[0] == '\0' || face_width(FACE_NORMAL, label) <= room)
        return label;
    if (left < room / 8)
        return pool_format(bundle->pool, "\xe2\x80\xa6%s", level);
    return pool_format(bundle->pool, "%s%s",
                       text_shortened(bundle->pool, bundle_term_label(bundle, row->term), face_points(FACE_NORMAL), false, left), level);
}

/* ---- drawing --------------------------------------------------------------------------------------------------- */

static const char *adjustment_words(struct bundle *bundle, const char *name)
{
    return strcmp(name, "unadjusted") == 0 || name[0] == '\0' ? "Before adjustment"
                                                              : words_capital(bundle->pool, words_adjustment(bundle->pool, name));
}

static int shape_of(size_t adjustment)
{
    return adjustment == 0 ? POINT_OPEN_CIRCLE : series_shape(adjustment - 1);
}

static int colour_of(size_t adjustment)
{
    return adjustment == 0 ? COLOUR_BLACK : series_colour(adjustment - 1);
}

static size_t list_keys(struct bundle *bundle, const struct love *love, struct frame_key *keys)
{
    for (size_t k = 0; k < love->n_adjustments; k++)
        keys[k] = (struct frame_key){.text = adjustment_words(bundle, love->adjustments[k]),
                                     .shape = shape_of(k),
                                     .colour = colour_of(k)};
    return love->n_adjustments;
}

static void draw_row(struct drawing *d, const struct panel *p, const struct love *love, const struct love_row *row, double y)
{
    drawing_line(d, p->left, y, p->right, y, PEN_GRID);
    for (size_t k = love->n_adjustments; k-- > 0;) /* the first on top */
        if (isfinite(row->smd[k]))
            drawing_point(d, panel_x(p, row->smd[k]), y, shape_of(k), 0.65, colour_of(k));
}

static double widest(struct bundle *bundle, const struct love *love)
{
    double width = 0;

    for (size_t i = 0; i < love->n_rows; i++)
        width = fmax(width, face_width(FACE_NORMAL, label_of(bundle, &love->rows[i])));
    return width;
}

static int love_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    struct panel *p = &d->panel;
    struct frame_key keys[ADJUSTMENTS_MAX];
    struct frame_axis axis;
    struct love love;
    const double above = frame_title_height(d, figure->title);
    double head, labels;
    size_t n_keys;

    if (love_read(bundle, figure->row, &love) != 0)
        return -1;
    n_keys = list_keys(bundle, &love, keys);
    head = above + frame_keys_height(0.3, d->width, keys, n_keys) + 1.5;
    labels = fmin(widest(bundle, &love), frame_is_narrow(d) ? 38 : LABEL_MAX);
    axis = frame_axis(0, fmax(0.25, love.highest * 1.04), frame_is_narrow(d) ? 4 : 8, 1);
    *p = (struct panel){.left = labels + 4, .right = d->width - 4, .bottom = 9.5};
    p->top = p->bottom + ROW * (double)love.n_rows + 1;
    d->height = p->top + head;
    frame_set_x(p, &axis);
    frame_title(d, figure->title);
    frame_keys(d, 0.3, d->width, d->height - above, keys, n_keys);
    for (size_t i = 0; i < love.n_rows; i++) {
        const double y = p->top - 0.5 - ROW * ((double)i + 0.5);

        draw_row(d, p, &love, &love.rows[i], y);
        drawing_text(d, p->left - 2, y, ALIGN_RIGHT, FACE_NORMAL, INK_BLACK, fitted_label(bundle, &love.rows[i], labels),
                     labels);
    }
    frame_x(d, p, &axis, false, "Absolute standardised mean difference");
    drawing_line(d, panel_x(p, NOTABLE), p->bottom, panel_x(p, NOTABLE), p->top, PEN_MARGIN);
    free(love.rows);
    return 0;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

static int fill_alternative(struct bundle *bundle, struct figure *figure, const struct love *love)
{
    struct text_table *table = &figure->alternative;

    table->caption = figure->title;
    if (text_table_column(table, "Covariate", false) != 0)
        return -1;
    for (size_t k = 0; k < love->n_adjustments; k++)
        if (text_table_column(table, adjustment_words(bundle, love->adjustments[k]), true) != 0)
            return -1;
    for (size_t i = 0; i < love->n_rows; i++) {
        const char **cells = text_table_row(table);

        if (cells == NULL)
            return -1;
        cells[0] = label_of(bundle, &love->rows[i]);
        for (size_t k = 0; k < love->n_adjustments; k++)
            cells[1 + k] = words_fixed(bundle->pool, love->rows[i].smd[k], 3);
    }
    return 0;
}

static size_t n_notable(const struct love *love, size_t adjustment)
{
    size_t n = 0;

    for (size_t i = 0; i < love->n_rows; i++)
        n += love->rows[i].smd[adjustment] > NOTABLE;
    return n;
}

static const char *describe(struct bundle *bundle, const struct love *love)
{
    const char *text = "A row a covariate, a point an adjustment, at the absolute standardised mean difference.";

    for (size_t k = 0; k < love->n_adjustments; k++)
        text = pool_format(bundle->pool, "%s %s: %zu of %zu above 0.1.", text,
                           adjustment_words(bundle, love->adjustments[k]), n_notable(love, k), love->n_rows);
    return text;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    struct pool *pool = bundle->pool;
    const char *arm = bundle_arm_label(bundle, cell_text(pool, bundle->balance, "arm", row));
    const char *reference = bundle_arm_label(bundle, cell_text(pool, bundle->balance, "reference", row));
    struct figure *figure;
    struct love love;
    int status = 0;

    if (love_read(bundle, row, &love) != 0)
        return -1;
    if (love.n_rows > 1) {
        figure = figures_add(figures, bundle, &figure_love,
                             pool_format(pool, "balance-%s", cell_text(pool, bundle->balance, "arm", row)));
        status = -1;
        if (figure != NULL) {
            figure->row = row;
            figure->title = pool_format(pool, "Balance of covariates, %s v %s", arm, reference);
            figure->caption = pool_format(
                pool,
                "Differences of means in standard deviations of the unadjusted sample; the dashed line is 0.1.%s",
                love.n_left_out == 0
                    ? ""
                    : pool_format(pool, " The %d largest are drawn; %zu more are in the table of balance.", ROWS_MAX,
                                  love.n_left_out));
            figure->description = describe(bundle, &love);
            status = fill_alternative(bundle, figure, &love);
        }
    }
    free(love.rows);
    return status;
}

static int love_plan(struct bundle *bundle, struct figures *figures)
{
    for (size_t i = 0; i < cell_rows(bundle->balance); i++) {
        bool first = true;

        for (size_t k = 0; first && k < i; k++)
            first = !same_picture(bundle->balance, k, i);
        /* Of a profile ("all@strict") the table is enough. */
        if (first && !cell_contains(bundle->balance, "population", i, "@") &&
            plan_one(bundle, figures, i) != 0)
            return -1;
    }
    return 0;
}

const struct figure_kind figure_love = {"love", love_plan, love_draw};
