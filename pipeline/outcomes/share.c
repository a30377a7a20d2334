/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/share.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "cohort/person_rows.h"

void share_free(struct share *share)
{
    table_free(share->cohort);
    table_free(share->stays);
    table_free(share->episodes);
    table_free(share->paths);
    row_set_free(&share->records);
    *share = (struct share){0};
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

/* Row `at` of the cohort, or the first one of its person: where a rank begins.  *person: INT64_MAX at the end. */
static int find_beginning(struct store *store, size_t at, size_t n, bool linked, size_t *row, int64_t *person)
{
    *row = at;
    *person = INT64_MAX;
    if (at >= n || !linked)
        return 0;
    if (at == 0) {
        *person = 0;
        return 0;
    }
    return person_rows_read(store, "cohort", at, person) != 0 ? -1 : person_rows_find(store, "cohort", *person, row);
}

static void shift(struct column *column, size_t n, size_t by)
{
    for (size_t i = 0; i < n; i++)
        if (!column_is_missing(column, i))
            column_set_integer(column, i, column_integer(column, i) - (int64_t)by);
}

/* Stays and episodes of the persons low .. high - 1. */
static int read_history(struct store *store, const char *const *columns, int64_t low, int64_t high, struct share *share)
{
    size_t stay, last_stay, episode, last_episode;

    if (person_rows_find(store, "stays", low, &stay) != 0 || person_rows_find(store, "stays", high, &last_stay) != 0 ||
        person_rows_find(store, "episodes", low, &episode) != 0 || person_rows_find(store, "episodes", high, &last_episode) != 0 ||
        (share->stays = store_read_range(store, "stays", NULL, stay, last_stay)) == NULL ||
        (share->episodes = store_read_range(store, "episodes", columns, episode, last_episode)) == NULL ||
        (share->paths = store_read(store, "paths", NULL)) == NULL)
        return -1;
    shift(table_column(share->stays, "episode"), share->stays->n_rows, episode);
    shift(table_column(share->cohort, "stay"), share->cohort->n_rows, stay);
    shift(table_column(share->cohort, "episode"), share->cohort->n_rows, episode);
    return 0;
}

static int list_records(struct share *share)
{
    const struct table *const tables[] = {share->cohort, share->stays};

    for (size_t k = 0; k < 2; k++)
        if (tables[k] != NULL && row_set_add(&share->records, table_column(tables[k], "record"), tables[k]->n_rows) != 0)
            return -1;
    return row_set_close(&share->records);
}

static int read_all(const struct study *study, struct store *cohort, struct store *episodes,
                    const char *const *episode_columns, struct share *share)
{
    const size_t rank = ranks_rank(), n_ranks = ranks_n();
    const bool linked = study_is_linked(study);
    int64_t low, high;
    size_t n;

    if (store_n_rows(cohort, "cohort", &n) != 0 ||
        find_beginning(cohort, n * rank / n_ranks, n, linked, &share->first, &low) != 0 ||
        find_beginning(cohort, n * (rank + 1) / n_ranks, n, linked, &share->end, &high) != 0 ||
        (share->cohort = store_read_range(cohort, "cohort", NULL, share->first, share->end)) == NULL)
        return -1;
    if (linked && read_history(episodes, episode_columns, low, high, share) != 0)
        return -1;
    return list_records(share);
}

int share_read(const struct study *study, const char *cohort, const char *episodes, const char *const *episode_columns,
               struct share *share)
{
    struct store *const of_cohort = store_open(cohort);
    struct store *const of_episodes = of_cohort == NULL || !study_is_linked(study) ? NULL : store_open(episodes);
    int status = of_cohort == NULL || (study_is_linked(study) && of_episodes == NULL) ? -1 : 0;

    *share = (struct share){0};
    if (status == 0)
        status = read_all(study, of_cohort, of_episodes, episode_columns, share);
    store_close(of_episodes);
    store_close(of_cohort);
    return status;
}

/* ---- numbers of this share --------------------------------------------------------------------------------------------------- */

static void renumber(const struct share *share, struct table *table)
{
    struct column *const record = table_column(table, "record");

    for (size_t i = 0; i < table->n_rows; i++)
        column_set_integer(record, i, (int64_t)row_set_place(&share->records, (size_t)column_integer(record, i)));
}

void share_settle(struct share *share)
{
    renumber(share, share->cohort);
    if (share->stays != NULL)
        renumber(share, share->stays);
}

/* ---- tables of this share among those of all ------------------------------------------------------------------------------ */

/* As wide as the widest text of all ranks. */
static int widen(struct column *column, size_t n)
{
    double widest = (double)column->width;

    ranks_largest(&widest, 1);
    const size_t width = (size_t)widest;
    char *const values = width == column->width ? NULL : allocate(n + 1, width);
    if (width == column->width)
        return 0;
    if (values == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        memcpy(values + i * width, (const char *)column->values + i * column->width, column->width);
    free(column->values);
    column->values = values;
    column->width = width;
    return 0;
}

struct table *share_globally(const struct share_places *places, const struct table *table)
{
    struct table *const copy = table_take_rows(table, NULL, 0);
    struct column *const row = copy == NULL ? NULL : table_column(copy, "row"),
                  *const record = copy == NULL ? NULL : table_column(copy, "record");
    int status = copy == NULL ? -1 : table_append(copy, table);

    for (size_t i = 0; status == 0 && row != NULL && i < copy->n_rows; i++)
        column_set_integer(row, i, column_integer(row, i) + (int64_t)places->first);
    for (size_t i = 0; status == 0 && record != NULL && i < copy->n_rows; i++)
        column_set_integer(record, i, places->record[i]);
    for (size_t k = 0; status == 0 && k < copy->n_columns; k++)
        if (copy->columns[k].type == COLUMN_TEXT)
            status = widen(&copy->columns[k], copy->n_rows);
    if (status == 0)
        return copy;
    table_free(copy);
    return NULL;
}
