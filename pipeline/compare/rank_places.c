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
                              .collect = collect, .exchange = exchange};
    return &places;
}

struct row_range rank_rows(size_t n)
{
    return (struct row_range){n * ranks_rank() / ranks_n(), n * (ranks_rank() + 1) / ranks_n()};
}

/* ---- covariates ---------------------------------------------------------------------------------------------------- */

/* Where rows of the source go. */
struct way {
    struct row_range people;   /* of this rank */
    struct row_range source;   /* records that this rank reads */
    size_t n_moving, room;     /* of them, those of people */
    uint32_t *from;            /* [n_moving] row, less source.first, by rank that gets it, then by person */
    size_t *first;             /* [n ranks + 1] */
    size_t n_coming;
    uint32_t *to;              /* [n_coming] the person, less people.first: by rank that sends it, then by person */
};

static void way_free(struct way *way)
{
    free(way->from);
    free(way->first);
    free(way->to);
}

/* The rank whose run of n rows has this one. */
static size_t owner_of(const size_t *first, size_t n_ranks, size_t row)
{
    size_t rank = 0;

    for (size_t n = n_ranks; n > 1;) {
        const size_t half = n / 2;
        if (row >= first[rank + half])
            rank += half;
        n -= half;
    }
    return rank;
}

/* Of the people of one rank, those whose records this one reads. */
static int list_moving(const struct column *record, size_t n, struct way *way)
{
    const size_t first = way->source.first, length = way->source.end - first;

    if (way->n_moving + n + 1 > way->room) {
        const size_t room = way->n_moving + n + 1 + way->room / 2;
        uint32_t *const from = reallocate(way->from, room, sizeof *from);
        if (from == NULL)
            return -1;
        way->from = from;
        way->room = room;
    }
    for (size_t i = 0; i < n; i++) {
        const size_t row = (size_t)column_integer(record, i) - first;
        way->from[way->n_moving] = (uint32_t)row;
        way->n_moving += row < length;
    }
    return 0;
}

/* The people of this rank, by the rank that sends their values. */
static int list_coming(const struct column *record, size_t n, size_t n_source, struct way *way)
{
    const size_t n_ranks = ranks_n();
    size_t *const first = allocate(n_ranks + 1, sizeof *first), *const next = allocate(n_ranks + 1, sizeof *next);

    way->n_coming = n;
    way->to = allocate(n + 1, sizeof *way->to);
    for (size_t rank = 0; first != NULL && rank <= n_ranks; rank++)
        first[rank] = n_source * rank / n_ranks;
    const bool good = first != NULL && next != NULL && way->to != NULL;
    for (size_t i = 0; good && i < n; i++)
        next[1 + owner_of(first, n_ranks, (size_t)column_integer(record, i))]++;
    for (size_t rank = 0; good && rank < n_ranks; rank++)
        next[rank + 1] += next[rank];
    for (size_t i = 0; good && i < n; i++)
        way->to[next[owner_of(first, n_ranks, (size_t)column_integer(record, i))]++] = (uint32_t)i;
    free(next);
    free(first);
    return good ? 0 : -1;
}

/* Both ends know where all people stand, so places need not travel; they are read rank by rank. */
static int find_way(struct store *cohort, size_t n_source, struct way *way)
{
    static const char *const record_column[] = {"record", NULL};
    const size_t n_ranks = ranks_n();
    size_t n_people;
    int status = store_n_rows(cohort, "cohort", &n_people);

    *way = (struct way){.source = rank_rows(n_source), .first = allocate(n_ranks + 2, sizeof *way->first)};
    if (status != 0 || way->first == NULL)
        return -1;
    way->people = rank_rows(n_people);
    for (size_t rank = 0; status == 0 && rank < n_ranks; rank++) {
        struct table *const people = store_read_range(cohort, "cohort", record_column, n_people * rank / n_ranks,
                                                      n_people * (rank + 1) / n_ranks);
        const struct column *const record = people == NULL ? NULL : &people->columns[0];
        way->first[rank] = way->n_moving;
        if (people == NULL || list_moving(record, people->n_rows, way) != 0 ||
            (rank == ranks_rank() && list_coming(record, people->n_rows, n_source, way) != 0))
            status = -1;
        table_free(people);
    }
    way->first[n_ranks] = way->n_moving;
    return status;
}

/* Values of one width from places to places; NULL: in their order. */
#define COPY_VALUES(type)                                                                                                  \
    for (size_t k = 0; k < n; k++)                                                                                         \
    ((type *)to)[to_place != NULL ? to_place[k] : k] = ((const type *)from)[from_place != NULL ? from_place[k] : k]

static void copy_values(size_t width, size_t n, const void *from, const uint32_t *from_place, void *to, const uint32_t *to_place)
{
    switch (width) {
    case 1: COPY_VALUES(uint8_t); return;
    case 2: COPY_VALUES(uint16_t); return;
    case 4: COPY_VALUES(uint32_t); return;
    case 8: COPY_VALUES(uint64_t); return;
    default:
        for (size_t k = 0; k < n; k++)
            memcpy((char *)to + (to_place != NULL ? to_place[k] : k) * width,
                   (const char *)from + (from_place != NULL ? from_place[k] : k) * width, width);
    }
}

/* Values of one column go to the ranks whose people they are of. */
static int move_column(const struct way *way, const struct column *from, struct column *to)
{
    const size_t width = from->width, n_ranks = ranks_n();
    unsigned char *const packed = allocate(way->n_moving + 1, width);
    size_t *const first = allocate(n_ranks + 1, sizeof *first);
    struct ranks_bytes came = {0};
    int status = packed == NULL || first == NULL ? -1 : 0;

    if (status == 0)
        copy_values(width, way->n_moving, from->values, way->from, packed, NULL);
    for (size_t rank = 0; status == 0 && rank <= n_ranks; rank++)
        first[rank] = way->first[rank] * width;
    if (status == 0)
        status = ranks_exchange(packed, first, &came);
    if (status == 0 && came.first[n_ranks] != way->n_coming * width)
        status = fail("internal error: other ranks have other people");
    if (status == 0)
        copy_values(width, way->n_coming, came.bytes, NULL, to->values, way->to);
    ranks_bytes_free(&came);
    free(first);
    free(packed);
    return status;
}

/* A table of the people with the columns of the source. */
static struct table *take_source(struct store *records, struct store *cohort, const char *table, const char *const *names,
                                 struct row_range *people)
{
    struct way way = {0};
    struct table *read = NULL, *covariates = NULL;
    size_t n_source;
    int status = store_n_rows(records, table, &n_source) != 0 || find_way(cohort, n_source, &way) != 0 ? -1 : 0;

    if (status == 0 && ((read = store_read_range(records, table, names, way.source.first, way.source.end)) == NULL ||
                        (covariates = table_take_rows(read, NULL, 0)) == NULL ||
                        table_resize(covariates, way.n_coming) != 0))
        status = -1;
    for (size_t k = 0; status == 0 && k < read->n_columns; k++)
        status = move_column(&way, &read->columns[k], &covariates->columns[k]);
    *people = way.people;
    table_free(read);
    way_free(&way);
    if (status == 0)
        return covariates;
    table_free(covariates);
    return NULL;
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
