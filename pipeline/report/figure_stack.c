/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stacked curves: the cumulative incidence of all causes of an outcome; where people are, by level of care. */
#include "report/figure_curves.h"

#include <math.h>
#include <string.h>

#include "report/axis.h"
#include "report/reading.h"
#include "report/stack.h"
#include "report/words.h"
#include "study/level.h"

static bool is_stacked(const struct table *curves, size_t row)
{
    return cell_is(curves, "measure", row, "cumulative_incidence") &&
           (cell_is(curves, "adjustment", row, "unadjusted") || cell_is(curves, "adjustment", row, ""));
}

static bool same_picture(const struct table *curves, size_t row, size_t other)
{
    return rows_agree(curves, "analysis outcome population adjustment stratum measure", row, other);
}

static size_t find_name(const char **names, size_t *n, size_t max, const char *name)
{
    for (size_t k = 0; k < *n; k++)
        if (strcmp(names[k], name) == 0)
            return k;
    if (*n < max)
        names[(*n)++] = name;
    else
        return max;
    return *n - 1;
}

static const char *layer_words(struct bundle *bundle, size_t row)
{
    struct pool *pool = bundle->pool;
    const char *cause = cell_text(pool, bundle->curves, "cause", row);
    const char *outcome = cell_text(pool, bundle->curves, "outcome", row);

    if (cause[0] == '\0' || strcmp(cause, "event") == 0 || strcmp(cause, outcome) == 0)
        return bundle_outcome_label(bundle, outcome);
    return words_capital(pool, words_spoken(pool, cause));
}

/* The curves that share this row's keys.  With more arms or layers than there is room for, the rest is left out. */
static int read_stack(struct bundle *bundle, size_t first, struct stack *stack)
{
    const struct table *curves = bundle->curves;
    const char *arms[STACK_PANELS_MAX], *names[STACK_LAYERS_MAX];
    const char *outcome = cell_text(bundle->pool, curves, "outcome", first);

    memset(stack, 0, sizeof *stack);
    stack->units = bundle_outcome_units(bundle, outcome);
    stack->rest = "event-free";
    for (size_t i = first; i < curves->n_rows; i++) {
        const double time = cell_real(curves, "time", i);
        size_t panel, layer;

        if (!same_picture(curves, first, i))
            continue;
        panel = find_name(arms, &stack->n_panels, STACK_PANELS_MAX, cell_text(bundle->pool, curves, "arm", i));
        layer = find_name(names, &stack->n_layers, STACK_LAYERS_MAX, cell_text(bundle->pool, curves, "cause", i));
        if (panel == STACK_PANELS_MAX || layer == STACK_LAYERS_MAX || !isfinite(cell_real(curves, "estimate", i)))
            continue;
        stack->names[layer] = layer_words(bundle, i);
        if (stack_add(&stack->panels[panel].layers[layer], time, cell_real(curves, "estimate", i)) != 0) {
            stack_free(stack);
            return -1;
        }
        stack->panels[panel].title = bundle_arm_label(bundle, arms[panel]);
        stack->panels[panel].end = fmax(stack->panels[panel].end, time);
        stack->shown_to = fmax(stack->shown_to, time);
    }
    if (!(stack->shown_to > 0))
        stack->shown_to = 1;
    return 0;
}

/* Levels of care that occur, the most intensive lowest; then those whose level is not known. */
static size_t list_levels(const struct table *states, const char **names)
{
    size_t n = 0;

    for (int level = 0; level <= N_LEVELS; level++) {
        const char *name = level < N_LEVELS ? level_names[level] : "unknown";

        if (cell_find(states, "state", name) < states->n_rows)
            names[n++] = name;
    }
    return n;
}

/* Table `states`: a layer a level of care; what is left above is out of care. */
static int read_states(struct bundle *bundle, struct stack *stack)
{
    const struct table *states = bundle_table(bundle, "states");
    const char *arms[STACK_PANELS_MAX], *names[STACK_LAYERS_MAX];

    memset(stack, 0, sizeof *stack);
    stack->units = "days";
    stack->rest = "out of care";
    if (states == NULL)
        return 0;
    stack->n_layers = list_levels(states, names);
    for (size_t k = 0; k < stack->n_layers; k++)
        stack->names[k] = strcmp(names[k], "unknown") == 0
                              ? "Level not known"
                              : words_capital(bundle->pool, words_spoken(bundle->pool, names[k]));
    for (size_t i = 0; i < states->n_rows; i++) {
        const double time = cell_real(states, "time", i), share = cell_real(states, "n", i) / cell_real(states, "n_followed", i);
        const size_t panel = find_name(arms, &stack->n_panels, STACK_PANELS_MAX, cell_text(bundle->pool, states, "arm", i));
        size_t layer = 0;

        while (layer < stack->n_layers && !cell_is(states, "state", i, names[layer]))
            layer++;
        if (panel == STACK_PANELS_MAX || !isfinite(share))
            continue;
        stack->panels[panel].title = bundle_arm_label(bundle, arms[panel]);
        stack->panels[panel].end = fmax(stack->panels[panel].end, time);
        stack->shown_to = fmax(stack->shown_to, time);
        if (layer < stack->n_layers && stack_add(&stack->panels[panel].layers[layer], time, share) != 0) {
            stack_free(stack);
            return -1;
        }
    }
    return 0;
}

static int stacked_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    struct stack stack;

    if (read_stack(bundle, figure->row, &stack) != 0)
        return -1;
    stack_draw(&stack, drawing, figure->title);
    stack_free(&stack);
    return 0;
}

static int fill_alternative(struct bundle *bundle, struct figure *figure, const struct stack *stack)
{
    struct pool *pool = bundle->pool;
    struct text_table *table = &figure->alternative;
    const double step = axis_time_step(stack->shown_to, 8, strcmp(stack->units, "days") == 0);

    table->caption = figure->title;
    if (text_table_column(table, words_capital(pool, words_unit(pool, stack->units)), true) != 0)
        return -1;
    for (size_t k = 0; k < stack->n_layers; k++)
        if (text_table_column(table, pool_format(pool, "%s (%%)", stack->names[k]), true) != 0)
            return -1;
    for (size_t p = 0; p < stack->n_panels; p++) {
        if (text_table_heading(table, stack->panels[p].title) != 0)
            return -1;
        for (double time = 0; time <= stack->panels[p].end * (1 + 1e-9); time += step) {
            const char **cells = text_table_row(table);

            if (cells == NULL)
                return -1;
            cells[0] = words_day(pool, time);
            for (size_t k = 0; k < stack->n_layers; k++)
                cells[1 + k] = words_bare(pool, SCALE_PERCENT, stack_at(stack, p, k, time));
        }
    }
    return 0;
}

static const char *describe(struct bundle *bundle, const struct stack *stack)
{
    const char *text = pool_format(bundle->pool, "Layers over %s of %s, a panel an arm, from the lowest up:",
                                   words_day(bundle->pool, stack->shown_to), stack->units);

    for (size_t k = 0; k < stack->n_layers; k++)
        text = pool_format(bundle->pool, "%s%s %s", text, k == 0 ? "" : ",", stack->names[k]);
    return pool_format(bundle->pool, "%s.", text);
}

/* Has anything happened to anybody? */
static bool has_events(const struct stack *stack)
{
    for (size_t p = 0; p < stack->n_panels; p++)
        for (size_t k = 0; k < stack->n_layers; k++)
            for (size_t i = 0; i < stack->panels[p].layers[k].n; i++)
                if (stack->panels[p].layers[k].share[i] > 0)
                    return true;
    return false;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    struct pool *pool = bundle->pool;
    const char *outcome = cell_text(pool, bundle->curves, "outcome", row), *label = bundle_outcome_label(bundle, outcome);
    struct stack stack;
    struct figure *figure;
    int status = 0;

    if (read_stack(bundle, row, &stack) != 0)
        return -1;
    if (stack.n_layers > 1 && has_events(&stack)) {
        figure = figures_add(figures, bundle, &figure_stack, pool_format(pool, "stacked-%s", outcome));
        status = -1;
        if (figure != NULL) {
            figure->row = row;
            figure->title = pool_format(pool, "%s and what competes with it (%%)", label);
            figure->caption = "Aalen-Johansen estimates, one on top of the other: what is left above is the share without any of the "
                              "events.";
            figure->description = describe(bundle, &stack);
            status = fill_alternative(bundle, figure, &stack);
        }
    }
    stack_free(&stack);
    return status;
}

static int stacked_plan(struct bundle *bundle, struct figures *figures)
{
    const struct table *curves = bundle->curves;

    for (size_t i = 0; i < cell_rows(curves); i++) {
        bool first = is_stacked(curves, i) && cell_is(curves, "stratum", i, "") && !reading_is_of_profile(curves, i);

        if (first && i > 0 && same_picture(curves, i, i - 1))
            continue;
        for (size_t k = 0; first && k < i; k++)
            first = !same_picture(curves, k, i);
        if (first && curves_are_drawn(bundle, i) && plan_one(bundle, figures, i) != 0)
            return -1;
    }
    return 0;
}

const struct figure_kind figure_stack = {"stack", stacked_plan, stacked_draw};

/* ---- states ---------------------------------------------------------------------------------------------------- */

static int states_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    struct stack stack;

    if (read_states(bundle, &stack) != 0)
        return -1;
    stack_draw(&stack, drawing, figure->title);
    stack_free(&stack);
    return 0;
}

static int states_plan(struct bundle *bundle, struct figures *figures)
{
    struct figure *figure;
    struct stack stack;
    int status = 0;

    if (read_states(bundle, &stack) != 0)
        return -1;
    if (stack.n_layers > 0 && stack.shown_to > 0) {
        status = -1;
        if ((figure = figures_add(figures, bundle, &figure_states, "states")) != NULL) {
            figure->title = "Where people are, by level of care (%)";
            figure->caption = "Of those whose follow-up reaches the day, the share in each level of care, the most intensive lowest; what is left above is "
                              "out of care.";
            figure->description = describe(bundle, &stack);
            status = fill_alternative(bundle, figure, &stack);
        }
    }
    stack_free(&stack);
    return status;
}

const struct figure_kind figure_states = {"stack", states_plan, states_draw};
