/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/fits.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

/* NULL: it can be fitted in rounds. */
static const char *why_not(const struct study_model *model)
{
    if (model->recurrent)
        return "events that recur need the paths of persons";
    if (model->rule == MODEL_AFT)
        return "accelerated failure times are not fitted in rounds";
    if (model->frailty.text != NULL)
        return "frailties are not fitted in rounds";
    if (model->ties.text != NULL && strcmp(model->ties.text, "exact") == 0)
        return "the exact likelihood of tied events needs the persons who are tied";
    return NULL;
}

static bool asks_for(const struct study_analysis *analysis, const char *population)
{
    for (size_t i = 0; i < analysis->populations.n; i++)
        if (strcmp(analysis->populations.items[i].text, population) == 0)
            return true;
    return analysis->populations.n == 0;
}

static int add(struct fits *fits, struct fit fit)
{
    struct fit *const items = reallocate(fits->items, fits->n + 1, sizeof *items);

    if (items == NULL)
        return -1;
    fits->items = items;
    items[fits->n++] = fit;
    return 0;
}

static void tell_left_out(const struct study_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_models; i++)
        if (why_not(&analysis->models[i]) != NULL)
            warn("analysis '%s': the model '%s' is left out: %s", analysis->name.text, analysis->models[i].formula.text,
                 why_not(&analysis->models[i]));
}

int fits_list(const struct study *study, bool tell, struct fits *fits)
{
    int status = 0;

    *fits = (struct fits){0};
    for (size_t a = 0; a < study->n_analyses; a++) {
        const struct study_analysis *const analysis = &study->analyses[a];
        if (tell)
            tell_left_out(analysis);
        for (size_t o = 0; o < analysis->n_outcomes; o++)
            for (size_t p = 0; p < study->cohort.populations.n; p++)
                for (size_t m = 0; status == 0 && m < analysis->n_models; m++) {
                    const struct study_model *const model = &analysis->models[m];
                    if (why_not(model) == NULL && asks_for(analysis, study->cohort.populations.items[p].name.text))
                        status = add(fits, (struct fit){analysis, model, analysis->outcomes[o], p,
                                                         (study->cohort.cluster.text != NULL || study->cohort.index.every) && !model->firth});
                }
    }
    return status;
}

void fits_free(struct fits *fits)
{
    free(fits->items);
    *fits = (struct fits){0};
}

bool fit_is_for(const struct fit *fit, const struct table *outcome)
{
    return table_column(outcome, "value") == NULL &&
           (table_column(outcome, "time") != NULL) == (fit->model->rule != MODEL_LOGISTIC);
}

size_t fit_reference_arm(const struct study *study, const struct fit *fit)
{
    const struct study_texts *const references =
        fit->analysis->references.n > 0 ? &fit->analysis->references : &study->cohort.references;

    for (size_t arm = 0; arm < study->cohort.arms.n && references->n > 0; arm++)
        if (strcmp(study->cohort.arms.items[arm].name.text, references->items[0].text) == 0)
            return arm;
    return 0;
}
