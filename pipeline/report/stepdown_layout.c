/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/stepdown_layout.h"

#include <math.h>
#include <string.h>

#include "report/pool.h"
#include "report/words.h"

#define BETWEEN 1.6 /* millimetres between slots */

const char *const flow_end_names[FLOW_ENDS] = {"entry", "detox", "inpatient", "residential", "php", "iop",
                                               "outpatient", "aftercare", "unknown", "open", "end"};
enum { END_ENTRY = 0, END_PHP = 4, END_UNKNOWN = 8, END_OPEN = 9, END_END = 10 };

const char *flow_end_label(struct bundle *bundle, size_t end)
{
    switch (end) {
    case END_ENTRY: return "Care begins";
    case END_OPEN: return "Still in care";
    case END_END: return "Care ends";
    case END_UNKNOWN: return "Level unknown";
    case END_PHP: return "Partial hospital";
    default: return words_capital(bundle->pool, words_spoken(bundle->pool, flow_end_names[end]));
    }
}

static size_t end_of(const char *name)
{
    size_t end = 0;

    while (end < FLOW_ENDS && strcmp(flow_end_names[end], name) != 0)
        end++;
    return end;
}

static enum move_kind kind_of(size_t from, size_t to)
{
    if (from == END_ENTRY)
        return MOVE_BEGIN;
    if (to == END_OPEN || to == END_END)
        return MOVE_END;
    return to > from ? MOVE_DOWN : MOVE_UP;
}

void stepdown_read(struct bundle *bundle, const char *arm, struct stepdown_layout *layout)
{
    const struct table *flow = bundle->flow;

    memset(layout, 0, sizeof *layout);
    for (size_t i = 0; i < cell_rows(flow) && layout->n_moves < FLOW_ROWS_MAX; i++) {
        const int64_t n = cell_integer(flow, "n", i);
        struct flow_move move = {.from = end_of(cell_text(bundle->pool, flow, "from", i)),
                                 .to = end_of(cell_text(bundle->pool, flow, "to", i)),
                                 .n = n,
                                 .median_gap = cell_real(flow, "median_gap", i)};

        if (strcmp(cell_text(bundle->pool, flow, "arm", i), arm) != 0 || move.from == FLOW_ENDS || move.to == FLOW_ENDS)
            continue;
        if (n == MISSING_INTEGER)
            layout->n_withheld++;
        if (n == MISSING_INTEGER || n <= 0)
            continue;
        move.kind = kind_of(move.from, move.to);
        if (move.kind != MOVE_BEGIN)
            layout->from[move.from].n += n;
        if (move.kind != MOVE_END)
            layout->to[move.to].n += n;
        layout->n_between += move.kind == MOVE_DOWN || move.kind == MOVE_UP;
        layout->moves[layout->n_moves++] = move;
    }
}

/* ---- places ---------------------------------------------------------------------------------------------------- */

static double larger_of(const struct stepdown_layout *layout, size_t end)
{
    return (double)(layout->from[end].n > layout->to[end].n ? layout->from[end].n : layout->to[end].n);
}

/* A node in the middle of its slot, whose upper edge is at y. */
static void place_node(struct flow_node *node, double y, double slot, double scale)
{
    const double height = (double)node->n * scale;

    node->middle = y - slot / 2;
    node->high = node->middle + height / 2;
    node->low = node->middle - height / 2;
}

/* From the top (the height) downwards, each level at one height on both sides. */
static void place_nodes(struct stepdown_layout *layout, double scale, double label)
{
    double y = layout->height;

    for (size_t i = 0; i < FLOW_ENDS; i++) {
        const double slot = fmax(label, scale * larger_of(layout, i));

        if (layout->from[i].n == 0 && layout->to[i].n == 0)
            continue;
        place_node(&layout->from[i], y, slot, scale);
        place_node(&layout->to[i], y, slot, scale);
        y -= slot + BETWEEN;
    }
}

/* Place of the other end within a node: beginnings and ends lie at the level itself, between steps up and down. */
static size_t order_within(size_t level, size_t other)
{
    return other == END_ENTRY ? 2 * level : other == END_OPEN ? 2 * level + 1 : other == END_END ? 2 * level : 2 * other;
}

/* Ribbons stack within a node in the order of the other side, so that those of one node never cross. */
static void stack(struct stepdown_layout *layout, size_t level, bool leaving, double scale)
{
    double y = leaving ? layout->from[level].high : layout->to[level].high;

    for (size_t place = 0; place < 2 * FLOW_ENDS + 2; place++)
        for (size_t k = 0; k < layout->n_moves; k++) {
            struct flow_move *move = &layout->moves[k];
            double *high = leaving ? &move->from_high : &move->to_high, *low = leaving ? &move->from_low : &move->to_low;

            if ((leaving ? move->from : move->to) != level || move->kind == (leaving ? MOVE_BEGIN : MOVE_END) ||
                order_within(level, leaving ? move->to : move->from) != place)
                continue;
            *high = y;
            y -= (double)move->n * scale;
            *low = y;
        }
}

void stepdown_place(struct stepdown_layout *layout, double tall, double label)
{
    double total = 0, scale;

    for (size_t i = 0; i < FLOW_ENDS; i++)
        total += larger_of(layout, i);
    scale = total > 0 ? tall / total : 0;
    layout->height = -BETWEEN;
    for (size_t i = 0; i < FLOW_ENDS; i++)
        if (larger_of(layout, i) > 0)
            layout->height += fmax(label, scale * larger_of(layout, i)) + BETWEEN;
    place_nodes(layout, scale, label);
    for (size_t i = 0; i < FLOW_ENDS; i++) {
        stack(layout, i, true, scale);
        stack(layout, i, false, scale);
    }
}
