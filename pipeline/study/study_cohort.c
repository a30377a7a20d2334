/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of `tables` and `cohort`. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/input.h"
#include "study/study_file.h"

const char *table_role_name(enum table_role role)
{
    static const char *const NAMES[N_ROLES] = {"episodes", "clients", "tests", "visits", "use_days", "doses"};

    return (unsigned)role < N_ROLES ? NAMES[role] : "";
}

/* ---- tables ---------------------------------------------------------------------------------------- */

/* Formats that a later version reads: better told here than as a CSV full of strange bytes. */
static void check_format(const struct study_checker *checker, const struct study_text *file)
{
    static const char *const LATER[] = {".sas7bdat", ".xpt", ".dta", ".sav", ".h5", ".parquet", ".xlsx"};
    size_t length = strlen(file->text);

    for (size_t i = 0; i < sizeof LATER / sizeof LATER[0]; i++) {
        size_t n = strlen(LATER[i]);
        if (length > n && strcasecmp(file->text + length - n, LATER[i]) == 0)
            mistake(checker->mistakes, file->place,
                    "file: %s files are not available in this version of stepdown; .csv or .csv.gz was expected",
                    LATER[i]);
    }
}

static int read_codebook(const struct study_checker *checker, struct study_table *table)
{
    char *path;

    if (table->codebook_file.text == NULL)
        return 0;
    if ((path = study_path(checker->study, table->codebook_file.text)) == NULL)
        return -1;
    if (access(path, R_OK) != 0)
        mistake(checker->mistakes, table->codebook_file.place, "codebook: '%s' cannot be read: %s",
                shown(checker->mistakes, path), strerror(errno));
    else if ((table->codebook = codebook_read(path)) == NULL)
        mistakes_told_elsewhere(checker->mistakes);
    free(path);
    return 0;
}

int study_check_tables(const struct study_checker *checker)
{
    struct study_file *file = checker->file;
    struct study *study = checker->study;
    bool clients = file->clients.place.line != 0;
    bool episodes = file->episodes.place.line != 0;
    struct study_table *table;

    if (!clients && !episodes) {
        if (file->tables.line != 0)
            mistake(checker->mistakes, file->tables,
                    "tables: 'clients' or 'episodes', with a row a person or a counted row, was expected");
        return 0;
    }
    if (clients && episodes)
        mistake(checker->mistakes, clients ? file->episodes.place : file->clients.place,
                "tables: a second table is not available in this version of stepdown");
    if ((study->tables = table = arena_take(checker->arena, 1, sizeof *table)) == NULL)
        return -1;
    *table = clients ? file->clients : file->episodes;
    table->role = clients ? ROLE_CLIENTS : ROLE_EPISODES;
    study->n_tables = 1;
    for (size_t i = 0; i < table->files.n; i++)
        check_format(checker, &table->files.items[i]);
    return read_codebook(checker, table);
}

/* ---- cohort ------------------------------------------------------------------------------------------ */

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

static void check_references(const struct study_checker *checker)
{
    const struct study *study = checker->study;
    const struct study_texts *references = &study->cohort.references;
    bool all_known = true;

    check_doubled(checker, "reference", references);
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
    struct study_table *table = study->n_tables > 0 ? &study->tables[0] : NULL;

    if (table != NULL) {
        check_column(checker, "person", &table->person, KIND_INTEGER | KIND_CATEGORY | KIND_TEXT);
        check_column(checker, "weight", &table->weight, KIND_INTEGER);
        check_column(checker, "programme", &table->programme, KIND_INTEGER | KIND_CATEGORY | KIND_TEXT);
    }
    if (split_eligible(checker) != 0 ||
        split_columns(checker, "covariates", &checker->file->covariates, KIND_NUMBER | KIND_CATEGORY,
                      &study->cohort.covariates, &study->cohort.covariates_post_baseline) != 0 ||
        split_columns(checker, "strata", &checker->file->strata, KIND_INTEGER | KIND_CATEGORY, &study->cohort.strata,
                      &study->cohort.strata_post_baseline) != 0)
        return -1;
    check_references(checker);
    if (study->cohort.unit.text == NULL && (study->cohort.unit.text = arena_text(checker->arena, "person", 6)) == NULL)
        return -1;
    return default_population(checker);
}
