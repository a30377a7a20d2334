/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/row_rules.h"

static enum reason judge_order(const struct plan_column *column, const struct typed_cell *cells, size_t i,
                               struct verdict *verdict)
{
    for (size_t k = 0; k < column->n_not_before; k++) {
        const size_t other = column->not_before[k];
        if (cells[other].missing)
            continue;
        const bool real = column->declared->type == VALUE_REAL;
        if (real ? cells[i].real >= cells[other].real : cells[i].integer >= cells[other].integer)
            continue;
        verdict->other = (ptrdiff_t)other;
        verdict->distance = real ? 0 : cells[other].integer - cells[i].integer;
        return REASON_BEFORE;
    }
    return REASON_NONE;
}

enum reason row_rules_judge(const struct plan *plan, const struct typed_cell *cells, struct verdict *verdict)
{
    for (size_t i = 0; plan->has_rules && i < plan->n_columns; i++) {
        const struct plan_column *const column = &plan->columns[i];
        enum reason reason = REASON_NONE;
        if (cells[i].missing || column->is_second)
            continue;
        if (column->is_past && cells[i].integer > plan->as_of)
            reason = REASON_AFTER_DATA;
        if (reason == REASON_NONE)
            reason = judge_order(column, cells, i, verdict);
        if (reason != REASON_NONE) {
            verdict->column = (ptrdiff_t)i;
            return reason;
        }
    }
    return REASON_NONE;
}
