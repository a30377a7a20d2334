/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/figures.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/words.h"

static const struct figure_kind *const kinds[] = {
    &figure_curves,  &figure_stack, &figure_states,      &figure_rmst,        &figure_forest,  &figure_subgroups, &figure_trials, &figure_grid, &figure_definitions, &figure_specification, &figure_risks,     &figure_love,
    &figure_overlap, &figure_bias,       &figure_tipping,     &figure_calibration, &figure_funnel, &figure_programmes,
    &figure_control, &figure_multiples,  &figure_stepdown,    &figure_attrition};

struct figure *figures_add(struct figures *figures, struct bundle *bundle, const struct figure_kind *kind,
                           const char *name)
{
    struct figure *items = reallocate(figures->items, figures->n + 1, sizeof *items);
    const char *slug = words_slug(bundle->pool, name), *unique = slug;

    if (items == NULL)
        return NULL;
    figures->items = items;
    for (size_t i = 0, number = 2; i < figures->n; i++)
        if (strcmp(items[i].name, unique) == 0) {
            unique = pool_format(bundle->pool, "%s-%zu", slug, number++);
            i = SIZE_MAX; /* from the start: the longer name may be taken too */
        }
    items[figures->n] = (struct figure){.kind = kind, .name = unique, .title = "", .caption = "", .description = ""};
    items[figures->n].alternative.pool = bundle->pool;
    return &items[figures->n++];
}

int figures_plan(struct bundle *bundle, struct figures *figures)
{
    *figures = (struct figures){.n = 0};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        if (kinds[k]->plan(bundle, figures) != 0) {
            figures_free(figures);
            return -1;
        }
    return 0;
}

void figures_free(struct figures *figures)
{
    for (size_t i = 0; i < figures->n; i++) {
        text_table_free(&figures->items[i].alternative);
        for (size_t s = 0; s < 2; s++) {
            free(figures->items[i].svg[s]);
            free(figures->items[i].inlined[s]);
        }
    }
    free(figures->items);
    *figures = (struct figures){.n = 0};
}
