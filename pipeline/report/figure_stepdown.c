/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where care goes on: moves between levels of care as ribbons from the level left to the level entered. */
#include "report/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/stepdown_layout.h"
#include "report/text_width.h"
#include "report/words.h"

enum { CORNERS = 32 };

/* Millimetres. */
#define NODE_WIDTH 2.2
#define LABEL_SLOT 7.4
#define LINE_HEIGHT 3.5
#define HEAD 15.0
#define STUB 12.5
#define TIP 2.0
#define NUMBER_HEIGHT 2.8 /* of a number with a little air */

/* Colours as in plots/stepdown.gp. */
enum { NODE_COLOUR = 0x404040 };
static const struct {
    const char *table; /* kinds of one colour share it */
    enum move_kind kinds[2];
    int colour;
    const char *words;
} inks[] = {
    {"down", {MOVE_DOWN, MOVE_DOWN}, 0x0072B2, "Step down"},
    {"up", {MOVE_UP, MOVE_UP}, 0xD55E00, "Step up"},
    {"stubs", {MOVE_BEGIN, MOVE_END}, 0xD8D8D8, "Care ends or is still going on (at the left), begins (at the right)"},
};
enum { N_INKS = sizeof inks / sizeof inks[0] };

static const char *arm_of(struct bundle *bundle, const struct figure *figure)
{
    return figure->row == SIZE_MAX ? "" : cell_text(bundle->pool, bundle->arms, "arm", figure->row);
}

/* ---- drawing --------------------------------------------------------------------------------------------------- */

struct sheet {
    struct bundle *bundle;
    struct drawing *drawing;
    struct stepdown_layout layout;
    double left, right; /* outer edges of the nodes */
    double bottom;
};

/* Height at share t of the way of an edge: along a smooth step, whose ends lie flat. */
static double edge_at(double from, double to, double t)
{
    return from + t * t * (3 - 2 * t) * (to - from);
}

static void write_corner(const struct sheet *sheet, FILE *stream, double x, double low, double high)
{
    fprintf(stream, "%.3f\t%.3f\t%.3f\n", x, sheet->bottom + low, sheet->bottom + high);
}

static void write_ribbon(const struct sheet *sheet, FILE *stream, const struct flow_move *move)
{
    const double x0 = sheet->left + NODE_WIDTH, x1 = sheet->right - NODE_WIDTH;

    if (move->kind == MOVE_END) { /* a stub with a point */
        const double tip = fmin(TIP, (move->from_high - move->from_low) / 2);
        write_corner(sheet, stream, x0, move->from_low, move->from_high);
        write_corner(sheet, stream, x0 + STUB - tip, move->from_low, move->from_high);
        write_corner(sheet, stream, x0 + STUB, (move->from_low + move->from_high) / 2,
                     (move->from_low + move->from_high) / 2);
    } else if (move->kind == MOVE_BEGIN) {
        write_corner(sheet, stream, x1 - STUB, move->to_low, move->to_high);
        write_corner(sheet, stream, x1, move->to_low, move->to_high);
    } else {
        for (int c = 0; c <= CORNERS; c++) {
            const double t = (double)c / CORNERS;
            write_corner(sheet, stream, x0 + t * (x1 - x0), edge_at(move->from_low, move->to_low, t),
                         edge_at(move->from_high, move->to_high, t));
        }
    }
    fputc('\n', stream);
}

static int write_ribbons(const struct sheet *sheet, size_t ink)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&bytes, &length);
    int status;

    if (stream == NULL)
        return fail_memory();
    fprintf(stream, "0\t0\t0\n0\t0\t0\n\n"); /* an ink that nobody needs has a ribbon without height */
    for (size_t k = 0; k < sheet->layout.n_moves; k++)
        if (sheet->layout.moves[k].kind == inks[ink].kinds[0] || sheet->layout.moves[k].kind == inks[ink].kinds[1])
            write_ribbon(sheet, stream, &sheet->layout.moves[k]);
    status = fclose(stream) == 0 ? drawing_table(sheet->drawing, inks[ink].table, bytes, length) : fail_memory();
    free(bytes);
    return status;
}

static void write_box(FILE *stream, double x, double low, double high, int colour)
{
    fprintf(stream, "%.3f\t%.3f\t%.3f\t%.3f\t%d\n", x + NODE_WIDTH / 2, (low + high) / 2, NODE_WIDTH / 2, (high - low) / 2,
            colour);
}

/* Nodes with their labels: name above, number below. */
static void draw_node(const struct sheet *sheet, FILE *stream, size_t end, const struct flow_node *node, bool is_left)
{
    struct pool *pool = sheet->bundle->pool;
    const double x = is_left ? sheet->left : sheet->right - NODE_WIDTH;
    const double label_x = is_left ? sheet->left - 1.2 : sheet->right + 1.2;
    const double room = is_left ? sheet->left - 1.2 : sheet->drawing->width - sheet->right - 1.2;
    const enum align align = is_left ? ALIGN_RIGHT : ALIGN_LEFT;

    if (node->n == 0)
        return;
    write_box(stream, x, sheet->bottom + node->low, sheet->bottom + node->high, NODE_COLOUR);
    drawing_text(sheet->drawing, label_x, sheet->bottom + node->middle + LINE_HEIGHT / 2, align, FACE_NORMAL, INK_BLACK,
                 flow_end_label(sheet->bundle, end), room);
    drawing_text(sheet->drawing, label_x, sheet->bottom + node->middle - LINE_HEIGHT / 2, align, FACE_SMALL, INK_GREY,
                 words_count(pool, node->n), room);
}

/* Number of a ribbon or stub where it leaves its node; false: there is no room for it. */
static bool draw_number_left(const struct sheet *sheet, const struct flow_move *move, double below)
{
    const double x0 = sheet->left + NODE_WIDTH, way = sheet->right - NODE_WIDTH - x0;
    const char *number = words_count(sheet->bundle->pool, move->n);
    const double width = (1.2 + face_width(FACE_SMALL, number)) / way, height = move->from_high - move->from_low;
    const bool is_stub = move->kind == MOVE_END;
    const double low = is_stub ? move->from_low : edge_at(move->from_low, move->to_low, width / 2);
    const double climb = is_stub ? 0 : fabs(edge_at(move->from_low, move->to_low, width) - move->from_low);

    /* A step may be thinner than its number, but it must not leave it sideways, and no two numbers may touch. */
    if (below - (low + height / 2) < NUMBER_HEIGHT || height < (is_stub ? NUMBER_HEIGHT : NUMBER_HEIGHT / 2) ||
        climb > NUMBER_HEIGHT)
        return false;
    drawing_text(sheet->drawing, x0 + 1.2, sheet->bottom + low + height / 2, ALIGN_LEFT, FACE_SMALL, INK_BLACK, number, 0);
    return true;
}

/* Numbers from the top of each node to its bottom, each at least its height below the one before. */
static void draw_numbers(const struct sheet *sheet)
{
    const double x1 = sheet->right - NODE_WIDTH;

    for (size_t level = 0; level < FLOW_ENDS; level++) {
        double below = 1e9, edge = 1e9;
        for (;;) { /* the highest move of this node that was not yet tried */
            const struct flow_move *next = NULL;
            for (size_t k = 0; k < sheet->layout.n_moves; k++) {
                const struct flow_move *move = &sheet->layout.moves[k];
                if (move->kind != MOVE_BEGIN && move->from == level && move->from_high < edge &&
                    (next == NULL || move->from_high > next->from_high))
                    next = move;
            }
            if (next == NULL)
                break;
            edge = next->from_high;
            if (draw_number_left(sheet, next, below))
                below = (next->from_low + next->from_high) / 2;
        }
    }
    for (size_t k = 0; k < sheet->layout.n_moves; k++) {
        const struct flow_move *move = &sheet->layout.moves[k];
        if (move->kind == MOVE_BEGIN && move->to_high - move->to_low >= NUMBER_HEIGHT)
            drawing_text(sheet->drawing, x1 - 1.2, sheet->bottom + (move->to_low + move->to_high) / 2, ALIGN_RIGHT,
                         FACE_SMALL, INK_BLACK, words_count(sheet->bundle->pool, move->n), 0);
    }
}

/* What the colours mean, in two lines; then the heads of the two columns. */
static void draw_head(const struct sheet *sheet, FILE *stream, double top)
{
    double x = 0.2, y = top - 2;

    for (size_t ink = 0; ink < N_INKS; ink++) {
        if (ink + 1 == N_INKS) {
            x = 0.2;
            y -= LINE_HEIGHT + 0.4;
        }
        write_box(stream, x, y - 1.1, y + 1.1, inks[ink].colour);
        drawing_text(sheet->drawing, x + NODE_WIDTH + 1.2, y, ALIGN_LEFT, FACE_SMALL, INK_BLACK, inks[ink].words, 0);
        x += NODE_WIDTH + 1.2 + face_width(FACE_SMALL, inks[ink].words) + 4;
    }
    y = top - HEAD + 3;
    drawing_text(sheet->drawing, sheet->left - 1.2, y, ALIGN_RIGHT, FACE_BOLD, INK_BLACK, "From", 0);
    drawing_text(sheet->drawing, sheet->right + 1.2, y, ALIGN_LEFT, FACE_BOLD, INK_BLACK, "To", 0);
}

static double widest_label(struct bundle *bundle, const struct flow_node *nodes)
{
    double width = 0;

    for (size_t i = 0; i < FLOW_ENDS; i++)
        if (nodes[i].n > 0)
            width = fmax(width, face_width(FACE_NORMAL, flow_end_label(bundle, i)));
    return width + 2;
}

static int draw_nodes(const struct sheet *sheet)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&bytes, &length);
    int status;

    if (stream == NULL)
        return fail_memory();
    draw_head(sheet, stream, sheet->drawing->height);
    for (size_t end = 0; end < FLOW_ENDS; end++) {
        draw_node(sheet, stream, end, &sheet->layout.from[end], true);
        draw_node(sheet, stream, end, &sheet->layout.to[end], false);
    }
    status = fclose(stream) == 0 ? drawing_table(sheet->drawing, "nodes", bytes, length) : fail_memory();
    free(bytes);
    return status;
}

static int stepdown_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    struct sheet sheet = {.bundle = bundle, .drawing = drawing, .bottom = 1};
    int status;

    stepdown_read(bundle, arm_of(bundle, figure), &sheet.layout);
    stepdown_place(&sheet.layout, strcmp(drawing->size, "narrow") == 0 ? 68 : 84, LABEL_SLOT);
    sheet.left = widest_label(bundle, sheet.layout.from);
    sheet.right = drawing->width - widest_label(bundle, sheet.layout.to);
    drawing->height = sheet.layout.height + sheet.bottom + HEAD;
    drawing->panel = (struct panel){.right = drawing->width, .top = drawing->height, .x_max = 1, .y_max = 1};
    draw_numbers(&sheet);
    status = draw_nodes(&sheet);
    for (size_t ink = 0; status == 0 && ink < N_INKS; ink++)
        status = write_ribbons(&sheet, ink);
    return status;
}

/* ---- planning -------------------------------------------------------------------------------------------------- */

static int add_alternative(struct bundle *bundle, const struct stepdown_layout *layout, struct text_table *table)
{
    struct pool *pool = bundle->pool;

    if (text_table_column(table, "From", false) != 0 || text_table_column(table, "To", false) != 0 ||
        text_table_column(table, "Moves", true) != 0 || text_table_column(table, "Median days between", true) != 0)
        return -1;
    for (size_t from = 0; from < FLOW_ENDS; from++)
        for (size_t to = 0; to < FLOW_ENDS; to++)
            for (size_t k = 0; k < layout->n_moves; k++) {
                const struct flow_move *move = &layout->moves[k];
                const char **cells;

                if (move->from != from || move->to != to)
                    continue;
                if ((cells = text_table_row(table)) == NULL)
                    return -1;
                cells[0] = flow_end_label(bundle, from);
                cells[1] = flow_end_label(bundle, to);
                cells[2] = words_count(pool, move->n);
                cells[3] = move->kind == MOVE_BEGIN || move->kind == MOVE_END ? "" : words_day(pool, move->median_gap);
            }
    return 0;
}

static const char *caption_of(struct bundle *bundle, const struct stepdown_layout *layout, bool all)
{
    const char *what = all ? "All episodes that were linked. " : "Index episodes, from the index stay on. ";
    const char *how = "The height of a ribbon is the number of moves; one episode may make several.";

    if (layout->n_withheld == 0)
        return pool_format(bundle->pool, "%s%s", what, how);
    return pool_format(bundle->pool, "%s%s %zu %s whose number is withheld %s not drawn.", what, how, layout->n_withheld,
                       layout->n_withheld == 1 ? "kind of move" : "kinds of moves", layout->n_withheld == 1 ? "is" : "are");
}

/* arm: a row of table arms, or SIZE_MAX for all episodes. */
static int plan_one(struct bundle *bundle, struct figures *figures, size_t arm)
{
    const bool all = arm == SIZE_MAX;
    const char *name = all ? "" : cell_text(bundle->pool, bundle->arms, "arm", arm);
    struct stepdown_layout layout;
    struct figure *figure;

    stepdown_read(bundle, name, &layout);
    if (layout.n_between == 0) /* nobody changed levels: nothing to see */
        return 0;
    figure = figures_add(figures, bundle, &figure_stepdown,
                         all ? "stepdown" : pool_format(bundle->pool, "stepdown-%s", name));
    if (figure == NULL)
        return -1;
    figure->row = arm;
    figure->title = all ? "Moves between levels of care"
                        : pool_format(bundle->pool, "Moves between levels of care, %s", bundle_arm_label(bundle, name));
    figure->caption = caption_of(bundle, &layout, all);
    figure->description = "Ribbons from the levels of care that were left, on the left, to the levels that were entered, on "
                          "the right, both from the most to the least intensive, so that steps down go down; the same "
                          "numbers are in the table below.";
    figure->alternative.caption = figure->title;
    return add_alternative(bundle, &layout, &figure->alternative);
}

static int stepdown_plan(struct bundle *bundle, struct figures *figures)
{
    int status = plan_one(bundle, figures, SIZE_MAX);

    for (size_t arm = 0; status == 0 && arm < cell_rows(bundle->arms); arm++)
        status = plan_one(bundle, figures, arm);
    return status;
}

const struct figure_kind figure_stepdown = {"stepdown", stepdown_plan, stepdown_draw};
