/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/conditional.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "compare/mark_cells.h"

/* NULL: the comparison is of everybody who entered. */
static char *condition_of(const struct study *study, int *status)
{
    char *text = NULL;

    if (study->cohort.time_zero == TIME_ZERO_DISCHARGE)
        text = copy_text("conditional on discharge");
    else if (study->cohort.time_zero == TIME_ZERO_LANDMARK)
        text = format_text("conditional on treatment until day %lld", (long long)study->cohort.landmark_days);
    else
        return NULL;
    *status = text == NULL ? -1 : 0;
    return text;
}

int conditional_mark(const struct study *study, struct table *table)
{
    int status = 0;
    char *text = condition_of(study, &status);

    for (size_t i = 0; text != NULL && status == 0 && i < table->n_rows; i++) {
        status = cell_append(table, "estimand", i, text);
        if (status == 0 && table_column(table, "gate") != NULL)
            status = cell_append(table, "gate", i, text);
    }
    free(text);
    return status;
}

/* ---- clusters ------------------------------------------------------------------------------------------------ */

static bool holds(const struct table *table, const char *name, size_t row, const char *words)
{
    const struct column *column = table_column(table, name);
    size_t length;
    const char *text = column == NULL ? NULL : column_text(column, row, &length);

    return text != NULL && memmem(text, length, words, strlen(words)) != NULL;
}

/* Hazard ratios between arms have robust errors; verdicts do not name their method. */
static bool is_robust(const struct table *table, size_t row)
{
    return holds(table, "method", row, "robust by cluster") || holds(table, "method", row, " clusters") ||
           (table_column(table, "method") == NULL && holds(table, "measure", row, "hazard_ratio"));
}

int conditional_mark_clusters(const struct study *study, struct table *table)
{
    const char *const where = table_column(table, "gate") != NULL ? "gate" : "note";
    int status = 0;

    if (study->cohort.cluster.text == NULL && !study->cohort.index.every)
        return 0;
    for (size_t i = 0; status == 0 && i < table->n_rows; i++)
        if (!column_is_missing(table_column(table, "conf_low"), i) && !is_robust(table, i))
            status = cell_append(table, where, i,
                            study->cohort.cluster.text != NULL ? "takes people of one cluster as independent"
                                                               : "takes stays of one person as independent");
    return status;
}
