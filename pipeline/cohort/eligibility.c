/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/eligibility.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "study/condition.h"
#include "study/expression.h"

/* Leaves out the rows in which a condition is false or undecided, and counts both. */
int eligibility_apply(const struct study *study, const struct study_text *condition, const struct table *records,
                           int n_threads, struct intake *intake, struct attrition *attrition)
{
    uint8_t *truth = condition_compute(study, condition, records, n_threads);
    int64_t n[2] = {0}, *const n_false = &n[0], *const n_unknown = &n[1];
    int status;

    if (truth == NULL)
        return -1;
    for (size_t i = 0; i < intake->n; i++) {
        if (intake->weight[i] == 0 || truth[i] == TRUTH_TRUE)
            continue;
        *(truth[i] == TRUTH_FALSE ? n_false : n_unknown) += intake->weight[i];
        intake->weight[i] = 0;
    }
    free(truth);
    ranks_sum(n, 2);
    attrition_step(attrition);
    status = attrition_drop(attrition, condition->text, "not met", *n_false);
    if (status == 0 && *n_unknown > 0)
        status = attrition_drop(attrition, condition->text, "undecided: a value is missing", *n_unknown);
    if (status == 0 && attrition->left == 0)
        return study_fail(study, condition->place, "the cohort is empty: nobody is left after '%s'", condition->text);
    return status;
}

/* Complete cases of a covariate whose missing values leave people out. */
int eligibility_know_covariate(const struct study *study, const struct study_text *name, const struct table *rows,
                          struct intake *intake, struct attrition *attrition)
{
    const struct column *column = table_column(rows, name->text);
    char *label = format_text("%s is known", name->text);
    int64_t n_missing = 0;
    int status = label == NULL ? -1 : 0;

    for (size_t i = 0; i < intake->n; i++)
        if (column_is_missing(column, i)) {
            n_missing += intake->weight[i];
            intake->weight[i] = 0;
        }
    ranks_sum(&n_missing, 1);
    attrition_step(attrition);
    if (status == 0)
        status = attrition_drop(attrition, label, "missing", n_missing);
    if (status == 0 && attrition->left == 0)
        status = study_fail(study, name->place, "the cohort is empty: nobody has a value in '%s'", name->text);
    free(label);
    return status;
}

/* Whoever has no time zero (was never randomised, say) cannot be followed from it. */
int eligibility_know_time_zero(const struct study *study, const struct table *records, struct intake *intake,
                          struct attrition *attrition)
{
    const struct study_text *name = &study->cohort.time_zero_column;
    const struct column *day = name->text == NULL ? NULL : table_column(records, name->text);
    int64_t n_missing = 0;

    if (day == NULL)
        return 0;
    for (size_t i = 0; i < intake->n; i++)
        if (column_is_missing(day, i)) {
            n_missing += intake->weight[i];
            intake->weight[i] = 0;
        }
    ranks_sum(&n_missing, 1);
    attrition_step(attrition);
    if (attrition_drop(attrition, "time zero is known", "time zero missing", n_missing) != 0)
        return -1;
    return attrition->left > 0 ? 0
                               : study_fail(study, name->place, "the cohort is empty: nobody has a day in '%s'", name->text);
}
