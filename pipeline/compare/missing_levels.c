/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/missing_levels.h"

#include <string.h>

static int add_level(const struct table *table, struct column *column)
{
    int32_t code = column_find_label(column, MISSING_LEVEL, strlen(MISSING_LEVEL));

    if (code == MISSING_CODE && (code = column_add_label(table, column, MISSING_LEVEL, strlen(MISSING_LEVEL))) == MISSING_CODE)
        return -1;
    for (size_t i = 0; i < table->n_rows; i++)
        if (column_code(column, i) == MISSING_CODE)
            column_set_code(column, i, code);
    return 0;
}

int missing_levels_add(const struct study *study, const struct table *covariates)
{
    for (size_t i = 0; i < study->cohort.covariates.n; i++) {
        struct column *column = table_column(covariates, study->cohort.covariates.items[i].text);
        if (study->cohort.covariates_missing[i] == COVARIATE_LEVEL && column != NULL && add_level(covariates, column) != 0)
            return -1;
    }
    return 0;
}
