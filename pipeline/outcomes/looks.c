/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * looks.c - on how many days a person was looked at while it could have been found: what is sought more often in one arm is
 * found more often there.
 *
 * Days with a row in `tests`, from time zero to the day the person leaves observation, each once; where the source writes only
 * positive tests down, or has no tests, with a row in `visits` or `specimens` too.  Only for outcomes that a test or a visit
 * can find.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "outcomes/looks.h"

bool outcome_is_looked_for(const struct study *study, const struct study_outcome *outcome)
{
    for (size_t k = 0; outcome->rule == OUTCOME_FIRST_OF && k < outcome->n_triggers; k++) {
        const struct study_trigger *trigger = &outcome->triggers[k];
        if (trigger->kind == TRIGGER_WEEKS || (trigger->kind == TRIGGER_DAYS && table_role_looks(study->evidence[trigger->of].role)))
            return true;
    }
    return false;
}

struct looks looks_of(const struct outcome_input *input)
{
    static const enum table_role roles[] = {ROLE_TESTS, ROLE_VISITS, ROLE_SPECIMENS};
    const struct study_table *tests = study_find_table(input->study, ROLE_TESTS);
    struct looks looks = {.n = 0};

    for (size_t k = 0; k < sizeof roles / sizeof roles[0]; k++) {
        const struct dated_rows *found = evidence_rows_of(input->evidence, roles[k]);
        if (found != NULL && (k == 0 || tests == NULL || tests->only_positives))
            looks.rows[looks.n++] = found;
    }
    return looks;
}

int32_t looks_last(const struct looks *looks, size_t i, int32_t day)
{
    int32_t last = 0;

    for (size_t k = 0; k < looks->n; k++) {
        const struct dated_rows *rows = looks->rows[k];
        size_t j = rows->first[i + 1];
        while (j > rows->first[i] && rows->day[j - 1] >= day)
            j--;
        if (j > rows->first[i] && rows->day[j - 1] > last)
            last = rows->day[j - 1];
    }
    return last;
}

int64_t looks_count(const struct looks *looks, size_t i, double last)
{
    const struct dated_rows *const *const rows = looks->rows;
    const size_t n = looks->n;
    size_t at[3];
    int64_t count = 0;

    for (size_t k = 0; k < n; k++)
        for (at[k] = rows[k]->first[i]; at[k] < rows[k]->first[i + 1] && rows[k]->day[at[k]] < 0; at[k]++)
            ;
    for (;;) {
        int32_t next = INT32_MAX;
        for (size_t k = 0; k < n; k++)
            if (at[k] < rows[k]->first[i + 1] && rows[k]->day[at[k]] < next)
                next = rows[k]->day[at[k]];
        if (next == INT32_MAX || (double)next > last)
            return count;
        count++;
        for (size_t k = 0; k < n; k++)
            while (at[k] < rows[k]->first[i + 1] && rows[k]->day[at[k]] <= next)
                at[k]++;
    }
}

int outcome_count_looks(const struct outcome_input *input, struct table *table)
{
    const struct column *time = table_column(table, "time");
    struct column *looked;

    if (!outcome_is_looked_for(input->study, input->outcome) || time == NULL)
        return 0;
    const struct looks looks = looks_of(input);
    if (looks.n == 0)
        return 0;
    if ((looked = table_add_column(table, "n_looked", COLUMN_INT32, 0, "Days on which it was looked for", "")) == NULL)
        return -1;
    time = table_column(table, "time"); /* columns move when one is added */
    for (size_t i = 0; i < input->n; i++)
        if (!column_is_missing(time, i))
            column_set_integer(looked, i, looks_count(&looks, i, column_real(time, i)));
    return 0;
}
