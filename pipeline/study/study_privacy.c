/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ground on which records may be used, and the columns that tell persons apart. */
#include <string.h>

#include "study/study_file.h"

static bool is_keyed(const struct study *study, const struct study_table *table)
{
    return table->person.text != NULL && study->basis != BASIS_PUBLIC;
}

size_t study_person_columns(const struct study *study, const struct study_table *table, const char *names[static 2])
{
    names[0] = names[1] = NULL;
    if (table->person.text == NULL)
        return 0;
    if (!is_keyed(study, table)) {
        names[0] = table->person.text;
        return 1;
    }
    names[0] = PERSON_KEY_1;
    names[1] = PERSON_KEY_2;
    return 2;
}

struct person_keys study_person_keys(const struct study *study, const struct study_table *table, const struct table *rows)
{
    const char *names[2];
    struct person_keys keys = {.n = study_person_columns(study, table, names)};

    for (size_t k = 0; k < keys.n; k++)
        keys.columns[k] = table_column(rows, names[k]);
    return keys;
}

static int add_keys(struct table *schema)
{
    return table_add_column(schema, PERSON_KEY_1, COLUMN_INT64, 0, "Key of the person, first half", "") != NULL &&
                   table_add_column(schema, PERSON_KEY_2, COLUMN_INT64, 0, "Key of the person, second half", "") != NULL
               ? 0
               : -1;
}

struct table *study_table_schema(const struct study *study, const struct study_table *table, const char *table_name)
{
    const struct codebook *codebook = table->codebook;
    struct table *schema = table_alloc(table_name, codebook->name);

    for (size_t i = 0; schema != NULL && i < codebook->n_columns; i++) {
        const struct codebook_column *column = &codebook->columns[i];
        const bool keyed = is_keyed(study, table) && strcmp(column->name, table->person.text) == 0;
        if (column->dropped)
            continue;
        if ((keyed ? add_keys(schema) : codebook_add_column(schema, column)) != 0) {
            table_free(schema);
            return NULL;
        }
    }
    return schema;
}

/* ---- mistakes ------------------------------------------------------------------------------------------- */

static void check_table(const struct study_checker *checker, const struct study_table *table)
{
    static const char *const keys[] = {PERSON_KEY_1, PERSON_KEY_2};
    const struct study *study = checker->study;

    if (!is_keyed(study, table))
        return;
    if (study->basis == BASIS_UNDECLARED && checker->file->basis.word.place.line == 0)
        mistake(checker->mistakes, table->person.place,
                "person: say why the records may be used: 'privacy: {basis: public}', or 'privacy: {basis: "
                "limited_data_set, key_file: site.key}', or basis expert; then the keys are made unreadable");
    else if (study->basis != BASIS_UNDECLARED && study->key_file.text == NULL)
        mistake(checker->mistakes, table->person.place,
                "person: with this basis the keys are made unreadable and need a key: 'privacy: {basis: ..., key_file: "
                "site.key}'; 'stepdown key new site.key' makes one");
    for (size_t i = 0; table->codebook != NULL && i < 2; i++)
        if (codebook_find(table->codebook, keys[i]) != NULL)
            mistake(checker->mistakes, table->codebook_file.place,
                    "codebook: the name '%s' is kept for the keys of persons", keys[i]);
}

void study_check_privacy(const struct study_checker *checker)
{
    const struct study_file *file = checker->file;
    struct study *study = checker->study;

    study->basis = (enum privacy_basis)file->basis.value;
    if (study->basis == BASIS_PUBLIC && study->key_file.text != NULL)
        mistake(checker->mistakes, study->key_file.place,
                "key_file: with 'basis: public' ids stay as they are; a key is used with limited_data_set and expert");
    for (size_t i = 0; i < study->n_tables; i++)
        check_table(checker, &study->tables[i]);
}
