/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Programmes at a glance: a row a programme, a panel a measure, in each a dot and its whiskers for observed over
 * expected.  Shapes tell who lies outside the funnel's limits.
 */
#include "report/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/frame.h"
#include "report/programme_cells.h"
#include "report/text_width.h"
#include "report/words.h"

/* With more measures than stand side by side fewer rows, so that a picture stays on a page. */
enum { ROWS_MAX = 40, ROWS_BESIDE = 20, ROWS_OF_MANY = 13, COLUMNS = 4, HEADING_LINES = 2 };

#define ROW 3.9
#define GAP 3.0
#define WIDEST 4.0 /* ratios beyond it are cut */

struct ranked {
    size_t row;
    int64_t n;
    double ratio;
};

struct glance {
    const struct table *cells;
    size_t n_measures, n, n_left_out;
    struct ranked *items; /* [n] rows of the first measure, by ratio */
    size_t *whole;        /* rows of programmes over all periods; of measure m from from[m] to from[m + 1] */
    size_t from[PROGRAMME_FIGURES_MAX + 1];
    double widest;        /* largest ratio or limit, either way */
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
    const double x = isfinite(one->ratio) ? one->ratio : -1, y = isfinite(two->ratio) ? two->ratio : -1;

    if (x != y)
        return x > y ? -1 : 1;
    return (one->row > two->row) - (one->row < two->row);
}

static bool is_programme(const struct table *cells, size_t row)
{
    return programme_is_whole(cells, row) && !cell_is(cells, "programme", row, "");
}

/* The row of another measure for the programme of a row; n_rows: it has none. */
static size_t row_of(const struct glance *glance, size_t row, size_t measure)
{
    for (size_t i = glance->from[measure]; i < glance->from[measure + 1]; i++)
        if (cells_equal(glance->cells, "programme", glance->whole[i], row))
            return glance->whole[i];
    return cell_rows(glance->cells);
}

static void stretch(struct glance *glance, double ratio)
{
    if (ratio > 0 && isfinite(ratio))
        glance->widest = fmax(glance->widest, fmin(WIDEST, fmax(ratio, 1 / ratio)));
}

static void glance_free(struct glance *glance)
{
    free(glance->items);
    free(glance->whole);
}

static int glance_read(struct bundle *bundle, struct glance *glance)
{
    size_t n_max;

    *glance = (struct glance){.cells = bundle_table(bundle, "programmes"), .widest = 1.25};
    glance->items = allocate(cell_rows(glance->cells) + 1, sizeof *glance->items);
    glance->whole = allocate(cell_rows(glance->cells) + 1, sizeof *glance->whole);
    if (glance->items == NULL || glance->whole == NULL) {
        glance_free(glance);
        return -1;
    }
    glance->n_measures = cell_rows(bundle_table(bundle, "programme_measures"));
    if (glance->n_measures > PROGRAMME_FIGURES_MAX)
        glance->n_measures = PROGRAMME_FIGURES_MAX;
    for (size_t m = 0, n = 0; m < glance->n_measures; m++) {
        const struct programme_span span = programme_rows(bundle, m);

        for (size_t i = span.first; i < span.end; i++)
            if (is_programme(glance->cells, i)) {
                stretch(glance, cell_real(glance->cells, "conf_low", i));
                stretch(glance, cell_real(glance->cells, "conf_high", i));
                glance->whole[n++] = i;
            }
        glance->from[m + 1] = n;
    }
    for (size_t i = 0; i < glance->from[glance->n_measures > 0]; i++)
        glance->items[glance->n++] = (struct ranked){glance->whole[i], cell_integer(glance->cells, "n", glance->whole[i]),
                                                     cell_real(glance->cells, "ratio", glance->whole[i])};
    qsort(glance->items, glance->n, sizeof *glance->items, by_size);
    n_max = glance->n_measures > 2 * COLUMNS ? ROWS_OF_MANY : glance->n_measures > COLUMNS ? ROWS_BESIDE : ROWS_MAX;
    if (glance->n > n_max) {
        glance->n_left_out = glance->n - n_max;
        glance->n = n_max;
    }
    qsort(glance->items, glance->n, sizeof *glance->items, by_ratio);
    return 0;
}

/* ---- drawing --------------------------------------------------------------------------------------------------- */

static double cut(double ratio, const struct panel *p)
{
    return panel_x(p, fmin(fmax(ratio, p->x_min), p->x_max));
}

static void draw_cell(const struct table *cells, size_t row, struct drawing *d, const struct panel *p, double y)
{
    const double ratio = cell_real(cells, "ratio", row), low = cell_real(cells, "conf_low", row), high = cell_real(cells, "conf_high", row);
    const bool far = programme_signal_has(cells, row, "99.8 %"), out = programme_signal_has(cells, row, "95 %");

    if (!isfinite(ratio))
        return;
    if (isfinite(low) && isfinite(high))
        drawing_line(d, cut(low, p), y, cut(high, p), y, far ? PEN_WHISKER + 1 : out ? PEN_WHISKER + 4 : PEN_WHISKER);
    drawing_point(d, cut(ratio, p), y, far ? POINT_DIAMOND : out ? POINT_SQUARE : POINT_DOT, far ? 0.7 : 0.45,
                  far ? series_colour(1) : out ? series_colour(4) : series_colour(0));
}

static void draw_panel(struct bundle *bundle, const struct glance *glance, size_t measure, struct drawing *d, const struct panel *p)
{
    const struct frame_axis axis = frame_log_axis(p->x_min, p->x_max, 4);

    frame_lines(d, p->left, p->top + 1 + HEADING_LINES * 3.6, p->right - p->left, FACE_SMALL, INK_BLACK,
                programme_measure_label(bundle, measure), HEADING_LINES, true);
    frame_x(d, p, &axis, true, "");
    drawing_line(d, panel_x(p, 1), p->bottom, panel_x(p, 1), p->top, PEN_ZERO);
    for (size_t k = 0; k < glance->n; k++) {
        const size_t row = row_of(glance, glance->items[k].row, measure);

        if (row < cell_rows(glance->cells))
            draw_cell(glance->cells, row, d, p, p->top - ROW * ((double)k + 0.5));
    }
}

static void draw_names(struct bundle *bundle, const struct glance *glance, struct drawing *d, double top, double room)
{
    for (size_t k = 0; k < glance->n; k++)
        drawing_text(d, 0.3, top - ROW * ((double)k + 0.5), ALIGN_LEFT, FACE_SMALL, INK_BLACK,
                     programme_label(bundle, glance->items[k].row), room);
}

static double widest_name(struct bundle *bundle, const struct glance *glance, double limit)
{
    double width = 0;

    for (size_t k = 0; k < glance->n; k++)
        width = fmax(width, face_width(FACE_SMALL, programme_label(bundle, glance->items[k].row)));
    return fmin(width, limit);
}

static int programmes_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    const struct frame_key keys[] = {
        {.text = "Inside the limits", .shape = POINT_DOT, .colour = series_colour(0)},
        {.text = "Outside 95 %", .shape = POINT_SQUARE, .colour = series_colour(4)},
        {.text = "Outside 99.8 %", .shape = POINT_DIAMOND, .colour = series_colour(1)}};
    const size_t n_keys = sizeof keys / sizeof keys[0];
    const double above = frame_title_height(d, figure->title), head = above + frame_keys_height(0.3, d->width, keys, n_keys) + 1;
    struct glance glance;
    size_t columns, blocks;
    double names, width, block;

    if (glance_read(bundle, &glance) != 0)
        return -1;
    columns = frame_is_narrow(d) ? 2 : COLUMNS;
    if (columns > glance.n_measures)
        columns = glance.n_measures;
    blocks = (glance.n_measures + columns - 1) / columns;
    block = ROW * (double)glance.n + 1 + HEADING_LINES * 3.6 + FRAME_X_ROOM + 1;
    names = widest_name(bundle, &glance, frame_is_narrow(d) ? 28 : 44);
    width = (d->width - names - GAP * (double)(columns + 1)) / (double)columns;
    d->height = head + block * (double)blocks;
    frame_title(d, figure->title);
    frame_keys(d, 0.3, d->width, d->height - above, keys, n_keys);
    for (size_t m = 0; m < glance.n_measures; m++) {
        const double left = names + GAP + (double)(m % columns) * (width + GAP);
        const double top = d->height - head - block * (double)(m / columns) - 1 - HEADING_LINES * 3.6;
        const struct panel panel = {.left = left, .right = left + width, .top = top, .bottom = top - ROW * (double)glance.n,
                                    .x_min = 1 / glance.widest / 1.02, .x_max = glance.widest * 1.02, .log_x = true};

        draw_panel(bundle, &glance, m, d, &panel);
        if (m % columns == 0)
            draw_names(bundle, &glance, d, top, names);
    }
    glance_free(&glance);
    return 0;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

static const char *ratio_words(struct bundle *bundle, const struct glance *glance, size_t row)
{
    struct pool *pool = bundle->pool;

    if (row >= cell_rows(glance->cells) || !isfinite(cell_real(glance->cells, "ratio", row)))
        return WORDS_NOTHING;
    return pool_format(pool, "%s (%s)", words_bare(pool, SCALE_RATIO, cell_real(glance->cells, "ratio", row)),
                       words_interval(pool, SCALE_RATIO, cell_real(glance->cells, "conf_low", row),
                                      cell_real(glance->cells, "conf_high", row)));
}

static int fill_alternative(struct bundle *bundle, struct figure *figure, const struct glance *glance)
{
    struct text_table *table = &figure->alternative;

    table->caption = figure->title;
    if (text_table_column(table, "Programme", false) != 0)
        return -1;
    for (size_t m = 0; m < glance->n_measures; m++)
        if (text_table_column(table, programme_measure_label(bundle, m), true) != 0)
            return -1;
    for (size_t k = 0; k < glance->n; k++) {
        const char **cells = text_table_row(table);

        if (cells == NULL)
            return -1;
        cells[0] = programme_label(bundle, glance->items[k].row);
        for (size_t m = 0; m < glance->n_measures; m++)
            cells[1 + m] = ratio_words(bundle, glance, row_of(glance, glance->items[k].row, m));
    }
    return 0;
}

static int programmes_plan(struct bundle *bundle, struct figures *figures)
{
    struct pool *pool = bundle->pool;
    struct glance glance;
    int status = 0;

    if (glance_read(bundle, &glance) != 0)
        return -1;
    if (glance.n > 1) {
        struct figure *figure = figures_add(figures, bundle, &figure_programmes, "programmes-expected");

        status = -1;
        if (figure != NULL) {
            figure->title = "Programmes: observed over expected";
            figure->caption = pool_format(pool,
                                          "What each programme had over what people like its own would have had anywhere, with exact 95 %% "
                                          "intervals, in the order of the first measure.%s%s",
                                          glance.n_left_out == 0
                                              ? ""
                                              : pool_format(pool, " The %zu largest programmes are drawn, %zu more are in the table of programmes.",
                                                            glance.n, glance.n_left_out),
                                          programme_left_out(bundle));
            figure->description = pool_format(pool, "A row a programme, %zu in all; a panel a measure; a dot and an interval about 1 in each.",
                                              glance.n);
            status = fill_alternative(bundle, figure, &glance);
        }
    }
    glance_free(&glance);
    return status;
}

const struct figure_kind figure_programmes = {"programmes", programmes_plan, programmes_draw};
