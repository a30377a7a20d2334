/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who was lost at which step: boxes on the way, and beside it those left out. */
#include "report/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/flow_steps.h"
#include "report/text_width.h"
#include "report/words.h"

enum { LINES_MAX = 40 };

#define LINE_HEIGHT 3.7
#define PADDING 1.6
#define BETWEEN 4.0

struct box {
    size_t n;
    const char *lines[LINES_MAX];
    bool bold[LINES_MAX];
};

/* The sheet grows downwards from 0: y is negative until the height is known. */
struct page {
    struct bundle *bundle;
    double width, main_width, side_left;
    bool narrow;
    double y;         /* lower edge of what is drawn */
    double way_start; /* where the arrow of the way leaves the last main box */
    struct drawing *drawing;
    FILE *boxes;
    double height; /* 0 in the first pass, which only measures */
};

static void add_lines(struct page *page, struct box *box, const char *text, bool bold, double width)
{
    enum face face = bold ? FACE_BOLD : FACE_NORMAL;

    while (text[0] != '\0' && box->n < LINES_MAX) {
        size_t length = text_line_length(text, face_points(face), bold, width - 2 * PADDING);

        box->lines[box->n] = pool_copy(page->bundle->pool, text, length);
        box->bold[box->n++] = bold;
        text += length;
        text += strspn(text, " ");
    }
}

static double box_height(const struct box *box)
{
    return (double)box->n * LINE_HEIGHT + 2 * PADDING;
}

/* A box with its upper edge at y (from the top, downwards negative). */
static void draw_box(struct page *page, const struct box *box, double x, double y, double width)
{
    double height = box_height(box), top = page->height + y;

    if (page->height <= 0)
        return;
    fprintf(page->boxes, "%.3f\t%.3f\t%.3f\t%.3f\n", x + width / 2, top - height / 2, width / 2, height / 2);
    for (size_t i = 0; i < box->n; i++)
        drawing_text(page->drawing, x + PADDING, top - PADDING - ((double)i + 0.5) * LINE_HEIGHT, ALIGN_LEFT,
                     box->bold[i] ? FACE_BOLD : FACE_NORMAL, INK_BLACK, box->lines[i], width - PADDING);
}

static void draw_arrow(struct page *page, double x1, double y1, double x2, double y2)
{
    if (page->height > 0)
        drawing_line(page->drawing, x1, page->height + y1, x2, page->height + y2, PEN_FLOW);
}

static const char *count_of(struct page *page, int64_t n, const char *unit)
{
    return n == MISSING_INTEGER ? "number withheld"
                                : pool_format(page->bundle->pool, "%s %s", words_count(page->bundle->pool, n),
                                              words_noun(page->bundle->pool, unit, n));
}

static double way_x(const struct page *page)
{
    return page->narrow ? 6 : page->main_width / 2;
}

static void draw_main(struct page *page, const struct flow_step *step)
{
    struct box box = {.n = 0};

    add_lines(page, &box, count_of(page, step->left, step->unit), true, page->main_width);
    add_lines(page, &box, step->label, false, page->main_width);
    if (page->y < -0.5) {
        page->y -= BETWEEN;
        draw_arrow(page, way_x(page), page->way_start, way_x(page), page->y);
    }
    draw_box(page, &box, 0.2, page->y, page->main_width);
    page->y -= box_height(&box);
    page->way_start = page->y;
}

static void draw_side(struct page *page, const struct flow_step *step)
{
    struct box box = {.n = 0};
    double width = page->width - page->side_left - 0.2, middle;

    add_lines(page, &box, pool_format(page->bundle->pool, "%s left out", count_of(page, step->dropped, step->unit)),
              true, width);
    add_lines(page, &box, step->label, false, width);
    page->y -= BETWEEN * 0.7;
    draw_box(page, &box, page->side_left, page->y, width);
    middle = page->y - box_height(&box) / 2;
    draw_arrow(page, way_x(page), middle, page->side_left, middle);
    page->y -= box_height(&box);
}

/* Few arms: a box each, side by side; many: one box that lists them. */
static void draw_arms(struct page *page)
{
    const struct table *arms = page->bundle->arms;
    struct pool *pool = page->bundle->pool;
    size_t n = cell_rows(arms), abreast = page->narrow ? 2 : 4;
    double gap = 3, tallest = 0;
    double width = n == 0 ? 0 : n == 1 ? page->main_width : (page->width - 0.4 - gap * ((double)n - 1)) / (double)n;
    const char *unit = bundle_study_unit(page->bundle);
    struct box boxes[4] = {{.n = 0}}, list = {.n = 0};

    if (n == 0)
        return;
    page->y -= BETWEEN + 2;
    if (n > abreast) {
        for (size_t i = 0; i < n; i++)
            add_lines(page, &list,
                      pool_format(pool, "%s: %s", bundle_arm_label(page->bundle, cell_text(pool, arms, "arm", i)),
                                  count_of(page, cell_integer(arms, "n", i), unit)),
                      false, page->width - 0.4);
        draw_box(page, &list, 0.2, page->y, page->width - 0.4);
        draw_arrow(page, way_x(page), page->way_start, way_x(page), page->y);
        page->y -= box_height(&list);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const char *name = cell_text(pool, arms, "arm", i);
        double x = 0.2 + (double)i * (width + gap);

        add_lines(page, &boxes[i], count_of(page, cell_integer(arms, "n", i), unit), true, width);
        add_lines(page, &boxes[i], bundle_arm_label(page->bundle, name), false, width);
        tallest = fmax(tallest, box_height(&boxes[i]));
        draw_box(page, &boxes[i], x, page->y, width);
        draw_arrow(page, x + width / 2, page->y + 3, x + width / 2, page->y);
    }
    if (page->height > 0) { /* the bar from which the arms hang */
        double bar = page->height + page->y + 3;

        drawing_line(page->drawing, way_x(page), page->height + page->way_start, way_x(page), bar, PEN_RULE);
        drawing_line(page->drawing, fmin(way_x(page), 0.2 + width / 2), bar,
                     n == 1 ? fmax(way_x(page), 0.2 + width / 2) : page->width - 0.2 - width / 2, bar, PEN_RULE);
    }
    page->y -= tallest;
}

static void draw_all(struct page *page, const struct flow_steps *steps)
{
    page->y = -0.3;
    for (size_t i = 0; i < steps->n; i++)
        if (steps->items[i].is_main)
            draw_main(page, &steps->items[i]);
        else
            draw_side(page, &steps->items[i]);
    draw_arms(page);
}

static int flow_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    struct page page = {.bundle = bundle, .drawing = drawing, .width = drawing->width};
    struct flow_steps steps;
    char *bytes = NULL;
    size_t length = 0;
    int status = -1;

    (void)figure;
    page.narrow = strcmp(drawing->size, "narrow") == 0;
    page.main_width = page.narrow ? drawing->width * 0.62 : drawing->width * 0.46;
    page.side_left = page.narrow ? drawing->width * 0.2 : drawing->width * 0.53;
    if (flow_steps_read(bundle, &steps) != 0)
        return -1;
    draw_all(&page, &steps);
    drawing->height = page.height = -page.y + 0.3;
    drawing->panel = (struct panel){.right = drawing->width, .top = drawing->height, .x_max = 1, .y_max = 1};
    page.boxes = open_memstream(&bytes, &length);
    if (page.boxes != NULL) {
        draw_all(&page, &steps);
        status = fclose(page.boxes) == 0 ? drawing_table(drawing, "boxes", bytes, length) : fail_memory();
        free(bytes);
    } else {
        fail_memory();
    }
    flow_steps_free(&steps);
    return status;
}

static int flow_plan(struct bundle *bundle, struct figures *figures)
{
    struct pool *pool = bundle->pool;
    struct flow_steps steps;
    struct figure *figure;
    int status = -1;

    if (cell_rows(bundle->attrition) == 0)
        return 0;
    if (flow_steps_read(bundle, &steps) != 0)
        return -1;
    figure = figures_add(figures, bundle, &figure_attrition, "attrition");
    if (figure != NULL && text_table_column(&figure->alternative, "Step", false) == 0 &&
        text_table_column(&figure->alternative, "Left out", true) == 0 &&
        text_table_column(&figure->alternative, "Left", true) == 0) {
        figure->title = "From the source to the arms";
        figure->caption = "Steps that leave nobody out are in the table alone.";
        figure->description = "Boxes from top to bottom: what was read, who was left out and why, and how many are in "
                              "each arm; the same numbers are in the table below.";
        figure->alternative.caption = figure->title;
        status = 0;
        for (size_t i = 0; status == 0 && i < steps.n; i++) {
            const struct flow_step *step = &steps.items[i];
            const char **cells = text_table_row(&figure->alternative);

            if ((status = cells == NULL ? -1 : 0) != 0)
                break;
            cells[0] = step->label;
            cells[1] = step->is_main ? "" : words_count(pool, step->dropped);
            cells[2] = step->is_main ? words_count(pool, step->left) : "";
        }
    }
    flow_steps_free(&steps);
    return status;
}

const struct figure_kind figure_attrition = {"attrition", flow_plan, flow_draw};
