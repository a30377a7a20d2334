/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stack.h - shares that add up to one, over time, as layers on top of each other: a panel an arm.
 *
 * For cumulative incidences (a layer a cause) and for states (a layer a state).  Each layer is a step curve, drawn
 * from its exact corners; layers are told apart by their order, by the line between them and by their names, so that
 * colour is not needed.
 */
#ifndef REPORT_STACK_H
#define REPORT_STACK_H

#include <stddef.h>

#include "report/drawing.h"

enum { STACK_LAYERS_MAX = 8, STACK_PANELS_MAX = 12 };

struct stack_curve {
    size_t n;
    double *time, *share; /* [n] ascending; share holds from its time on; before the first it is `before` */
};

struct stack_panel {
    const char *title; /* arm */
    struct stack_curve layers[STACK_LAYERS_MAX]; /* from the lowest up */
    double end;        /* last time of any layer: nothing is known beyond */
};

struct stack {
    size_t n_layers, n_panels;
    const char *names[STACK_LAYERS_MAX];
    double before[STACK_LAYERS_MAX]; /* share before the first time */
    struct stack_panel panels[STACK_PANELS_MAX];
    double shown_to;
    const char *units;
    const char *rest;  /* what lies above the layers: "event-free"; NULL: they fill the panel */
};

/** Adds one time of a layer; times ascend. -1 after telling. */
int stack_add(struct stack_curve *curve, double time, double share);
void stack_free(struct stack *stack);

/** Share of a layer at a time. */
double stack_at(const struct stack *stack, size_t panel, size_t layer, double time);

void stack_draw(const struct stack *stack, struct drawing *drawing, const char *title);

#endif
