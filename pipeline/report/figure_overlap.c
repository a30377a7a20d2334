/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do the arms meet? People by their propensity score: one arm upwards, the other downwards from the same axis. */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/frame.h"
#include "report/words.h"

static bool same_picture(const struct table *overlap, size_t row, size_t other)
{
    return rows_agree(overlap, "analysis outcome population adjustment arm reference", row, other);
}

/* A bar of few people may be hidden. */
static bool is_of_arm(const struct table *overlap, size_t row)
{
    return isfinite(cell_real(overlap, "n", row));
}

struct bars {
    const struct table *overlap;
    const char *arm, *reference;
    double total[2], highest; /* shares */
    size_t n_hidden;
};

static int side_of(const struct bars *bars, size_t row)
{
    return cell_is(bars->overlap, "people_of", row, bars->arm) ? 0 : 1;
}

static struct bars read_bars(struct bundle *bundle, size_t first)
{
    const struct table *overlap = bundle_table(bundle, "overlap");
    struct bars bars = {.overlap = overlap,
                        .arm = cell_text(bundle->pool, overlap, "arm", first),
                        .reference = cell_text(bundle->pool, overlap, "reference", first)};

    for (size_t i = first; i < overlap->n_rows; i++) {
        if (!same_picture(overlap, first, i))
            continue;
        if (is_of_arm(overlap, i))
            bars.total[side_of(&bars, i)] += cell_real(overlap, "n", i);
        else
            bars.n_hidden++;
    }
    for (size_t i = first; i < overlap->n_rows; i++)
        if (same_picture(overlap, first, i) && is_of_arm(overlap, i) && bars.total[side_of(&bars, i)] > 0)
            bars.highest = fmax(bars.highest, cell_real(overlap, "n", i) / bars.total[side_of(&bars, i)]);
    return bars;
}

static void draw_bars(const struct bars *bars, size_t first, struct drawing *d, const struct panel *p)
{
    for (size_t i = first; i < bars->overlap->n_rows; i++) {
        const double from = cell_real(bars->overlap, "score_from", i), to = cell_real(bars->overlap, "score_to", i);
        int side;
        double share;

        if (!same_picture(bars->overlap, first, i) || !is_of_arm(bars->overlap, i))
            continue;
        side = side_of(bars, i);
        share = bars->total[side] > 0 ? cell_real(bars->overlap, "n", i) / bars->total[side] : 0;
        if (share > 0)
            drawing_box(d, panel_x(p, from) + 0.15, panel_y(p, 0), panel_x(p, to) - 0.15,
                        panel_y(p, side == 0 ? share : -share), series_colour((size_t)side));
    }
}

/* Shares downwards are shares too: no minus sign. */
static void draw_shares(struct drawing *d, const struct panel *p, const struct frame_axis *axis)
{
    for (size_t k = 0; k < axis->n; k++)
        for (int side = -1; side <= 1; side += 2) {
            const double y = panel_y(p, side * axis->ticks[k]);

            if (axis->ticks[k] == 0 && side < 0)
                continue;
            drawing_line(d, p->left, y, p->right, y, PEN_GRID);
            drawing_text(d, p->left - 1.5, y, ALIGN_RIGHT, FACE_SMALL, INK_BLACK,
                         words_fixed(d->pool, 100 * axis->ticks[k], axis->digits), 0);
        }
    drawing_line(d, p->left, panel_y(p, 0), p->right, panel_y(p, 0), PEN_AXIS);
}

static int overlap_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    const struct bars bars = read_bars(bundle, figure->row);
    const struct frame_axis x = frame_axis(0, 1, 5, 1);
    struct frame_axis y = frame_axis(0, fmax(bars.highest, 0.01) * 1.2, 4, 100);
    struct panel *p = &d->panel;

    *p = (struct panel){.left = 4 + frame_label_width(d, &y), .right = d->width - 3, .bottom = 9.5, .x_max = 1};
    p->top = p->bottom + (frame_is_narrow(d) ? 52 : 66);
    p->y_min = -y.high;
    p->y_max = y.high;
    d->height = p->top + frame_title_height(d, figure->title) + 2;
    frame_title(d, figure->title);
    draw_shares(d, p, &y);
    draw_bars(&bars, figure->row, d, p);
    frame_x(d, p, &x, false, pool_format(d->pool, "Propensity score: probability of %s", bundle_arm_label(bundle, bars.arm)));
    drawing_text(d, p->right, p->top - 2, ALIGN_RIGHT, FACE_BOLD, INK_BLACK, bundle_arm_label(bundle, bars.arm),
                 (p->right - p->left) / 2);
    drawing_text(d, p->right, p->bottom + 2, ALIGN_RIGHT, FACE_BOLD, INK_BLACK, bundle_arm_label(bundle, bars.reference),
                 (p->right - p->left) / 2);
    return 0;
}

static int fill_alternative(struct bundle *bundle, struct figure *figure, const struct bars *bars, size_t first)
{
    struct pool *pool = bundle->pool;
    struct text_table *table = &figure->alternative;

    table->caption = figure->title;
    if (text_table_column(table, "Arm", false) != 0 || text_table_column(table, "Score", true) != 0 ||
        text_table_column(table, "People", true) != 0)
        return -1;
    for (size_t i = first; i < bars->overlap->n_rows; i++) {
        const char **cells;

        if (!same_picture(bars->overlap, first, i))
            continue;
        if ((cells = text_table_row(table)) == NULL)
            return -1;
        cells[0] = bundle_arm_label(bundle, cell_text(pool, bars->overlap, "people_of", i));
        cells[1] = pool_format(pool, "%s to %s", words_plain(pool, cell_real(bars->overlap, "score_from", i)),
                               words_plain(pool, cell_real(bars->overlap, "score_to", i)));
        cells[2] = words_count(pool, cell_integer(bars->overlap, "n", i));
    }
    return 0;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    struct pool *pool = bundle->pool;
    const struct bars bars = read_bars(bundle, row);
    const char *adjustment = cell_text(pool, bars.overlap, "adjustment", row);
    struct figure *figure;

    if (!(bars.highest > 0))
        return 0;
    figure = figures_add(figures, bundle, &figure_overlap, pool_format(pool, "overlap-%s", bars.arm));
    if (figure == NULL)
        return -1;
    figure->row = row;
    figure->title = pool_format(pool, "Propensity scores (%% of arm)%s%s", adjustment[0] == '\0' ? "" : ", ",
                                words_adjustment(pool, adjustment));
    figure->caption = pool_format(pool,
                                  "Share of each arm by propensity score. Where only one arm has bars nobody can be compared.%s",
                                  bars.n_hidden > 0 ? " Bars of few people are hidden." : "");
    figure->description = pool_format(pool, "Two histograms on one axis from 0 to 1: %s upwards, %s downwards.",
                                      bundle_arm_label(bundle, bars.arm), bundle_arm_label(bundle, bars.reference));
    return fill_alternative(bundle, figure, &bars, row);
}

/* Scores of one model are drawn once, whichever outcome or weight they serve. */
static bool is_first(const struct table *overlap, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (cells_equal(overlap, "population", i, row) && cells_equal(overlap, "arm", i, row) &&
            cells_equal(overlap, "reference", i, row))
            return false;
    return true;
}

static int overlap_plan(struct bundle *bundle, struct figures *figures)
{
    const struct table *overlap = bundle_table(bundle, "overlap");

    for (size_t i = 0; i < cell_rows(overlap); i++)
        if (is_first(overlap, i) && !cell_contains(overlap, "population", i, "@") &&
            !cell_contains(overlap, "analysis", i, "@") && plan_one(bundle, figures, i) != 0)
            return -1;
    return 0;
}

const struct figure_kind figure_overlap = {"overlap", overlap_plan, overlap_draw};
