/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stepdown_layout.h - the released table `flow` of one arm as two columns of levels with ribbons between them.
 *
 * Left stand the levels that are left, right those that are entered, each level at one height on both sides, the most
 * intensive at the top.  A ribbon is a move, as high as its number: steps down go down, steps up go up.  Ends of care
 * leave the left nodes, and beginnings reach the right ones, as stubs.  Each node has a slot at least as high as its
 * label, so that labels never overlap.
 *
 * Only rows whose number may be shown are laid out; nodes are as high as their ribbons and stubs together, so that
 * nothing that is withheld can be measured.
 */
#ifndef REPORT_STEPDOWN_LAYOUT_H
#define REPORT_STEPDOWN_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/bundle.h"

enum move_kind { MOVE_BEGIN, MOVE_END, MOVE_DOWN, MOVE_UP, N_MOVE_KINDS }; /* MOVE_END: or still in care */

enum { FLOW_ENDS = 11, FLOW_ROWS_MAX = 256 };

struct flow_move {
    size_t from, to;     /* places in flow_end_names */
    int64_t n;
    double median_gap;   /* NAN: none */
    enum move_kind kind;
    double from_low, from_high; /* millimetres, set by stepdown_place; not of MOVE_BEGIN */
    double to_low, to_high;     /* not of MOVE_END */
};

struct flow_node {
    int64_t n;           /* of the moves that are shown; 0: there is no such node */
    double low, high;    /* millimetres */
    double middle;       /* where its label goes */
};

struct stepdown_layout {
    size_t n_moves, n_withheld;
    size_t n_between;    /* kinds of moves from level to level */
    struct flow_move moves[FLOW_ROWS_MAX];
    struct flow_node from[FLOW_ENDS], to[FLOW_ENDS];
    double height;       /* of it all */
};

/** "entry", "detox", ... "unknown", "open", "end": from the top. */
extern const char *const flow_end_names[FLOW_ENDS];

/** What a reader calls it, at either side. */
const char *flow_end_label(struct bundle *bundle, size_t end);

/** The rows of this arm ("": all episodes). */
void stepdown_read(struct bundle *bundle, const char *arm, struct stepdown_layout *layout);

/** Places nodes and ribbons from 0 to layout->height: nodes together are `tall` high, slots at least `label`. */
void stepdown_place(struct stepdown_layout *layout, double tall, double label);

#endif
