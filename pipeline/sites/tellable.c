/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/tellable.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "cohort/arms.h"
#include "cohort/cohort.h"

enum { FEWEST = 2 };

void tellable_free(struct tellable *tellable)
{
    free(tellable->populations.items);
    free(tellable->population);
    free(tellable->outcome);
    *tellable = (struct tellable){0};
}

static size_t arm_of(const struct study *study, const struct table *cells, size_t row)
{
    size_t length, arm = 0;
    const char *const text = column_text(table_column(cells, "arm"), row, &length);

    while (arm < study->cohort.arms.n && (strlen(study->cohort.arms.items[arm].name.text) != length ||
                                          memcmp(study->cohort.arms.items[arm].name.text, text, length) != 0))
        arm++;
    return arm;
}

/* Has each arm people in this population whose outcome is known?  -1 after telling. */
static int has_people(const struct study *study, size_t population, const struct table *cells, bool *has)
{
    int64_t n[ARM_MAX + 1] = {0};
    char *const name = cohort_population_column(study, population);
    const struct column *const member = name == NULL ? NULL : table_column(cells, name);
    const struct column *const cause = table_column(cells, "cause"), *const count = table_column(cells, "n");

    free(name);
    if (member == NULL || cause == NULL || count == NULL)
        return fail("the sites' table '%s' lacks a column", cells->name);
    for (size_t i = 0; i < cells->n_rows; i++)
        if (column_integer(member, i) == 1 && !column_is_missing(cause, i))
            n[arm_of(study, cells, i)] += column_integer(count, i);
    *has = true;
    for (size_t arm = 0; arm < study->cohort.arms.n; arm++)
        *has = *has && n[arm] >= FEWEST;
    return 0;
}

/* told[p * n_outcomes + o] */
static int find_told(const struct study *study, struct table *const *cells, bool *told)
{
    int status = 0;

    for (size_t p = 0; p < study->cohort.populations.n; p++)
        for (size_t o = 0; status == 0 && o < study->n_outcomes; o++)
            status = has_people(study, p, cells[o], &told[p * study->n_outcomes + o]);
    return status;
}

static void warn_of(const char *what, const char *name)
{
    warn("%s '%s' is left out: the sites tell of fewer than two people of some arm", what, name);
}

/* A population of which no outcome is told goes; then outcomes that are not told of all that are left. */
static void choose(const struct study *study, const bool *told, struct tellable *tellable)
{
    const size_t n = study->n_outcomes;

    for (size_t p = 0; p < study->cohort.populations.n; p++) {
        for (size_t o = 0; o < n; o++)
            tellable->population[p] = tellable->population[p] || told[p * n + o];
        if (tellable->population[p])
            tellable->populations.items[tellable->populations.n++] = study->cohort.populations.items[p];
        else
            warn_of("population", study->cohort.populations.items[p].name.text);
    }
    for (size_t o = 0; o < n; o++) {
        tellable->outcome[o] = true;
        for (size_t p = 0; p < study->cohort.populations.n; p++)
            tellable->outcome[o] = tellable->outcome[o] && (!tellable->population[p] || told[p * n + o]);
        if (!tellable->outcome[o] && tellable->populations.n > 0)
            warn_of("outcome", study->outcomes[o].name.text);
    }
}

int tellable_find(const struct study *study, struct table *const *cells, struct tellable *tellable)
{
    const size_t n_populations = study->cohort.populations.n;
    bool *const told = allocate(n_populations * study->n_outcomes + 1, sizeof *told);

    *tellable = (struct tellable){.populations.items = allocate(n_populations, sizeof *tellable->populations.items),
                                  .population = allocate(n_populations, sizeof *tellable->population),
                                  .outcome = allocate(study->n_outcomes + 1, sizeof *tellable->outcome)};
    int status = told == NULL || tellable->populations.items == NULL || tellable->population == NULL || tellable->outcome == NULL
                     ? -1
                     : find_told(study, cells, told);
    if (status == 0) {
        choose(study, told, tellable);
        if (tellable->populations.n == 0)
            status = fail("the sites tell of fewer than two people of some arm in every population: nothing can be compared");
    }
    free(told);
    return status;
}

static bool has_population(const struct study *study, const struct tellable *tellable, const char *name)
{
    for (size_t p = 0; p < study->cohort.populations.n; p++)
        if (strcmp(study->cohort.populations.items[p].name.text, name) == 0)
            return tellable->population[p];
    return false;
}

int tellable_keep(const struct study *study, const struct tellable *tellable, struct study_analysis *analysis)
{
    size_t *const outcomes = allocate(analysis->n_outcomes + 1, sizeof *outcomes), n_outcomes = 0;
    struct study_text *const names = allocate(analysis->populations.n + 1, sizeof *names);
    const bool names_some = analysis->populations.n > 0;
    size_t n_names = 0;

    for (size_t i = 0; outcomes != NULL && i < analysis->n_outcomes; i++)
        if (tellable->outcome[analysis->outcomes[i]])
            outcomes[n_outcomes++] = analysis->outcomes[i];
    for (size_t i = 0; names != NULL && i < analysis->populations.n; i++)
        if (has_population(study, tellable, analysis->populations.items[i].text))
            names[n_names++] = analysis->populations.items[i];
    analysis->outcomes = outcomes;
    analysis->n_outcomes = names_some && n_names == 0 ? 0 : n_outcomes;
    analysis->populations = (struct study_texts){.n = n_names, .items = names};
    return outcomes == NULL || names == NULL ? -1 : 0;
}
