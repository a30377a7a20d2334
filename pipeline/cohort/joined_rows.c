/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/joined_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/pack.h"
#include "base/person_index.h"
#include "base/ranks.h"
#include "base/table_pack.h"
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

static struct person_keys keys_of(const struct study *study, const struct study_table *from, const struct table *table)
{
    struct person_keys keys = {.n = 0};
    const char *names[2];

    keys.n = study_person_columns(study, from, names);
    for (size_t k = 0; k < keys.n; k++)
        keys.columns[k] = table_column(table, names[k]);
    return keys;
}

/* A table with copies of some columns. */
static struct table *take_columns(const struct table *from, const char *const *names)
{
    struct table *table = table_alloc(from->name, "");
    int status = table == NULL ? -1 : table_resize(table, from->n_rows);

    for (size_t i = 0; status == 0 && names[i] != NULL; i++)
        status = table_copy_column(table, table_column(from, names[i]), from->n_rows) == NULL ? -1 : 0;
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
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

/* ---- keys go to the rank that their hash names ----------------------------------------------------------------------- */

/* What came: tables of keys, one from each rank. */
struct met {
    struct table *keys;
    size_t *first; /* [n ranks + 1] rows of each */
};

static void met_free(struct met *met)
{
    table_free(met->keys);
    free(met->first);
}

/* Rows by the rank that gets them, in their order; those without a key go to the first. */
static int deal(const struct person_keys *keys, size_t n, size_t *rows, size_t *first)
{
    const size_t n_ranks = ranks_n();
    size_t *const next = allocate(n_ranks + 1, sizeof *next);

    for (size_t i = 0; next != NULL && i < n; i++)
        first[person_key_part(keys, i, n_ranks) + 1]++;
    for (size_t r = 0; next != NULL && r < n_ranks; r++) {
        next[r] = first[r];
        first[r + 1] += first[r];
    }
    for (size_t i = 0; next != NULL && i < n; i++)
        rows[next[person_key_part(keys, i, n_ranks)]++] = i;
    free(next);
    return next == NULL ? -1 : 0;
}

static int put_together(struct ranks_bytes *from, struct met *met)
{
    int status = (met->first = allocate(ranks_n() + 1, sizeof *met->first)) == NULL ? -1 : 0;

    for (size_t r = 0; status == 0 && r < ranks_n(); r++) {
        struct unpack one = {.bytes = from->bytes + from->first[r], .left = from->first[r + 1] - from->first[r]};
        struct table *const part = table_unpack(&one);
        if (part == NULL)
            return -1;
        met->first[r + 1] = met->first[r] + part->n_rows;
        if (met->keys == NULL) {
            met->keys = part;
            continue;
        }
        status = table_append(met->keys, part);
        table_free(part);
    }
    return status;
}

/* rows [n], first [n ranks + 1]: which of the keys went to whom. */
static int meet(const struct table *keys, const size_t *rows, const size_t *first, struct met *met)
{
    size_t *const ends = allocate(ranks_n() + 1, sizeof *ends);
    struct ranks_bytes from = {0};
    struct pack pack = {0};
    int status = ends == NULL ? -1 : 0;

    for (size_t r = 0; status == 0 && r < ranks_n(); r++) {
        struct table *const part = table_take_rows(keys, rows + first[r], first[r + 1] - first[r]);
        if (part != NULL)
            table_pack(&pack, part);
        status = part == NULL || pack.broken ? -1 : 0;
        ends[r + 1] = pack.n;
        table_free(part);
    }
    if (status == 0)
        status = ranks_exchange(pack.bytes, ends, &from);
    pack_free(&pack);
    free(ends);
    if (status == 0)
        status = put_together(&from, met);
    ranks_bytes_free(&from);
    return status;
}

static int send_keys(const struct person_keys *keys, const struct table *table, size_t *rows, size_t *first, struct met *met)
{
    return rows == NULL || first == NULL || deal(keys, table->n_rows, rows, first) != 0 ? -1 : meet(table, rows, first, met);
}

/* ---- what is found ---------------------------------------------------------------------------------------------------- */

enum { NOWHERE = -1, SEVERAL = -2 }; /* in place of a row of `clients` */

static const char ROW[] = "row of clients"; /* beside the keys */

/* The keys of a run of the clients, with their rows. */
static struct table *read_run(const struct study *study, struct store *store)
{
    const char *const name = table_role_name(ROLE_CLIENTS);
    char **columns = NULL;
    struct table *run = NULL;
    size_t n = 0;
    int status = add_key(study, joined_table(study), &columns) != 0 ? -1 : store_n_rows(store, name, &n);
    const size_t first = n * ranks_rank() / ranks_n(), end = n * (ranks_rank() + 1) / ranks_n();

    if (status == 0 && (run = store_read_range(store, name, (const char *const *)columns, first, end)) != NULL) {
        struct column *const row = table_add_column(run, ROW, COLUMN_INT64, 0, "", "");
        for (size_t i = 0; row != NULL && i < run->n_rows; i++)
            column_set_integer(row, i, (int64_t)(first + i));
        if (row == NULL) {
            table_free(run);
            run = NULL;
        }
    }
    names_free(columns);
    return run;
}

/* For each key that came the row of its client. */
static int64_t *look_up(const struct study *study, const struct met *clients, const struct met *stays)
{
    const struct person_keys of_clients = keys_of(study, joined_table(study), clients->keys);
    const struct person_keys of_stays = keys_of(study, study_main_table(study), stays->keys);
    const struct column *const row = table_column(clients->keys, ROW);
    struct person_index *const persons = person_index_make(&of_clients, NULL, clients->keys->n_rows);
    int64_t *const found = persons == NULL ? NULL : allocate(stays->keys->n_rows, sizeof *found);

    for (size_t i = 0; found != NULL && i < stays->keys->n_rows; i++) {
        const size_t entry = person_index_first(persons, &of_stays, i);
        found[i] = entry == PERSON_UNKNOWN || entry == PERSON_MISSING                ? NOWHERE
                   : person_index_next(persons, entry) != PERSON_UNKNOWN ? SEVERAL
                                                                         : column_integer(row, entry);
    }
    person_index_free(persons);
    return found;
}

/* The answers go back the way the keys came; of [n] in the order in which they were sent. */
static int answer(const int64_t *found, const struct met *stays, struct ranks_bytes *answers)
{
    size_t *const first = allocate(ranks_n() + 1, sizeof *first);
    int status = first == NULL ? -1 : 0;

    for (size_t r = 0; status == 0 && r <= ranks_n(); r++)
        first[r] = stays->first[r] * sizeof *found;
    if (status == 0)
        status = ranks_exchange((const unsigned char *)found, first, answers);
    free(first);
    return status;
}

/* The row of `clients` of each of this rank's stays, or why there is none. */
static int find_rows(const struct study *study, struct store *store, const struct table *records, int64_t *found)
{
    const struct person_keys of_stays = keys_of(study, study_main_table(study), records);
    struct table *const run = read_run(study, store), *keys = NULL;
    char **names = NULL;
    struct met clients = {0}, stays = {0};
    struct ranks_bytes answers = {0};
    int64_t *looked_up = NULL;
    int status = run == NULL || add_key(study, study_main_table(study), &names) != 0 ||
                         (keys = take_columns(records, (const char *const *)names)) == NULL
                     ? -1
                     : 0;
    size_t *const rows = allocate(records->n_rows + 1, sizeof *rows), *const first = allocate(ranks_n() + 1, sizeof *first);

    if (status == 0) {
        const struct person_keys of_clients = keys_of(study, joined_table(study), run);
        size_t *const order = allocate(run->n_rows + 1, sizeof *order), *const ends = allocate(ranks_n() + 1, sizeof *ends);
        status = send_keys(&of_clients, run, order, ends, &clients);
        free(order);
        free(ends);
    }
    if (status == 0)
        status = send_keys(&of_stays, keys, rows, first, &stays);
    if (status == 0 && ((looked_up = look_up(study, &clients, &stays)) == NULL || answer(looked_up, &stays, &answers) != 0))
        status = -1;
    for (size_t i = 0; status == 0 && i < records->n_rows; i++)
        found[rows[i]] = ((const int64_t *)(const void *)answers.bytes)[i];
    ranks_bytes_free(&answers);
    free(looked_up);
    met_free(&stays);
    met_free(&clients);
    free(first);
    free(rows);
    table_free(keys);
    names_free(names);
    table_free(run);
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
        without[0] += found[i] == NOWHERE;
        without[1] += found[i] == SEVERAL;
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
