/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/cohort_columns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "cohort/cohort.h"
#include "cohort/derived_values.h"
#include "study/condition.h"
#include "study/derived.h"

/* An empty list is a list too. */
static char **finish(char **names, int status)
{
    if (status == 0 && names == NULL)
        names = allocate(1, sizeof *names);
    if (status == 0)
        return names;
    names_free(names);
    return NULL;
}

static int add_conditions(const struct study *study, const struct study_rules *rules, const struct table *schema,
                          char ***names)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < rules->n; i++)
        status = condition_columns(study, &rules->items[i].when, schema, names);
    return status;
}

char **cohort_columns(const struct study *study)
{
    struct table *schema = study_columns(study, "source");
    char **names = NULL;
    int status = schema == NULL ? -1 : names_add(&names, study_main_table(study)->weight.text);

    if (status == 0)
        status = names_add(&names, study->cohort.time_zero_column.text);
    if (status == 0)
        status = names_add(&names, study->cohort.cluster.text);
    for (size_t i = 0; status == 0 && i < study->cohort.covariates.n; i++)
        if (study->cohort.covariates_missing[i] == COVARIATE_DROPS)
            status = names_add(&names, study->cohort.covariates.items[i].text);
    for (size_t i = 0; status == 0 && i < study->cohort.eligible.n; i++)
        status = condition_columns(study, &study->cohort.eligible.items[i], schema, &names);
    if (status == 0)
        status = add_conditions(study, &study->cohort.arms, schema, &names);
    if (status == 0)
        status = add_conditions(study, &study->cohort.populations, schema, &names);
    table_free(schema);
    return finish(names, status);
}

char **cohort_source_columns(const struct study *study)
{
    struct table *schema = study_table_schema(study, study_main_table(study), "source");
    char **used = cohort_columns(study), **names = NULL;
    int status = schema == NULL || used == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && used[i] != NULL; i++)
        if (table_column(schema, used[i]) != NULL)
            status = names_add(&names, used[i]);
    if (status == 0 && study_is_linked(study)) {
        char **const derived = cohort_named_derived(study);
        status = derived == NULL ? -1 : derived_source_columns(study, (const char *const *)derived, &names);
        names_free(derived);
    }
    /* A study whose conditions are all constants still needs the number of rows. */
    if (status == 0 && names == NULL && schema->n_columns > 0)
        status = names_add(&names, schema->columns[0].name);
    names_free(used);
    table_free(schema);
    return finish(names, status);
}

/* Does the word stand in the text of the study, in whatever place? */
static bool is_named(const struct study *study, const char *word)
{
    const size_t length = strlen(word);

    for (const char *at = study->text; (at = strstr(at, word)) != NULL; at += length) {
        const char before = at == study->text ? ' ' : at[-1], after = at[length];
        if (!isalnum((unsigned char)before) && before != '_' && !isalnum((unsigned char)after) && after != '_')
            return true;
    }
    return false;
}

char **cohort_named_derived(const struct study *study)
{
    struct table *all = table_alloc("derived", "");
    char **names = NULL;
    int status = all == NULL ? -1 : derived_add_columns(study, all);

    for (size_t i = 0; status == 0 && i < all->n_columns; i++)
        if (is_named(study, all->columns[i].name))
            status = names_add(&names, all->columns[i].name);
    table_free(all);
    return finish(names, status);
}
