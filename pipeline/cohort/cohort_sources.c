/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/cohort_sources.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/names.h"
#include "base/ranks.h"
#include "cohort/cohort_columns.h"
#include "cohort/derived_values.h"
#include "cohort/person_rows.h"
#include "store/stage.h"

void cohort_sources_free(struct cohort_sources *sources)
{
    table_free(sources->records);
    table_free(sources->quality);
    table_free(sources->stays);
    table_free(sources->episodes);
    table_free(sources->paths);
    table_free(sources->flow);
    index_stays_free(&sources->index);
    joined_rows_free(&sources->joined);
    *sources = (struct cohort_sources){0};
}

struct run {
    size_t first, end;
};

/* Of one rank that is all the digest of the whole table is checked, too. */
static struct table *read_run(struct store *store, const char *table, const char *const *columns, struct run run)
{
    return ranks_n() == 1 ? store_read(store, table, columns) : store_read_range(store, table, columns, run.first, run.end);
}

static const char *main_table(const struct study *study)
{
    return table_role_name(study_main_table(study)->role);
}

/* ---- a row a person ------------------------------------------------------------------------------------------------- */

static int read_rows(const struct study *study, struct store *records, struct store *episodes, struct cohort_sources *s)
{
    char **const columns = cohort_source_columns(study);
    size_t n = 0;
    int status = columns == NULL ? -1 : store_n_rows(records, main_table(study), &n);
    const struct run run = {n * ranks_rank() / ranks_n(), n * (ranks_rank() + 1) / ranks_n()};

    s->first_record = run.first;
    if (status == 0 && ((s->records = read_run(records, main_table(study), (const char *const *)columns, run)) == NULL ||
                        (s->stays = read_run(episodes, "stays", NULL, run)) == NULL))
        status = -1;
    names_free(columns);
    return status;
}

/* ---- linked stays ----------------------------------------------------------------------------------------------------- */

/* Where a rank begins: at the first stay of the person who has row `at`.  *person: INT64_MAX behind all of them. */
static int find_beginning(struct store *store, size_t at, size_t n, size_t *row, int64_t *person)
{
    *row = at;
    *person = at == 0 ? 0 : INT64_MAX;
    if (at == 0 || at >= n)
        return 0;
    if (person_rows_read(store, "stays", at, person) != 0)
        return -1;
    return *person == INT64_MAX ? 0 : person_rows_find(store, "stays", *person, row);
}

static void count_from(struct column *column, size_t n, size_t first)
{
    for (size_t i = 0; first > 0 && i < n; i++)
        if (!column_is_missing(column, i))
            column_set_integer(column, i, column_integer(column, i) - (int64_t)first);
}

/* Of the episodes only what derived columns are computed from, and what a landmark and the moves ask for. */
static char **list_episode_columns(const struct study *study, const char *const *derived)
{
    char **columns = NULL;
    int status = names_add(&columns, "open");

    if (status == 0)
        status = derived_episode_columns(study, derived, &columns);
    if (status == 0 && study->cohort.time_zero == TIME_ZERO_LANDMARK)
        status = names_add(&columns, "end");
    if (status == 0)
        return columns;
    names_free(columns);
    return NULL;
}

static int read_history(const struct study *study, struct store *store, const char *const *derived, struct cohort_sources *s)
{
    static const char *const of_stays[] = {"record", "person", "episode", "fate", "level", "start", "end", "open", NULL};
    char **const columns = list_episode_columns(study, derived);
    struct run stays, episodes = {0, 0};
    int64_t low, high;
    size_t n;
    int status = columns == NULL || store_n_rows(store, "stays", &n) != 0 ||
                         find_beginning(store, n * ranks_rank() / ranks_n(), n, &stays.first, &low) != 0 ||
                         find_beginning(store, n * (ranks_rank() + 1) / ranks_n(), n, &stays.end, &high) != 0 ||
                         (ranks_n() > 1 && (person_rows_find(store, "episodes", low, &episodes.first) != 0 ||
                                            person_rows_find(store, "episodes", high, &episodes.end) != 0))
                     ? -1
                     : 0;

    if (status == 0 && ((s->stays = read_run(store, "stays", of_stays, stays)) == NULL ||
                        (s->episodes = read_run(store, "episodes", (const char *const *)columns, episodes)) == NULL ||
                        (s->paths = store_read(store, "paths", NULL)) == NULL ||
                        (s->flow = store_read(store, "flow", NULL)) == NULL))
        status = -1;
    names_free(columns);
    if (status != 0)
        return -1;
    s->first_stay = stays.first;
    s->first_episode = episodes.first;
    count_from(table_column(s->stays, "episode"), s->stays->n_rows, s->first_episode);
    s->history = history_of(s->stays, s->episodes, s->paths);
    history_join(&s->history);
    return 0;
}

/* The records of the index stays. */
static int read_index_records(const struct study *study, struct store *store, struct cohort_sources *s)
{
    char **const columns = cohort_source_columns(study);
    size_t *const rows = allocate(s->index.n + 1, sizeof *rows);
    int status = columns == NULL || rows == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < s->index.n; i++)
        rows[i] = (size_t)s->history.record[s->index.items[i].stay];
    if (status == 0 &&
        (s->records = store_read_scattered(store, main_table(study), (const char *const *)columns, rows, s->index.n)) == NULL)
        status = -1;
    free(rows);
    names_free(columns);
    return status;
}

static int read_linked(const struct study *study, struct store *records, struct store *episodes, int n_threads,
                       struct cohort_sources *s)
{
    char **const named = cohort_named_derived(study);
    const char *const *const derived = (const char *const *)named;
    int status = named == NULL || read_history(study, episodes, derived, s) != 0 ||
                         index_stays_find(&study->cohort.index, &s->history, n_threads, &s->index) != 0 ||
                         read_index_records(study, records, s) != 0
                     ? -1
                     : 0;

    if (status == 0 && joined_is_asked_for(study, derived))
        status = joined_rows_read(study, derived, records, s->records, &s->joined);
    names_free(named);
    return status;
}

/* ---- all -------------------------------------------------------------------------------------------------------------- */

int cohort_sources_read(const struct study *study, const char *out, int n_threads, struct cohort_sources *s)
{
    char *const records_path = stage_file(out, "records.h5"), *const episodes_path = stage_file(out, study->files[STUDY_EPISODES]);
    struct store *records = NULL, *episodes = NULL;
    int status = -1;

    if (records_path != NULL && episodes_path != NULL && (records = store_open(records_path)) != NULL &&
        (episodes = store_open(episodes_path)) != NULL && (s->quality = store_read(records, "quality", NULL)) != NULL)
        status = study_is_linked(study) ? read_linked(study, records, episodes, n_threads, s) : read_rows(study, records, episodes, s);
    store_close(episodes);
    store_close(records);
    free(episodes_path);
    free(records_path);
    return status;
}

struct cohort_input cohort_sources_input(const struct study *study, const struct cohort_sources *s)
{
    const bool linked = study_is_linked(study);

    return (struct cohort_input){.records = s->records,
                                 .stays = s->stays,
                                 .quality = s->quality,
                                 .history = linked ? &s->history : NULL,
                                 .index = linked ? &s->index : NULL,
                                 .flow = s->flow,
                                 .clients = s->joined.clients,
                                 .client = s->joined.row};
}

static void count_on(struct column *column, size_t n, size_t first)
{
    for (size_t i = 0; column != NULL && first > 0 && i < n; i++)
        column_set_integer(column, i, column_integer(column, i) + (int64_t)first);
}

void cohort_sources_globally(const struct cohort_sources *s, struct table *people)
{
    count_on(table_column(people, "record"), people->n_rows, s->first_record);
    count_on(table_column(people, "stay"), people->n_rows, s->first_stay);
    count_on(table_column(people, "episode"), people->n_rows, s->first_episode);
}
