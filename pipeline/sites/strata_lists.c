/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/strata_lists.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void strata_lists_free(struct strata_lists *lists)
{
    free(lists->items);
    *lists = (struct strata_lists){0};
}

static bool same_columns(const struct study_texts *a, const struct study_texts *b)
{
    for (size_t i = 0; a->n == b->n && i < a->n; i++)
        if (strcmp(a->items[i].text, b->items[i].text) != 0)
            return false;
    return a->n == b->n;
}

size_t strata_lists_find(const struct strata_lists *lists, size_t outcome, const struct study_texts *columns)
{
    size_t i = 0;

    while (i < lists->n && (lists->items[i].outcome != outcome || !same_columns(lists->items[i].columns, columns)))
        i++;
    return i;
}

static int add(struct strata_lists *lists, size_t outcome, const struct study_texts *columns)
{
    if (strata_lists_find(lists, outcome, columns) < lists->n)
        return 0;
    struct strata_list *const items = reallocate(lists->items, lists->n + 1, sizeof *items);
    if (items == NULL)
        return -1;
    lists->items = items;
    items[lists->n++] = (struct strata_list){outcome, columns};
    return 0;
}

int strata_lists_make(const struct study *study, struct strata_lists *lists)
{
    int status = 0;

    *lists = (struct strata_lists){0};
    for (size_t o = 0; status == 0 && study->cohort.strata.n > 0 && o < study->n_outcomes; o++)
        status = add(lists, o, &study->cohort.strata);
    for (size_t a = 0; a < study->n_analyses; a++) {
        const struct study_analysis *const analysis = &study->analyses[a];
        for (size_t k = 0; k < analysis->n_adjustments; k++)
            for (size_t o = 0; status == 0 && adjusts_by_strata(analysis->adjustments[k].method) && o < analysis->n_outcomes; o++)
                status = add(lists, analysis->outcomes[o], &analysis->adjustments[k].by);
    }
    return status;
}
