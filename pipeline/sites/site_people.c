/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/site_people.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "cohort/cohort.h"
#include "sites/site_groups.h"
#include "sites/site_outcomes.h"
#include "study/study.h"

/* ---- arms that are left out --------------------------------------------------------------------------------------------- */

static int take_rows(struct table **table, const size_t *rows, size_t n)
{
    struct table *const taken = *table == NULL ? NULL : table_take_rows(*table, rows, n);

    if (*table == NULL)
        return 0;
    if (taken == NULL)
        return -1;
    table_free(*table);
    *table = taken;
    return 0;
}

/* Of the cohort and of each outcome only the rows of those who are in a group. */
static int keep_grouped(struct sources *sources, struct site_groups *groups)
{
    size_t *const rows = allocate(sources->cohort->n_rows + 1, sizeof *rows), n = 0;
    int status = rows == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < sources->cohort->n_rows; i++)
        if (groups->of[i] != NO_GROUP) {
            groups->of[n] = groups->of[i];
            rows[n++] = i;
        }
    if (status == 0 && n < sources->cohort->n_rows) {
        status = take_rows(&sources->cohort, rows, n);
        for (size_t k = 0; status == 0 && k < sources->n_outcomes; k++)
            status = take_rows(&sources->outcomes[k], rows, n);
    }
    free(rows);
    return status;
}

/* ---- labels ------------------------------------------------------------------------------------------------------------- */

static size_t code_of(const struct column *column, size_t record)
{
    const int32_t code = column_code(column, record);

    return code < 0 ? column->n_labels : (size_t)code;
}

/* In each group a label that few have, or none, becomes the most frequent one. */
static int hide_labels(const struct sources *sources, const struct site_groups *groups, struct column *column, int64_t threshold,
                       struct coarsening *lost)
{
    const struct column *const record = table_column(sources->cohort, "record"), *const weight = table_column(sources->cohort, "weight");
    const size_t n_codes = column->n_labels + 1;
    int64_t *const n = allocate(groups->n * n_codes + 1, sizeof *n);
    size_t *const most = allocate(groups->n + 1, sizeof *most);
    int status = n == NULL || most == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < sources->cohort->n_rows; i++)
        n[groups->of[i] * n_codes + code_of(column, (size_t)column_integer(record, i))] += column_integer(weight, i);
    for (size_t g = 0; status == 0 && g < groups->n; g++)
        for (size_t code = 0; code < n_codes; code++) {
            most[g] = n[g * n_codes + code] > n[g * n_codes + most[g]] ? code : most[g];
            lost->n_changed += is_few(n[g * n_codes + code], threshold);
        }
    for (size_t i = 0; status == 0 && i < sources->cohort->n_rows; i++) {
        const size_t row = (size_t)column_integer(record, i), g = groups->of[i];
        if (is_few(n[g * n_codes + code_of(column, row)], threshold))
            column_set_code(column, row, most[g] == column->n_labels ? MISSING_CODE : (int32_t)most[g]);
    }
    free(most);
    free(n);
    return status;
}

int site_people_hide(const struct study *study, struct sources *sources, int64_t threshold, struct coarsening *who,
                     struct coarsening *outcomes)
{
    struct site_groups groups = {0};
    int status = 0;

    *who = (struct coarsening){0};
    memset(outcomes, 0, study->n_outcomes * sizeof *outcomes);
    if (threshold <= 1)
        return 0;
    status = site_groups_make(study, sources->cohort, threshold, &groups, who);
    if (status == 0)
        status = keep_grouped(sources, &groups);
    for (size_t k = 0; status == 0 && sources->records != NULL && k < sources->records->n_columns; k++)
        if (sources->records->columns[k].type == COLUMN_CATEGORY)
            status = hide_labels(sources, &groups, &sources->records->columns[k], threshold, who);
    for (size_t k = 0; status == 0 && k < study->n_outcomes; k++)
        status = site_outcome_hide(&study->outcomes[k], &groups, table_column(sources->cohort, "weight"), sources->outcomes[k], threshold,
                                   &outcomes[k]);
    site_groups_free(&groups);
    return status;
}
