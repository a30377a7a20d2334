/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/joined_rows.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/person_index.h"
#include "study/joined.h"

static int add_key(const struct study *study, const struct study_table *table, char ***names)
{
    const char *keys[2];
    const size_t n = study_person_columns(study, table, keys);
    int status = 0;

    for (size_t i = 0; status == 0 && i < n; i++)
        status = names_add(names, keys[i]);
    return status;
}

static bool is_asked_for(const struct study *study, const char *const *derived)
{
    for (size_t i = 0; derived[i] != NULL; i++)
        if (joined_column(study, derived[i]) != NULL)
            return true;
    return false;
}

int joined_client_columns(const struct study *study, const char *const *derived, char ***names)
{
    int status = is_asked_for(study, derived) ? add_key(study, joined_table(study), names) : 0;

    for (size_t i = 0; status == 0 && derived[i] != NULL; i++)
        if (joined_column(study, derived[i]) != NULL)
            status = names_add(names, derived[i]);
    return status;
}

int joined_source_columns(const struct study *study, const char *const *derived, char ***names)
{
    return is_asked_for(study, derived) ? add_key(study, study_main_table(study), names) : 0;
}

static struct person_keys keys_of(const struct study *study, const struct study_table *from, const struct table *table)
{
    struct person_keys keys = {.n = 0};
    const char *names[2];

    keys.n = study_person_columns(study, from, names);
    for (size_t k = 0; k < keys.n; k++)
        keys.columns[k] = table_column(table, names[k]);
    return keys;
}

static void tell(const struct study *study, size_t n_without, size_t n_doubled)
{
    const struct study_table *clients = joined_table(study);

    if (n_without > 0)
        warn("%s:%zu:%zu: the persons of %zu index stays have no row in 'clients'; its columns are missing for them",
             study->path, clients->place.line, clients->place.column, n_without);
    if (n_doubled > 0)
        warn("%s:%zu:%zu: the persons of %zu index stays have several rows in 'clients', and no rule says which is right; its "
             "columns are missing for them",
             study->path, clients->place.line, clients->place.column, n_doubled);
}

size_t *joined_rows_find(const struct study *study, const struct table *records, const struct table *clients,
                         const struct history *history, const struct index_stay *index, size_t n)
{
    const struct person_keys of_clients = keys_of(study, joined_table(study), clients);
    const struct person_keys of_stays = keys_of(study, study_main_table(study), records);
    struct person_index *const persons = person_index_make(&of_clients, NULL, clients->n_rows);
    size_t *const rows = persons == NULL ? NULL : allocate(n, sizeof *rows), n_without = 0, n_doubled = 0;

    for (size_t i = 0; rows != NULL && i < n; i++) {
        const size_t row = person_index_first(persons, &of_stays, (size_t)history->record[index[i].stay]);
        const bool found = row != PERSON_UNKNOWN && row != PERSON_MISSING;
        const bool doubled = found && person_index_next(persons, row) != PERSON_UNKNOWN;
        rows[i] = found && !doubled ? row : JOINED_NONE;
        n_without += !found;
        n_doubled += doubled;
    }
    person_index_free(persons);
    if (rows != NULL)
        tell(study, n_without, n_doubled);
    return rows;
}
