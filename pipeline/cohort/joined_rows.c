/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/joined_rows.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/person_meeting.h"
#include "base/ranks.h"
#include "study/joined.h"

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static int add_key(const struct study *study, const struct study_table *table, char ***names)
{
    const char *keys[2];
    const size_t n = study_person_columns(study, table, keys);
    int status = 0;

    for (size_t i = 0; status == 0 && i < n; i++)
        status = names_add(names, keys[i]);
    return status;
}

bool joined_is_asked_for(const struct study *study, const char *const *derived)
{
    for (size_t i = 0; derived[i] != NULL; i++)
        if (joined_column(study, derived[i]) != NULL)
            return true;
    return false;
}

int joined_source_columns(const struct study *study, const char *const *derived, char ***names)
{
    return joined_is_asked_for(study, derived) ? add_key(study, study_main_table(study), names) : 0;
}

/* Columns of `clients` without its key. */
static int list_columns(const struct study *study, const char *const *derived, char ***names)
{
    int status = 0;

    for (size_t i = 0; status == 0 && derived[i] != NULL; i++)
        if (joined_column(study, derived[i]) != NULL)
            status = names_add(names, derived[i]);
    return status;
}

static void tell(const struct study *study, int64_t n_without, int64_t n_doubled)
{
    const struct study_table *clients = joined_table(study);

    if (n_without > 0)
        warn("%s:%zu:%zu: the persons of %lld index stays have no row in 'clients'; its columns are missing for them",
             study->path, clients->place.line, clients->place.column, (long long)n_without);
    if (n_doubled > 0)
        warn("%s:%zu:%zu: the persons of %lld index stays have several rows in 'clients', and no rule says which is right; its "
             "columns are missing for them",
             study->path, clients->place.line, clients->place.column, (long long)n_doubled);
}

/* ---- whose row is it ---------------------------------------------------------------------------------------------------- */

/* The keys of a run of the clients, with the numbers of their rows. */
static int read_run(const struct study *study, struct store *store, struct table **run, int64_t **number)
{
    const char *const name = table_role_name(ROLE_CLIENTS);
    char **columns = NULL;
    size_t n = 0;
    int status = add_key(study, joined_table(study), &columns) != 0 ? -1 : store_n_rows(store, name, &n);
    const size_t first = n * ranks_rank() / ranks_n(), end = n * (ranks_rank() + 1) / ranks_n();

    if (status == 0 && ((*run = store_read_range(store, name, (const char *const *)columns, first, end)) == NULL ||
                        (*number = allocate(end - first + 1, sizeof **number)) == NULL))
        status = -1;
    for (size_t i = 0; status == 0 && i < end - first; i++)
        (*number)[i] = (int64_t)(first + i);
    names_free(columns);
    return status;
}

static struct person_meeting *meet_clients(const struct study *study, struct store *store)
{
    struct table *run = NULL;
    int64_t *number = NULL;
    struct person_meeting *meeting = NULL;

    if (read_run(study, store, &run, &number) == 0) {
        const struct person_keys keys = study_person_keys(study, joined_table(study), run);
        meeting = person_meeting_make(&keys, number, run->n_rows);
    }
    free(number);
    table_free(run);
    return meeting;
}

/* The row of `clients` of each of this rank's stays, or why there is none. */
static int find_rows(const struct study *study, struct store *store, const struct table *records, int64_t *found)
{
    const struct person_keys keys = study_person_keys(study, study_main_table(study), records);
    struct person_meeting *const clients = meet_clients(study, store);
    const int status = clients == NULL ? -1 : person_meeting_ask(clients, &keys, NULL, records->n_rows, found);

    person_meeting_free(clients);
    return status;
}

/* Only the rows that are somebody's. */
static int read_clients(const struct study *study, const char *const *derived, struct store *store, const int64_t *found, size_t n,
                        struct joined_rows *joined)
{
    size_t *const rows = allocate(n + 1, sizeof *rows), n_rows = 0;
    char **columns = NULL;
    int status = rows == NULL || (joined->row = allocate(n + 1, sizeof *joined->row)) == NULL ? -1
                                                                                              : list_columns(study, derived, &columns);

    for (size_t i = 0; status == 0 && i < n; i++) {
        joined->row[i] = found[i] < 0 ? JOINED_NONE : n_rows;
        if (found[i] >= 0)
            rows[n_rows++] = (size_t)found[i];
    }
    if (status == 0 && (joined->clients = store_read_scattered(store, table_role_name(ROLE_CLIENTS), (const char *const *)columns,
                                                               rows, n_rows)) == NULL)
        status = -1;
    names_free(columns);
    free(rows);
    return status;
}

int joined_rows_read(const struct study *study, const char *const *derived, struct store *store, const struct table *records,
                     struct joined_rows *joined)
{
    int64_t *const found = allocate(records->n_rows + 1, sizeof *found), without[2] = {0};
    int status = found == NULL ? -1 : find_rows(study, store, records, found);

    for (size_t i = 0; status == 0 && i < records->n_rows; i++) {
        without[0] += found[i] == MEETING_NOWHERE;
        without[1] += found[i] == MEETING_SEVERAL;
    }
    if (status == 0)
        status = read_clients(study, derived, store, found, records->n_rows, joined);
    free(found);
    if (status != 0)
        return -1;
    ranks_sum(without, 2);
    if (ranks_rank() == 0)
        tell(study, without[0], without[1]);
    return 0;
}

void joined_rows_free(struct joined_rows *joined)
{
    table_free(joined->clients);
    free(joined->row);
    *joined = (struct joined_rows){0};
}
