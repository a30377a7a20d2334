/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/rank_places.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/ranks.h"
#include "cohort/source.h"
#include "store/stage.h"
#include "store/store.h"

/* ---- a reducer --------------------------------------------------------------------------------------------------- */

static void sum(void *context, int64_t *values, size_t n)
{
    (void)context;
    ranks_sum(values, n);
}

static void largest(void *context, double *values, size_t n)
{
    (void)context;
    ranks_largest(values, n);
}

static void sum_and_largest(void *context, int64_t *sums, size_t n_sums, double *largest_of, size_t n_largest)
{
    (void)context;
    ranks_sum_and_largest(sums, n_sums, largest_of, n_largest);
}

static int give(int status, struct ranks_bytes *from, struct reducer_bytes *to)
{
    *to = (struct reducer_bytes){0};
    if (status != 0)
        return GSL_ENOMEM;
    *to = (struct reducer_bytes){.bytes = from->bytes, .n = from->first[ranks_n()]};
    from->bytes = NULL;
    ranks_bytes_free(from);
    return GSL_SUCCESS;
}

static int collect(void *context, const void *bytes, size_t n, struct reducer_bytes *all)
{
    struct ranks_bytes from = {0};
    (void)context;
    return give(ranks_collect(bytes, n, &from), &from, all);
}

static int exchange(void *context, const void *bytes, const size_t *first, struct reducer_bytes *from)
{
    struct ranks_bytes came = {0};
    (void)context;
    return give(ranks_exchange(bytes, first, &came), &came, from);
}

const struct reducer *rank_places(void)
{
    static struct reducer places;

    if (ranks_n() == 1)
        return NULL;
    places = (struct reducer){.n_places = ranks_n(), .place = ranks_rank(), .sum = sum, .largest = largest,
                              .sum_and_largest = sum_and_largest, .collect = collect, .exchange = exchange};
    return &places;
}

struct row_range rank_rows(size_t n)
{
    return (struct row_range){n * ranks_rank() / ranks_n(), n * (ranks_rank() + 1) / ranks_n()};
}

/* ---- covariates ---------------------------------------------------------------------------------------------------- */

/* A table of the people with the columns of the source. */
static struct table *take_source(struct store *records, struct store *cohort, const char *table, const char *const *names,
                                 struct row_range *people)
{
    static const char *const record_column[] = {"record", NULL};
    struct table *numbers = NULL, *covariates = NULL;
    size_t n_people = 0, *rows = NULL;

    if (store_n_rows(cohort, "cohort", &n_people) == 0) {
        *people = rank_rows(n_people);
        numbers = store_read_range(cohort, "cohort", record_column, people->first, people->end);
    }
    if (numbers != NULL && (rows = allocate(numbers->n_rows + 1, sizeof *rows)) != NULL) {
        for (size_t i = 0; i < numbers->n_rows; i++)
            rows[i] = (size_t)column_integer(&numbers->columns[0], i);
        covariates = store_read_scattered(records, table, names, rows, numbers->n_rows);
    }
    free(rows);
    table_free(numbers);
    return covariates;
}

/* They stand in the order of the people. */
static int take_derived(struct store *cohort, const char *const *names, struct row_range rows, struct table *covariates)
{
    struct table *const derived = store_read_range(cohort, "derived", names, rows.first, rows.end);
    int status = derived == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < derived->n_columns; k++)
        status = table_copy_column(covariates, &derived->columns[k], derived->n_rows) == NULL ? -1 : 0;
    table_free(derived);
    return status;
}

/* Without any column of the source its first one, so that there is a table. */
static int split(const struct study *study, const char *const *names, char ***source, char ***derived)
{
    struct table *schema;
    int status = 0;

    for (size_t i = 0; status == 0 && names != NULL && names[i] != NULL; i++)
        status = names_add(source_is_derived(study, names[i]) ? derived : source, names[i]);
    if (status != 0 || *source != NULL)
        return status;
    schema = study_table_schema(study, study_main_table(study), "source");
    status = schema == NULL ? -1 : names_add(source, schema->columns[0].name);
    table_free(schema);
    return status;
}

struct table *rank_covariates(const struct study *study, const char *out, const char *const *names)
{
    char *const records_path = stage_file(out, "records.h5"), *const cohort_path = stage_file(out, study->files[STUDY_COHORT]);
    char **source = NULL, **derived = NULL;
    struct store *records = NULL, *cohort = NULL;
    struct table *covariates = NULL;
    struct row_range people = {0};

    if (records_path != NULL && cohort_path != NULL && split(study, names, &source, &derived) == 0 &&
        (records = store_open(records_path)) != NULL && (cohort = store_open(cohort_path)) != NULL)
        covariates = take_source(records, cohort, table_role_name(study_main_table(study)->role), (const char *const *)source,
                                 &people);
    if (covariates != NULL && derived != NULL &&
        take_derived(cohort, (const char *const *)derived, people, covariates) != 0) {
        table_free(covariates);
        covariates = NULL;
    }
    store_close(cohort);
    store_close(records);
    names_free(derived);
    names_free(source);
    free(cohort_path);
    free(records_path);
    return covariates;
}

/* ---- stretches ----------------------------------------------------------------------------------------------------- */

static void number_from(struct table *stretches, size_t first)
{
    struct column *const row = table_column(stretches, "row");

    for (size_t k = 0; k < stretches->n_rows; k++)
        column_set_integer(row, k, column_integer(row, k) - (int64_t)first);
}

struct table *rank_stretches(const struct table *table, struct row_range people)
{
    const struct column *const row = table_column(table, "row");
    size_t *const rows = allocate(table->n_rows + 1, sizeof *rows), n = 0;

    if (rows == NULL)
        return NULL;
    for (size_t k = 0; k < table->n_rows; k++) {
        const size_t of = (size_t)column_integer(row, k);
        if (of >= people.first && of < people.end)
            rows[n++] = k;
    }
    struct table *const stretches = table_take_rows(table, rows, n);
    free(rows);
    if (stretches != NULL)
        number_from(stretches, people.first);
    return stretches;
}

/* The first of n rows that is about a person or a later one, by halving; -1 after telling. */
static int find_person(struct store *store, const char *name, size_t n, size_t person, size_t *found)
{
    static const char *const columns[] = {"row", NULL};
    size_t low = 0, high = n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        struct table *const one = store_read_range(store, name, columns, middle, middle + 1);
        if (one == NULL)
            return -1;
        if ((size_t)column_integer(&one->columns[0], 0) >= person)
            high = middle;
        else
            low = middle + 1;
        table_free(one);
    }
    *found = low;
    return 0;
}

struct table *rank_read_stretches(struct store *store, const char *name, struct row_range people)
{
    struct table *stretches = NULL;
    size_t n, first, end;

    if (store_n_rows(store, name, &n) == 0 && find_person(store, name, n, people.first, &first) == 0 &&
        find_person(store, name, n, people.end, &end) == 0)
        stretches = store_read_range(store, name, NULL, first, end);
    if (stretches != NULL)
        number_from(stretches, people.first);
    return stretches;
}
