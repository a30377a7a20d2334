/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tipping points: a row a verdict, over the risk that people of the arm who were lost would have to have had.  A heavy line
 * where the verdict stays, a thin one where it turns; a dot at the risk of those who were seen.
 */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/frame.h"
#include "report/reading.h"
#include "report/words.h"

enum { ROWS_MAX = 30 };

/* Millimetres: words above, the line below. */
#define ROW(lines) (8.4 + 3.6 * (lines))

static bool is_drawn(const struct table *t, size_t row)
{
    return isfinite(cell_real(t, "observed_risk", row)) && cell_real(t, "lost_arm", row) > 0;
}

static const char *label_of(struct bundle *bundle, const struct table *t, size_t row)
{
    return pool_format(bundle->pool, "%s, %s: %s", reading_what(bundle, t, row),
                       words_lower(bundle->pool, words_measure(bundle->pool, cell_text(bundle->pool, t, "measure", row))),
                       reading_whom(bundle, t, row));
}

static const char *verdict_of(struct bundle *bundle, const struct table *t, size_t row)
{
    const char *same = cell_text(bundle->pool, t, "verdict_same", row), *turns = cell_text(bundle->pool, t, "turns_to", row);

    if (!isfinite(cell_real(t, "tipping_risk", row)))
        return pool_format(bundle->pool, "%s whatever they did", same);
    return pool_format(bundle->pool, "%s; at %s and %s %s", same,
                       words_value(bundle->pool, SCALE_PERCENT, cell_real(t, "tipping_risk", row), ""),
                       cell_real(t, "tipping_risk", row) > cell_real(t, "observed_risk", row) ? "above" : "below", turns);
}

static void draw_row(const struct table *t, size_t row, struct drawing *d, const struct panel *p, double y)
{
    const double risk = cell_real(t, "observed_risk", row), tip = cell_real(t, "tipping_risk", row);
    const double from = isfinite(tip) && tip <= risk ? tip : 0, to = isfinite(tip) && tip > risk ? tip : 1;

    drawing_line(d, p->left, y, p->right, y, PEN_ZERO);
    drawing_box(d, panel_x(p, from), y - 0.9, panel_x(p, to), y + 0.9, series_colour(5));
    if (isfinite(tip))
        drawing_line(d, panel_x(p, tip), y - 2, panel_x(p, tip), y + 2, PEN_MARGIN);
    drawing_point(d, panel_x(p, risk), y, POINT_DOT, 0.6, COLOUR_BLACK);
}

static size_t count_rows(const struct table *t)
{
    size_t n = 0;

    for (size_t i = 0; i < cell_rows(t); i++)
        n += is_drawn(t, i);
    return n < ROWS_MAX ? n : ROWS_MAX;
}

static int tipping_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    const struct table *t = bundle_table(bundle, "tipping");
    const struct frame_axis x = frame_axis(0, 1, frame_is_narrow(d) ? 5 : 10, 100);
    const struct frame_key keys[] = {{.text = "Verdict stays", .box = true, .colour = series_colour(5)},
                                     {.text = "Verdict turns", .pen = PEN_MARGIN},
                                     {.text = "Risk of those seen", .shape = POINT_DOT, .colour = COLOUR_BLACK}};
    const size_t n_keys = sizeof keys / sizeof keys[0], n = count_rows(t);
    const double above = frame_title_height(d, figure->title), head = above + frame_keys_height(0.3, d->width, keys, n_keys) + 1;
    const size_t lines = frame_is_narrow(d) ? 2 : 1;
    const double row = ROW((double)lines);
    struct panel *p = &d->panel;
    size_t drawn = 0;

    *p = (struct panel){.left = 3, .right = d->width - 3, .bottom = 9.5};
    p->top = p->bottom + row * (double)n;
    d->height = p->top + head;
    frame_set_x(p, &x);
    frame_title(d, figure->title);
    frame_keys(d, 0.3, d->width, d->height - above, keys, n_keys);
    for (size_t i = 0; i < cell_rows(t) && drawn < n; i++) {
        double y;

        if (!is_drawn(t, i))
            continue;
        y = p->top - row * (double)drawn++;
        frame_lines(d, 0.3, y, d->width - 0.6, FACE_NORMAL, INK_BLACK, label_of(bundle, t, i), lines, true);
        y -= 3.6 * (double)lines;
        drawing_text(d, 0.3, y - 1.8, ALIGN_LEFT, FACE_SMALL, INK_GREY, verdict_of(bundle, t, i), d->width - 0.6);
        draw_row(t, i, d, p, y - 5.6);
    }
    frame_x(d, p, &x, false, "Risk of the arm's people who were lost (%)");
    return 0;
}

static int fill_alternative(struct bundle *bundle, struct figure *figure)
{
    const struct table *t = bundle_table(bundle, "tipping");
    struct pool *pool = bundle->pool;
    struct text_table *table = &figure->alternative;

    table->caption = figure->title;
    if (text_table_column(table, "Verdict on", false) != 0 || text_table_column(table, "Lost", true) != 0 ||
        text_table_column(table, "Risk of those seen (%)", true) != 0 || text_table_column(table, "Turns at (%)", true) != 0 ||
        text_table_column(table, "Verdict", false) != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(t); i++) {
        const char **cells;

        if (!is_drawn(t, i))
            continue;
        if ((cells = text_table_row(table)) == NULL)
            return -1;
        cells[0] = label_of(bundle, t, i);
        cells[1] = pool_format(pool, "%s of %s", words_count(pool, cell_integer(t, "lost_arm", i)),
                               words_count(pool, cell_integer(t, "n_arm", i)));
        cells[2] = words_bare(pool, SCALE_PERCENT, cell_real(t, "observed_risk", i));
        cells[3] = words_bare(pool, SCALE_PERCENT, cell_real(t, "tipping_risk", i));
        cells[4] = verdict_of(bundle, t, i);
    }
    return 0;
}

static int tipping_plan(struct bundle *bundle, struct figures *figures)
{
    struct figure *figure;

    if (count_rows(bundle_table(bundle, "tipping")) == 0)
        return 0;
    if ((figure = figures_add(figures, bundle, &figure_tipping, "tipping-points")) == NULL)
        return -1;
    figure->title = "Tipping points: people who were lost";
    figure->caption = "Which risk would the arm's people who were not seen to the end need to have had for the verdict to turn, while "
                      "those of the reference keep its risk?";
    figure->description = "A row a verdict on a scale from 0 to 100 per cent: where it stays, where it turns, and the risk of those "
                          "who were seen; the same numbers are in the table below.";
    return fill_alternative(bundle, figure);
}

const struct figure_kind figure_tipping = {"tipping", tipping_plan, tipping_draw};
