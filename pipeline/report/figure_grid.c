/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grid: the answer by comparator and adjustment (a column each), outcome and definition (a row each), with its verdict as a mark. */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/frame.h"
#include "report/reading.h"

enum { COLUMNS_MAX = 10, ROWS_MAX = 60, MARKS = 6, LABEL_LINES = 3 };

#define PITCH 5.2
#define HEADING 6.4
#define COLUMN 13.0 /* least width: a mark and a number */

/* How a verdict is drawn: by shape, and by colour beside it. */
static const struct mark {
    const char *verdict, *words;
    int shape, series; /* series -1: grey */
} marks[MARKS] = {{"non-inferior", "Non-inferior", POINT_DOT, 0},
                  {"inferior", "Inferior", POINT_DIAMOND, 1},
                  {"inconclusive", "Inconclusive", POINT_OPEN_CIRCLE, -1},
                  {"inconclusive (gate)", "Inconclusive (gate)", POINT_OPEN_DIAMOND, -1},
                  {"no margin", "No margin declared", 0, -1},
                  {"describes", "Describes only", 0, -1}};

/* Rows and columns of the picture; a row names one cell of the grid that stands in it. */
struct sheet {
    struct bundle *bundle;
    const struct table *grid;
    size_t n_columns, n_rows;
    size_t column[COLUMNS_MAX]; /* a row of the grid with this comparator and adjustment */
    size_t row[ROWS_MAX];       /* a row of the grid with this outcome, definition and question */
    bool all_columns, all_rows; /* none are left out */
};

/* What a heading holds together, and what a row is within it. */
static bool same_question(const struct table *grid, size_t a, size_t b)
{
    return rows_agree(grid, "measure term population", a, b) && rows_agree(grid, "time", a, b);
}

static bool same_row(const struct table *grid, size_t a, size_t b)
{
    return same_question(grid, a, b) && rows_agree(grid, "outcome profile analysis", a, b);
}

static bool same_column(const struct table *grid, size_t a, size_t b)
{
    return rows_agree(grid, "arm reference adjustment", a, b);
}

static void add_column(struct sheet *sheet, size_t row)
{
    for (size_t k = 0; k < sheet->n_columns; k++)
        if (same_column(sheet->grid, sheet->column[k], row))
            return;
    if (sheet->n_columns < COLUMNS_MAX)
        sheet->column[sheet->n_columns++] = row;
    else
        sheet->all_columns = false;
}

/* Rows of one question lie together, in the order in which questions begin. */
static void add_row(struct sheet *sheet, size_t row)
{
    size_t at = sheet->n_rows;

    for (size_t k = 0; k < sheet->n_rows; k++) {
        if (same_row(sheet->grid, sheet->row[k], row))
            return;
        if (same_question(sheet->grid, sheet->row[k], row))
            at = k + 1;
    }
    if (sheet->n_rows == ROWS_MAX) {
        sheet->all_rows = false;
        return;
    }
    for (size_t k = sheet->n_rows++; k > at; k--)
        sheet->row[k] = sheet->row[k - 1];
    sheet->row[at] = row;
}

static struct sheet sheet_read(struct bundle *bundle)
{
    struct sheet sheet = {.bundle = bundle, .grid = bundle_table(bundle, "grid"), .all_columns = true, .all_rows = true};

    for (size_t i = 0; i < cell_rows(sheet.grid); i++) {
        add_column(&sheet, i);
        add_row(&sheet, i);
    }
    return sheet;
}

/* The row of the grid that stands there; NO_ROW: none. */
static long cell_at(const struct sheet *sheet, size_t row, size_t column)
{
    for (size_t i = 0; i < cell_rows(sheet->grid); i++)
        if (same_row(sheet->grid, sheet->row[row], i) && same_column(sheet->grid, sheet->column[column], i))
            return (long)i;
    return NO_ROW;
}

static bool is_first_of_question(const struct sheet *sheet, size_t row)
{
    return row == 0 || !same_question(sheet->grid, sheet->row[row - 1], sheet->row[row]);
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

/* "Risk difference by day 180, population adults" */
static const char *question_words(const struct sheet *sheet, size_t row)
{
    struct pool *pool = sheet->bundle->pool;
    const char *when = reading_when(sheet->bundle, sheet->grid, row);
    const char *text = pool_format(pool, "%s%s%s", words_measure(pool, cell_text(pool, sheet->grid, "measure", row)),
                                   when[0] == '\0' ? "" : " ", when);

    if (bundle_several_populations(sheet->bundle, cell_text(pool, sheet->grid, "outcome", row)))
        text = pool_format(pool, "%s, population %s", text, words_spoken(pool, cell_text(pool, sheet->grid, "population", row)));
    return text;
}

/* Outcome, profile and, where the outcome is asked about in several, analysis. */
static const char *row_words(const struct sheet *sheet, size_t row)
{
    struct pool *pool = sheet->bundle->pool;
    const char *outcome = cell_text(pool, sheet->grid, "outcome", row), *profile = cell_text(pool, sheet->grid, "profile", row);
    const char *analysis = bundle_several_analyses(sheet->bundle, outcome) ? cell_text(pool, sheet->grid, "analysis", row) : "";
    const char *label = bundle_outcome_label(sheet->bundle, outcome);

    if (profile[0] == '\0' && analysis[0] == '\0')
        return label;
    return pool_format(pool, "%s (%s%s%s)", label, words_spoken(pool, analysis), profile[0] != '\0' && analysis[0] != '\0' ? ", " : "",
                       words_spoken(pool, profile));
}

/* The comparator, the adjustment, or both: what the columns differ in. */
static const char *column_words(const struct sheet *sheet, size_t row)
{
    struct pool *pool = sheet->bundle->pool;
    const char *adjustment = cell_text(pool, sheet->grid, "adjustment", row);
    const char *how = adjustment[0] == '\0' || strcmp(adjustment, "unadjusted") == 0 ? "unadjusted" : words_adjustment(pool, adjustment);
    bool comparators = false, adjustments = false;

    for (size_t k = 1; k < sheet->n_columns; k++) {
        comparators = comparators || !rows_agree(sheet->grid, "arm reference", sheet->column[0], sheet->column[k]);
        adjustments = adjustments || !cells_equal(sheet->grid, "adjustment", sheet->column[0], sheet->column[k]);
    }
    if (!adjustments)
        return reading_whom(sheet->bundle, sheet->grid, row);
    return comparators ? pool_format(pool, "%s, %s", reading_whom(sheet->bundle, sheet->grid, row), how) : words_capital(pool, how);
}

static const struct mark *mark_of(const struct sheet *sheet, size_t row)
{
    for (size_t k = 0; k < MARKS; k++)
        if (cell_is(sheet->grid, "verdict", row, marks[k].verdict))
            return &marks[k];
    return NULL;
}

static const char *estimate_words(const struct sheet *sheet, size_t row)
{
    struct pool *pool = sheet->bundle->pool;
    const enum scale scale = words_scale(cell_text(pool, sheet->grid, "measure", row));

    return reading_has_value(sheet->grid, row) ? words_bare(pool, scale, cell_real(sheet->grid, "estimate", row)) : WORDS_NOTHING;
}

static int fill_alternative(const struct sheet *sheet, struct figure *figure)
{
    struct text_table *table = &figure->alternative;
    struct pool *pool = sheet->bundle->pool;

    table->caption = figure->title;
    if (text_table_column(table, "Outcome", false) != 0)
        return -1;
    for (size_t c = 0; c < sheet->n_columns; c++)
        if (text_table_column(table, column_words(sheet, sheet->column[c]), false) != 0)
            return -1;
    for (size_t r = 0; r < sheet->n_rows; r++) {
        const char **cells;

        if (is_first_of_question(sheet, r) && text_table_heading(table, question_words(sheet, sheet->row[r])) != 0)
            return -1;
        if ((cells = text_table_row(table)) == NULL)
            return -1;
        cells[0] = row_words(sheet, sheet->row[r]);
        for (size_t c = 0; c < sheet->n_columns; c++) {
            const long at = cell_at(sheet, r, c);

            cells[1 + c] = at == NO_ROW ? ""
                                        : pool_format(pool, "%s (%s): %s", estimate_words(sheet, (size_t)at),
                                                      reading_interval(sheet->bundle, sheet->grid, (size_t)at),
                                                      cell_text(pool, sheet->grid, "verdict", (size_t)at));
        }
    }
    return 0;
}

/* ---- the picture ------------------------------------------------------------------------------------------------- */

static double row_height(const struct sheet *sheet, struct drawing *d, size_t row, double labels)
{
    return fmax(PITCH, 1.6 + frame_lines(d, 0, 0, labels - 3, FACE_SMALL, INK_BLACK, row_words(sheet, sheet->row[row]), LABEL_LINES, false));
}

static double rows_height(const struct sheet *sheet, struct drawing *d, double labels)
{
    double height = 0;

    for (size_t r = 0; r < sheet->n_rows; r++)
        height += row_height(sheet, d, r, labels) + (is_first_of_question(sheet, r) ? HEADING : 0);
    return height;
}

static size_t list_keys(const struct sheet *sheet, struct frame_key *keys)
{
    size_t n = 0;

    for (size_t k = 0; k < MARKS; k++) {
        bool used = false;

        for (size_t i = 0; !used && marks[k].shape != 0 && i < cell_rows(sheet->grid); i++)
            used = mark_of(sheet, i) == &marks[k];
        if (used)
            keys[n++] = (struct frame_key){.text = marks[k].words, .shape = marks[k].shape,
                                           .colour = marks[k].series < 0 ? COLOUR_GREY : series_colour((size_t)marks[k].series)};
    }
    return n;
}

static void draw_cell(const struct sheet *sheet, struct drawing *d, size_t row, double left, double y, double width)
{
    const struct mark *mark = mark_of(sheet, row);

    if (mark != NULL && mark->shape != 0)
        drawing_point(d, left + 2.2, y, mark->shape, 0.7, mark->series < 0 ? COLOUR_GREY : series_colour((size_t)mark->series));
    const char *value = estimate_words(sheet, row),
               *whole = pool_format(sheet->bundle->pool, "%s (%s)", value, reading_interval(sheet->bundle, sheet->grid, row));

    if (reading_has_value(sheet->grid, row) && face_width(FACE_SMALL, whole) < width - 5.2)
        value = whole;
    drawing_text(d, left + 4.6, y, ALIGN_LEFT, FACE_SMALL, INK_BLACK, value, width - 5.2);
}

static int grid_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    struct sheet sheet = sheet_read(bundle);
    struct frame_key keys[MARKS];
    const size_t n_keys = list_keys(&sheet, keys);
    const double labels = d->width * (sheet.n_columns > 5 ? 0.28 : sheet.n_columns > 3 ? 0.34 : 0.44);

    /* As many columns as have room for a number. */
    while (sheet.n_columns > 1 && (d->width - labels - 1) / (double)sheet.n_columns < COLUMN)
        sheet.n_columns--;
    const double width = (d->width - labels - 1) / (double)sheet.n_columns;
    double header = 0, y;

    for (size_t c = 0; c < sheet.n_columns; c++)
        header = fmax(header, frame_lines(d, 0, 0, width - 0.6, FACE_SMALL, INK_BLACK, column_words(&sheet, sheet.column[c]), 4, false));
    d->panel = (struct panel){.left = labels, .right = d->width - 1, .bottom = 2, .x_max = 1, .y_max = 1};
    d->panel.top = d->panel.bottom + rows_height(&sheet, d, labels);
    d->height = d->panel.top + header + 4 + frame_keys_height(0.3, d->width, keys, n_keys) + frame_title_height(d, figure->title) + 2;
    frame_title(d, figure->title);
    frame_keys(d, 0.3, d->width, d->height - frame_title_height(d, figure->title), keys, n_keys);
    for (size_t c = 0; c < sheet.n_columns; c++)
        frame_lines(d, labels + width * (double)c + 0.6, d->panel.top + header + 2, width - 0.6, FACE_SMALL, INK_BLACK,
                    column_words(&sheet, sheet.column[c]), 4, true);
    drawing_line(d, 0.3, d->panel.top + 0.6, d->width - 0.3, d->panel.top + 0.6, PEN_AXIS);
    y = d->panel.top;
    for (size_t r = 0; r < sheet.n_rows; r++) {
        if (is_first_of_question(&sheet, r)) {
            drawing_text(d, 0.3, y - HEADING + 2.6, ALIGN_LEFT, FACE_BOLD, INK_BLACK, question_words(&sheet, sheet.row[r]), d->width - 1);
            y -= HEADING;
        }
        const double row = row_height(&sheet, d, r, labels);

        frame_lines(d, 1.5, y - 0.8, labels - 3, FACE_SMALL, INK_BLACK, row_words(&sheet, sheet.row[r]), LABEL_LINES, true);
        for (size_t c = 0; c < sheet.n_columns; c++) {
            const long at = cell_at(&sheet, r, c);

            if (at != NO_ROW)
                draw_cell(&sheet, d, (size_t)at, labels + width * (double)c, y - PITCH / 2, width);
        }
        y -= row;
        drawing_line(d, 0.3, y, d->width - 0.3, y, PEN_GRID);
    }
    return 0;
}

static const char *caption_of(const struct sheet *sheet)
{
    return pool_format(sheet->bundle->pool,
                       "Every contrast that a margin speaks of: a column a comparator (and adjustment), a row an outcome under its definition. Differences of "
                       "probabilities are in points. A mark is the verdict against the declared margin; without one there was no margin, or the "
                       "definition only describes.%s%s",
                       sheet->n_columns > 3 ? " The narrow picture holds the first columns." : "",
                       sheet->all_rows && sheet->all_columns ? "" : " Not all fit: the rest stands in the table grid.");
}

/* One comparator stands in the title, as no column names it. */
static const char *title_of(const struct sheet *sheet)
{
    for (size_t k = 1; k < sheet->n_columns; k++)
        if (!rows_agree(sheet->grid, "arm reference", sheet->column[0], sheet->column[k]))
            return "The answer by comparator, outcome and definition";
    return pool_format(sheet->bundle->pool, "The answer by outcome and definition: %s", reading_whom(sheet->bundle, sheet->grid, sheet->column[0]));
}

/* One contrast asked once is told by its verdict. */
static int grid_plan(struct bundle *bundle, struct figures *figures)
{
    const struct sheet sheet = sheet_read(bundle);
    struct figure *figure;

    if (sheet.n_rows < 2 && sheet.n_columns < 2)
        return 0;
    if ((figure = figures_add(figures, bundle, &figure_grid, "grid")) == NULL)
        return -1;
    figure->title = title_of(&sheet);
    figure->caption = caption_of(&sheet);
    figure->description = pool_format(bundle->pool, "A table of %zu rows and %zu columns with a mark and a number in each cell; the same "
                                                    "numbers, with intervals and verdicts, are in the table below.",
                                      sheet.n_rows, sheet.n_columns);
    return fill_alternative(&sheet, figure);
}

const struct figure_kind figure_grid = {"specification", grid_plan, grid_draw};
