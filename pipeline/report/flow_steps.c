/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/flow_steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/words.h"

static void add(struct flow_steps *steps, struct flow_step step)
{
    steps->items[steps->n++] = step;
}

static const char *loss_label(struct bundle *bundle, size_t row)
{
    const char *label = cell_text(bundle->pool, bundle->attrition, "label", row);
    const char *reason = cell_text(bundle->pool, bundle->attrition, "reason", row);

    /* Only what was asked of a row makes sense of "not met"; the other reasons speak for themselves. */
    if (reason[0] == '\0')
        return label;
    if (label[0] != '\0' && (strncmp(reason, "not met", 7) == 0 || strncmp(reason, "undecided", 9) == 0))
        return pool_format(bundle->pool, "%s: %s", label, reason);
    return reason;
}

/* A population is a part beside the way: what is left there is not what the next row starts from. */
static bool is_beside(const struct table *attrition, size_t row, int64_t left_before)
{
    int64_t left = cell_integer(attrition, "left", row), dropped = cell_integer(attrition, "dropped", row);
    const struct column *label = table_column(attrition, "label");
    size_t length = 0;
    const char *text = label == NULL ? "" : column_text(label, row, &length);

    if (length >= 10 && memcmp(text, "population", 10) == 0)
        return true;
    return left != MISSING_INTEGER && dropped != MISSING_INTEGER && left_before != MISSING_INTEGER &&
           left_before - dropped != left;
}

int flow_steps_read(struct bundle *bundle, struct flow_steps *steps)
{
    const struct table *attrition = bundle->attrition;
    struct pool *pool = bundle->pool;
    size_t n = cell_rows(attrition);
    int64_t left = MISSING_INTEGER;
    bool pending = false;
    const char *unit = "";

    steps->n = 0;
    steps->items = allocate(2 * n + 1, sizeof *steps->items);
    if (steps->items == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        int64_t dropped = cell_integer(attrition, "dropped", i);
        const char *unit_here = cell_text(pool, attrition, "unit", i);

        if (i == 0 || strcmp(unit_here, unit) != 0) {
            unit = unit_here;
            left = cell_integer(attrition, "left", i);
            add(steps, (struct flow_step){true, words_capital(pool, cell_text(pool, attrition, "label", i)), unit, left,
                                          MISSING_INTEGER});
            pending = false;
        } else if (!is_beside(attrition, i, left) && dropped != 0) {
            left = cell_integer(attrition, "left", i);
            add(steps, (struct flow_step){false, loss_label(bundle, i), unit, left, dropped});
            pending = true;
        }
    }
    if (pending)
        add(steps, (struct flow_step){true, "In the comparison", unit, left, MISSING_INTEGER});
    return 0;
}

void flow_steps_free(struct flow_steps *steps)
{
    free(steps->items);
    steps->items = NULL;
    steps->n = 0;
}
