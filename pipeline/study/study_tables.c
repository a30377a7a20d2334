/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of `tables`: which roles there are, their codebooks, and the columns they are joined by. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/input.h"
#include "study/study_file.h"

bool table_role_looks(enum table_role role)
{
    return role == ROLE_TESTS || role == ROLE_VISITS || role == ROLE_SPECIMENS;
}

const char *table_role_name(enum table_role role)
{
    static const char *const NAMES[N_ROLES] = {"episodes", "clients", "tests", "visits", "specimens", "use_days", "doses"};

    return (unsigned)role < N_ROLES ? NAMES[role] : "";
}

bool table_role_is_dated(enum table_role role)
{
    return role != ROLE_EPISODES && role != ROLE_CLIENTS;
}

/* Formats that are not read: better told here than as a CSV full of strange bytes. */
static void check_format(const struct study_checker *checker, const struct study_text *file)
{
    static const char *const OTHERS[] = {".h5", ".parquet", ".arrow", ".xlsx", ".xls", ".ods", ".rds", ".sas7bcat"};
    size_t length = strlen(file->text);

    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        size_t n = strlen(OTHERS[i]);
        if (length > n && strcasecmp(file->text + length - n, OTHERS[i]) == 0)
            mistake(checker->mistakes, file->place,
                    "file: %s files are not read; .csv, .csv.gz, .sas7bdat, .xpt, .dta or .sav was expected",
                    OTHERS[i]);
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

/* ---- roles and codebooks ------------------------------------------------------------------------------ */

static bool is_given(const struct study_file *file, enum table_role role)
{
    return file->of_role[role].table.place.line != 0;
}

/* One table says who there is; clients beside stays say more of them.  N_ROLES and a mistake noted when none does. */
static enum table_role main_role(const struct study_checker *checker)
{
    const struct study_file *file = checker->file;
    const bool clients = is_given(file, ROLE_CLIENTS), episodes = is_given(file, ROLE_EPISODES);

    if (!clients && !episodes && file->tables.line != 0)
        mistake(checker->mistakes, file->tables,
                "tables: 'clients' or 'episodes', with a row a person or a counted row, was expected");
    return episodes ? ROLE_EPISODES : clients ? ROLE_CLIENTS : N_ROLES;
}

static int take_table(const struct study_checker *checker, enum table_role role)
{
    const struct file_table *written = &checker->file->of_role[role];
    struct study_table *table = &checker->study->tables[checker->study->n_tables++];

    *table = written->table;
    table->role = role;
    table->only_positives = written->only.value == 1;
    for (size_t i = 0; i < table->files.n; i++)
        check_format(checker, &table->files.items[i]);
    return read_codebook(checker, table);
}

int study_check_tables(const struct study_checker *checker)
{
    struct study *study = checker->study;
    const enum table_role first = main_role(checker);

    if (first == N_ROLES)
        return 0;
    if ((study->tables = arena_take(checker->arena, N_ROLES, sizeof *study->tables)) == NULL ||
        take_table(checker, first) != 0)
        return -1;
    for (enum table_role role = 0; role < N_ROLES; role++)
        if (role != first && is_given(checker->file, role) && take_table(checker, role) != 0)
            return -1;
    return 0;
}

/* ---- columns --------------------------------------------------------------------------------------------- */

enum { KIND_OF_KEY = KIND_INTEGER | KIND_CATEGORY | KIND_TEXT };

/* Numbers are joined with numbers, words with words. */
static void check_same_key(const struct study_checker *checker, const struct study_table *people,
                           const struct study_table *table)
{
    if (people->codebook == NULL || table->codebook == NULL || table->person.text == NULL)
        return;
    if (people->person.text == NULL) {
        mistake(checker->mistakes, table->place,
                "%s: its rows are joined by person, but table '%s' has no person key; name its column: 'person: NAME'",
                table_role_name(table->role), table_role_name(people->role));
        return;
    }
    const struct codebook_column *one = codebook_find(people->codebook, people->person.text);
    const struct codebook_column *other = codebook_find(table->codebook, table->person.text);
    if (one != NULL && other != NULL && (one->type == VALUE_INTEGER) != (other->type == VALUE_INTEGER))
        mistake(checker->mistakes, table->person.place,
                "person: one of '%s' and '%s' holds whole numbers, the other does not: they name nobody in common",
                table_role_name(people->role), table_role_name(table->role));
}

/* What `clients` says of persons who have stays. */
static void check_joined(const struct study_checker *checker, const struct study_table *stays, const struct study_table *clients)
{
    if (clients->person.text == NULL)
        mistake(checker->mistakes, clients->place,
                "clients: beside 'episodes' its rows are joined by person; name the column of the key: 'person: NAME'");
    if (clients->weight.text != NULL)
        mistake(checker->mistakes, clients->weight.place,
                "weight: beside 'episodes' a row of 'clients' is one person; counted rows stand alone");
    if (clients->programme.text != NULL)
        mistake(checker->mistakes, clients->programme.place,
                "programme: beside 'episodes' it is a column of stays; move the key there");
    for (size_t i = 0; stays->codebook != NULL && clients->codebook != NULL && i < clients->codebook->n_columns; i++) {
        const struct codebook_column *column = &clients->codebook->columns[i];
        const struct codebook_column *other = codebook_find(stays->codebook, column->name);
        if (column->dropped || other == NULL || other->dropped ||
            (clients->person.text != NULL && strcmp(column->name, clients->person.text) == 0))
            continue;
        mistake(checker->mistakes, clients->codebook_file.place,
                "codebook: its column '%s' has the name of one of 'episodes'; declare it under another name, with this one as an "
                "alias",
                column->name);
    }
}

static void check_window(const struct study_checker *checker, const struct study_table *table)
{
    if (table->from.given && table->to.given && table->from.value > table->to.value)
        mistake(checker->mistakes, table->from.place, "window: 'from' lies after 'to'");
}

void study_check_keys(const struct study_checker *checker)
{
    const struct study *study = checker->study;

    for (size_t i = 0; i < study->n_tables; i++) {
        const struct study_table *table = &study->tables[i];
        check_table_column(checker, table, "person", &table->person, KIND_OF_KEY);
        check_table_column(checker, table, "weight", &table->weight, KIND_INTEGER);
        check_table_column(checker, table, "programme", &table->programme, KIND_OF_KEY);
        check_table_column(checker, table, "day", &table->day, KIND_DAY);
        check_window(checker, table);
        if (i > 0 && table->role == ROLE_CLIENTS)
            check_joined(checker, &study->tables[0], table);
        if (i > 0)
            check_same_key(checker, &study->tables[0], table);
    }
}
