/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/roles.h"

#include "base/cells.h"
#include "compare/mark_cells.h"

static bool is_or_any(const struct table *verdicts, const char *column, size_t row, const struct study_text *wanted)
{
    return wanted->text == NULL || cell_is(verdicts, column, row, wanted->text);
}

static bool is_named(const struct study *study, const struct table *verdicts, size_t row)
{
    return is_or_any(verdicts, "analysis", row, &study->primary.analysis) &&
           is_or_any(verdicts, "population", row, &study->primary.population) &&
           is_or_any(verdicts, "adjustment", row, &study->primary.adjust) &&
           is_or_any(verdicts, "arm", row, &study->primary.arm) &&
           is_or_any(verdicts, "reference", row, &study->primary.reference);
}

int roles_settle(const struct study *study, struct table *verdicts)
{
    bool taken = false;
    int status = 0;

    for (size_t i = 0; status == 0 && i < verdicts->n_rows; i++) {
        if (!cell_is(verdicts, "role", i, "primary"))
            continue;
        if (!taken && is_named(study, verdicts, i))
            taken = true;
        else
            status = cell_set(verdicts, "role", i, "secondary");
    }
    return status;
}
