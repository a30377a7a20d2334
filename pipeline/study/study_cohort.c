/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of `cohort`. */
#include <string.h>

#include "study/study_file.h"

static int split_eligible(const struct study_checker *checker)
{
    const struct study_rules *rules = &checker->file->eligible;
    struct study_texts *when = &checker->study->cohort.eligible;
    struct study_texts *why = &checker->study->cohort.eligible_post_baseline;

    when->items = arena_take(checker->arena, rules->n, sizeof *when->items);
    why->items = arena_take(checker->arena, rules->n, sizeof *why->items);
    if (when->items == NULL || why->items == NULL)
        return -1;
    when->n = why->n = rules->n;
    for (size_t i = 0; i < rules->n; i++) {
        when->items[i] = rules->items[i].when;
        why->items[i] = rules->items[i].post_baseline;
    }
    return 0;
}

static int split_columns(const struct study_checker *checker, const char *key, const struct file_columns *columns,
                         unsigned kinds, struct study_texts *names, struct study_texts *why)
{
    names->items = arena_take(checker->arena, columns->n, sizeof *names->items);
    why->items = arena_take(checker->arena, columns->n, sizeof *why->items);
    if (names->items == NULL || why->items == NULL)
        return -1;
    for (size_t i = 0; i < columns->n; i++) {
        const struct file_column *column = &columns->items[i];
        if (column->name.text == NULL)
            continue;
        check_column(checker, key, &column->name, kinds);
        names->items[names->n++] = column->name;
        why->items[why->n++] = column->post_baseline;
    }
    check_doubled(checker, key, names);
    return 0;
}

/* A number has no levels, so a missing one cannot be another. */
static int read_missing_rules(const struct study_checker *checker)
{
    const struct file_columns *written = &checker->file->covariates;
    struct study *study = checker->study;
    size_t n = 0;

    if ((study->cohort.covariates_missing = arena_take(checker->arena, written->n, sizeof *study->cohort.covariates_missing)) ==
        NULL)
        return -1;
    for (size_t i = 0; i < written->n; i++) {
        const struct file_column *column = &written->items[i];
        const struct column *stored =
            column->name.text == NULL || checker->columns == NULL ? NULL : table_column(checker->columns, column->name.text);
        if (column->name.text == NULL)
            continue;
        study->cohort.covariates_missing[n++] = (enum covariate_missing)column->missing.value;
        if (column->missing.value == COVARIATE_LEVEL && stored != NULL && stored->type != COLUMN_CATEGORY)
            mistake(checker->mistakes, column->missing.word.place,
                    "missing: only a category can have a level for what is missing; column '%s' holds numbers", stored->name);
    }
    return 0;
}

static void check_references(const struct study_checker *checker)
{
    const struct study *study = checker->study;
    const struct study_texts *references = &study->cohort.references;
    bool all_known = true;

    check_doubled(checker, "reference", references);
    if (study->cohort.arms.n > 1 && references->items == NULL && checker->file->cohort.line > 0)
        mistake(checker->mistakes, checker->file->cohort,
                "missing key 'reference': the arm, or arms, that the others are compared with");
    for (size_t i = 0; i < references->n; i++)
        all_known &= find_rule(checker, "arm", &study->cohort.arms, &references->items[i]) != NULL;
    if (all_known && study->cohort.arms.n > 0 && references->n >= study->cohort.arms.n)
        mistake(checker->mistakes, references->items[0].place,
                "reference: every arm is a reference, so that nothing would be compared");
}

static int default_population(const struct study_checker *checker)
{
    struct study_rules *populations = &checker->study->cohort.populations;

    if (populations->n > 0)
        return 0;
    if ((populations->items = arena_take(checker->arena, 1, sizeof *populations->items)) == NULL ||
        (populations->items[0].name.text = arena_text(checker->arena, "all", 3)) == NULL ||
        (populations->items[0].when.text = arena_text(checker->arena, "true", 4)) == NULL)
        return -1;
    populations->n = 1;
    return 0;
}

int study_check_cohort(const struct study_checker *checker)
{
    struct study *study = checker->study;

    if (split_eligible(checker) != 0 ||
        split_columns(checker, "covariates", &checker->file->covariates, KIND_NUMBER | KIND_CATEGORY,
                      &study->cohort.covariates, &study->cohort.covariates_post_baseline) != 0 ||
        split_columns(checker, "strata", &checker->file->strata, KIND_INTEGER | KIND_CATEGORY, &study->cohort.strata,
                      &study->cohort.strata_post_baseline) != 0 ||
        read_missing_rules(checker) != 0)
        return -1;
    check_references(checker);
    check_column(checker, "time_zero", &study->cohort.time_zero_column, KIND_DAY);
    if (study->cohort.unit.text == NULL &&
        (study->cohort.unit.text = study->cohort.index.every ? arena_text(checker->arena, "stay", 4)
                                                             : arena_text(checker->arena, "person", 6)) == NULL)
        return -1;
    return default_population(checker);
}
