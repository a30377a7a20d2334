/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/stack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/frame.h"
#include "report/words.h"

enum { COLUMN_GAP = 8, PANEL_HEIGHT = 46, KEYS = STACK_LAYERS_MAX + 1 };

int stack_add(struct stack_curve *curve, double time, double share)
{
    if ((curve->n & (curve->n - 1)) == 0) { /* full at every power of two */
        const size_t capacity = curve->n == 0 ? 1 : 2 * curve->n;
        double *times = reallocate(curve->time, capacity, sizeof *times), *shares;

        if (times == NULL)
            return -1;
        curve->time = times;
        if ((shares = reallocate(curve->share, capacity, sizeof *shares)) == NULL)
            return -1;
        curve->share = shares;
    }
    curve->time[curve->n] = time;
    curve->share[curve->n++] = share;
    return 0;
}

void stack_free(struct stack *stack)
{
    for (size_t p = 0; p < STACK_PANELS_MAX; p++)
        for (size_t k = 0; k < STACK_LAYERS_MAX; k++) {
            free(stack->panels[p].layers[k].time);
            free(stack->panels[p].layers[k].share);
        }
    *stack = (struct stack){.n_layers = 0};
}

double stack_at(const struct stack *stack, size_t panel, size_t layer, double time)
{
    const struct stack_curve *curve = &stack->panels[panel].layers[layer];
    double share = stack->before[layer];

    for (size_t i = 0; i < curve->n && curve->time[i] <= time; i++)
        share = curve->share[i];
    return share;
}

/* ---- one panel ------------------------------------------------------------------------------------------------- */

/* Height of the top of layer k at a time; k = -1: the bottom. */
static double top_at(const struct stack *stack, size_t panel, int k, double time)
{
    double sum = 0;

    for (int j = 0; j <= k; j++)
        sum += stack_at(stack, panel, (size_t)j, time);
    return fmin(sum, 1);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Times at which any layer steps, from 0 to where the panel ends; caller frees. */
static double *step_times(const struct stack *stack, size_t panel, size_t *n)
{
    const struct stack_panel *p = &stack->panels[panel];
    const double end = fmin(p->end, stack->shown_to);
    size_t capacity = 2;
    double *times;

    for (size_t k = 0; k < stack->n_layers; k++)
        capacity += p->layers[k].n;
    *n = 0;
    if ((times = allocate(capacity, sizeof *times)) == NULL)
        return NULL;
    times[(*n)++] = 0;
    for (size_t k = 0; k < stack->n_layers; k++)
        for (size_t i = 0; i < p->layers[k].n; i++)
            if (p->layers[k].time[i] > 0 && p->layers[k].time[i] < end)
                times[(*n)++] = p->layers[k].time[i];
    times[(*n)++] = end;
    qsort(times, *n, sizeof *times, ascending);
    return times;
}

static size_t shade_of(size_t layer)
{
    return layer % SHADE_GREY;
}

/* Both corners of every step; line: the path of the upper edge instead of the area. */
static void draw_layer(const struct stack *stack, struct drawing *d, const struct panel *panel, size_t p, size_t k,
                       const double *times, size_t n, bool line)
{
    for (size_t i = 0; i + 1 < n; i++) {
        const double low = panel_y(panel, top_at(stack, p, (int)k - 1, times[i]));
        const double high = panel_y(panel, top_at(stack, p, (int)k, times[i]));

        if (times[i + 1] <= times[i])
            continue;
        for (size_t side = 0; side < 2; side++) {
            const double x = panel_x(panel, times[i + side]);

            if (line)
                drawing_path_to(d, x, high, STROKE_CENTRE);
            else
                drawing_band_to(d, LAYER_AREAS, x, low, high, shade_of(k));
        }
    }
    drawing_break(d, line ? LAYER_PATHS : LAYER_AREAS);
}

static void draw_panel(const struct stack *stack, struct drawing *d, const struct panel *panel, size_t p, const char *title)
{
    const size_t n_max = frame_is_narrow(d) || stack->n_panels > 2 ? 5 : 7;
    const struct frame_axis y = frame_axis(0, 1, 5, 100);
    const struct frame_axis x = frame_time_axis(stack->shown_to, n_max, strcmp(stack->units, "days") == 0);
    size_t n;
    double *times = step_times(stack, p, &n);

    drawing_text(d, panel->left, panel->top + 2.6, ALIGN_LEFT, FACE_NORMAL, INK_BLACK, stack->panels[p].title,
                 panel->right - panel->left);
    frame_y(d, panel, &y);
    frame_x(d, panel, &x, false, title);
    for (size_t k = 0; times != NULL && k < stack->n_layers; k++) {
        draw_layer(stack, d, panel, p, k, times, n, false);
        draw_layer(stack, d, panel, p, k, times, n, true);
    }
    free(times);
}

/* ---- the figure ------------------------------------------------------------------------------------------------ */

static size_t list_keys(const struct stack *stack, struct drawing *d, struct frame_key *keys)
{
    size_t n = 0;

    for (size_t k = stack->n_layers; k-- > 0;) /* from the top down, as they lie */
        keys[n++] = (struct frame_key){.text = stack->names[k], .box = true, .colour = series_colour(k)};
    if (stack->rest != NULL) {
        for (size_t k = n; k > 0; k--)
            keys[k] = keys[k - 1];
        keys[0] = (struct frame_key){.text = pool_format(d->pool, "%s (white)", stack->rest)};
        n++;
    }
    return n;
}

void stack_draw(const struct stack *stack, struct drawing *d, const char *title)
{
    const bool narrow = frame_is_narrow(d);
    const size_t columns = narrow || stack->n_panels == 1 ? 1 : stack->n_panels % 3 == 0 || stack->n_panels > 4 ? 3 : 2;
    const size_t rows = (stack->n_panels + columns - 1) / columns;
    const double left = 9, width = (d->width - 3 - (double)columns * left - (double)(columns - 1) * (COLUMN_GAP - 6)) / (double)columns;
    const double panel_room = PANEL_HEIGHT + 5.5 + FRAME_X_ROOM;
    struct frame_key keys[KEYS];
    const size_t n_keys = list_keys(stack, d, keys);
    const double above = frame_title_height(d, title), head = above + frame_keys_height(0.3, d->width, keys, n_keys) + 1;
    const char *axis_title = pool_format(d->pool, "%s since time zero", words_capital(d->pool, stack->units));

    d->height = head + (double)rows * panel_room + FRAME_TITLE_ROOM;
    frame_title(d, title);
    frame_keys(d, 0.3, d->width, d->height - above, keys, n_keys);
    for (size_t p = 0; p < stack->n_panels; p++) {
        const size_t row = p / columns, column = p % columns;
        const double x = left + (double)column * (width + left + COLUMN_GAP - 6);
        const double top = d->height - head - (double)row * panel_room - 5.5;
        const bool lowest = p + columns >= stack->n_panels;
        const struct panel panel = {.left = x, .right = x + width, .bottom = top - PANEL_HEIGHT, .top = top,
                                    .x_max = stack->shown_to, .y_max = 1};

        draw_panel(stack, d, &panel, p, lowest ? axis_title : "");
    }
}
