/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/counted.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

/* ---- a list of names, for a warning -------------------------------------------------------------------------------------- */

/* "iptw, match": takes and returns the list; NULL after telling, and for NULL. */
static char *list_add(char *list, const char *name)
{
    char *const longer = list == NULL ? NULL : format_text("%s%s%s", list, *list == '\0' ? "" : ", ", name);

    free(list);
    return longer;
}

/* Warns of what is on the list, if anything, and frees it. */
static int tell(const struct study_analysis *asked, const char *why, char *list)
{
    const int status = list == NULL ? -1 : 0;

    if (status == 0 && *list != '\0')
        warn("analysis '%s': %s; left out: %s", asked->name.text, why, list);
    free(list);
    return status;
}

/* ---- what is left out, kind by kind ---------------------------------------------------------------------------------------- */

static int leave_models(const struct study_analysis *asked, struct study_analysis *counted)
{
    char *list = copy_text("");

    for (size_t i = 0; i < asked->n_models; i++)
        list = list_add(list, asked->models[i].formula.text);
    counted->n_models = 0;
    return tell(asked, "models come in rounds (`stepdown merge --rounds`)", list);
}

static int leave_paths(const struct study_analysis *asked, struct study_analysis *counted)
{
    char *list = copy_text("");

    counted->n_measures = 0;
    for (size_t i = 0; i < asked->n_measures; i++) {
        if (measure_reads_path(asked->measures[i]))
            list = list_add(list, measure_name(asked->measures[i]));
        else
            counted->measures[counted->n_measures++] = asked->measures[i];
    }
    return tell(asked, "paths through levels of care cannot be told from counts", list);
}

/* Those by strata come from cells of their own. */
static int leave_adjustments(const struct study_analysis *asked, struct study_analysis *counted)
{
    char *list = copy_text("");

    for (size_t i = 0; i < asked->n_adjustments; i++)
        if (!adjusts_by_strata(asked->adjustments[i].method))
            list = list_add(list, asked->adjustments[i].name.text);
    counted->n_adjustments = 0;
    return tell(asked, "adjusting by other ways than strata needs the rows of persons", list);
}

static bool is_stratum(const struct study *study, const char *column)
{
    for (size_t i = 0; i < study->cohort.strata.n; i++)
        if (strcmp(study->cohort.strata.items[i].text, column) == 0)
            return true;
    return false;
}

static int leave_subgroups(const struct study *study, const struct study_analysis *asked, struct study_analysis *counted)
{
    const struct study_texts *const all = &asked->subgroups;
    struct study_texts *const kept = &counted->subgroups;
    char *list = copy_text("");

    kept->n = 0;
    for (size_t i = 0; i < all->n; i++) {
        if (is_stratum(study, all->items[i].text))
            kept->items[kept->n++] = all->items[i];
        else
            list = list_add(list, all->items[i].text);
    }
    return tell(asked, "subgroups by columns that are no strata of the cohort are not counted", list);
}

static int leave_adjusted_subgroups(const struct study_analysis *asked, const struct study_texts *subgroups)
{
    char *list = copy_text("");

    for (size_t i = 0; i < asked->n_adjustments; i++)
        for (size_t k = 0; k < subgroups->n && adjusts_by_strata(asked->adjustments[i].method); k++) {
            char *const both = format_text("%s by %s", asked->adjustments[i].name.text, subgroups->items[k].text);
            list = list_add(both == NULL ? (free(list), NULL) : list, both);
            free(both);
        }
    return tell(asked, "cells of an adjustment by strata know no subgroups", list);
}

static void leave_strategies(const struct study_analysis *asked, struct study_analysis *counted)
{
    if (!asked->strategies.given)
        return;
    warn("analysis '%s': strategies need the rows of persons; it is left out", asked->name.text);
    counted->n_outcomes = 0;
}

int counted_make(const struct study *study, const struct study_analysis *asked, struct study_analysis *counted)
{
    *counted = *asked;
    counted->measures = allocate(asked->n_measures, sizeof *counted->measures);
    counted->subgroups.items = allocate(asked->subgroups.n, sizeof *counted->subgroups.items);
    if (counted->measures == NULL || counted->subgroups.items == NULL)
        return -1;
    leave_strategies(asked, counted);
    return leave_models(asked, counted) != 0 || leave_paths(asked, counted) != 0 || leave_adjustments(asked, counted) != 0 ||
                   leave_subgroups(study, asked, counted) != 0 || leave_adjusted_subgroups(asked, &asked->subgroups) != 0
               ? -1
               : 0;
}

void counted_free(struct study_analysis *counted)
{
    free(counted->measures);
    free(counted->subgroups.items);
    counted->measures = NULL;
    counted->subgroups.items = NULL;
}
