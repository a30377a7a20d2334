/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "base/row_set.h"
#include "cohort/conditions.h"
#include "study/expression.h"

struct kind {
    uint8_t *holds; /* by row of its table */
    int64_t n_undecided;
    struct evidence_days days;
};

struct evidence {
    const struct study *study;
    int n_threads;
    struct dated_rows tables[N_ROLES]; /* rows NULL: not in the study */
    struct kind *kinds;                /* [study->n_evidence] */
    struct table *counts;
};

void evidence_free(struct evidence *evidence)
{
    if (evidence == NULL)
        return;
    for (size_t i = 0; evidence->kinds != NULL && i < evidence->study->n_evidence; i++) {
        free(evidence->kinds[i].holds);
        free(evidence->kinds[i].days.first);
        free(evidence->kinds[i].days.day);
    }
    free(evidence->kinds);
    for (enum table_role role = 0; role < N_ROLES; role++)
        dated_rows_free(&evidence->tables[role]);
    table_free(evidence->counts);
    free(evidence);
}

const struct evidence_days *evidence_days(const struct evidence *evidence, size_t kind)
{
    return &evidence->kinds[kind].days;
}

const struct dated_rows *evidence_rows(const struct evidence *evidence, size_t kind)
{
    return &evidence->tables[evidence->study->evidence[kind].role];
}

const uint8_t *evidence_holds(const struct evidence *evidence, size_t kind)
{
    return evidence->kinds[kind].holds;
}

const struct dated_rows *evidence_rows_of(const struct evidence *evidence, enum table_role role)
{
    return evidence->tables[role].rows == NULL ? NULL : &evidence->tables[role];
}

const struct table *evidence_counts(const struct evidence *evidence)
{
    return evidence->counts;
}

size_t evidence_from(const struct evidence_days *days, size_t i, int32_t wanted)
{
    size_t low = days->first[i], high = days->first[i + 1];

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (days->day[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool evidence_within(const struct evidence_days *days, size_t i, int32_t low, int32_t high)
{
    const size_t at = evidence_from(days, i, low);

    return at < days->first[i + 1] && days->day[at] <= high;
}

/* ---- kinds ---------------------------------------------------------------------------------------------------- */

/* Rows on whose day another kind is seen (or is not) stay; others go. */
static void keep_days(const struct evidence_days *other, const struct dated_rows *rows, bool wanted, uint8_t *holds)
{
    for (size_t i = 0; i < rows->n; i++)
        for (size_t j = rows->first[i]; j < rows->first[i + 1]; j++)
            if (holds[j] && evidence_within(other, i, rows->day[j], rows->day[j]) != wanted)
                holds[j] = 0;
}

static int collect_days(const struct dated_rows *rows, const uint8_t *holds, struct evidence_days *days)
{
    size_t n = 0;

    days->n = rows->n;
    days->first = allocate(rows->n + 1, sizeof *days->first);
    days->day = allocate(rows->rows->n_rows, sizeof *days->day);
    if (days->first == NULL || days->day == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++) {
        const size_t begin = n;
        for (size_t j = rows->first[i]; j < rows->first[i + 1]; j++)
            if (holds[j] && (n == begin || days->day[n - 1] != rows->day[j]))
                days->day[n++] = rows->day[j];
        days->first[i + 1] = n;
    }
    return 0;
}

static int find_kind(struct evidence *evidence, size_t which)
{
    const struct study_evidence *declared = &evidence->study->evidence[which];
    const struct dated_rows *rows = &evidence->tables[declared->role];
    struct kind *kind = &evidence->kinds[which];

    kind->holds = condition_compute(evidence->study, &declared->when, rows->rows, evidence->n_threads);
    if (kind->holds == NULL)
        return -1;
    for (size_t j = 0; j < rows->rows->n_rows; j++) {
        kind->n_undecided += kind->holds[j] == TRUTH_UNKNOWN;
        kind->holds[j] = kind->holds[j] == TRUTH_TRUE;
    }
    for (size_t k = 0; k < declared->n_with; k++)
        keep_days(evidence_days(evidence, declared->with[k]), rows, true, kind->holds);
    for (size_t k = 0; k < declared->n_without; k++)
        keep_days(evidence_days(evidence, declared->without[k]), rows, false, kind->holds);
    return collect_days(rows, kind->holds, &kind->days);
}

/* Over all ranks; kinds without undecided rows are not listed. */
static int sum_counts(struct evidence *evidence)
{
    struct table *const counts = evidence->counts;
    struct column *const n = table_column(counts, "n");
    const size_t n_kinds = evidence->study->n_evidence, n_rows = counts->n_rows;
    int64_t *const sums = allocate(n_rows + n_kinds + 1, sizeof *sums);
    int status = sums == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < n_rows + n_kinds; i++)
        sums[i] = i < n_rows ? column_integer(n, i) : evidence->kinds[i - n_rows].n_undecided;
    if (status == 0)
        ranks_sum(sums, n_rows + n_kinds);
    for (size_t i = 0; status == 0 && i < n_rows; i++)
        column_set_integer(n, i, sums[i]);
    for (size_t k = 0; status == 0 && k < n_kinds; k++)
        if (sums[n_rows + k] > 0)
            status = evidence_count(counts, table_role_name(evidence->study->evidence[k].role), "rows_undecided",
                                    evidence->study->evidence[k].name.text, sums[n_rows + k]);
    free(sums);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

struct people {
    struct person_index *index;
    struct person_meeting *owners; /* NULL: there is one rank */
    int64_t *time_zero;
    size_t n_rows, *rows;        /* [n_rows] of the main table that the cohort has, ascending */
    size_t *record;              /* which of them each row of the cohort is */
    struct table *keys, *joined; /* of these rows */
};

static void people_free(struct people *people)
{
    person_index_free(people->index);
    person_meeting_free(people->owners);
    free(people->time_zero);
    free(people->record);
    free(people->rows);
    table_free(people->keys);
    table_free(people->joined);
}

static bool is_dated(const struct study *study)
{
    for (size_t i = 0; i < study->n_tables; i++)
        if (table_role_is_dated(study->tables[i].role))
            return true;
    return false;
}

/* The columns of the main table that conditions on dated rows use. */
static int joined_columns(const struct study *study, char ***names)
{
    struct table *main = study_table_schema(study, study_main_table(study), "people");
    char **used = NULL;
    int status = main == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < study->n_evidence; i++) {
        struct table *schema = study_evidence_schema(study, study->evidence[i].role);
        status = schema == NULL ? -1 : condition_columns(study, &study->evidence[i].when, schema, &used);
        table_free(schema);
    }
    for (size_t i = 0; status == 0 && used != NULL && used[i] != NULL; i++)
        if (table_column(main, used[i]) != NULL)
            status = names_add(names, used[i]);
    names_free(used);
    table_free(main);
    return status;
}

static int read_main(const struct study *study, struct store *store, struct people *people)
{
    const struct study_table *main = study_main_table(study);
    const char *role = table_role_name(main->role), *names[3] = {NULL, NULL, NULL};
    char **columns = NULL;
    int status;

    (void)study_person_columns(study, main, names);
    if ((people->keys = store_read_scattered(store, role, names, people->rows, people->n_rows)) == NULL)
        return -1;
    status = joined_columns(study, &columns);
    if (status == 0 && columns != NULL &&
        (people->joined = store_read_scattered(store, role, (const char *const *)columns, people->rows, people->n_rows)) == NULL)
        status = -1;
    names_free(columns);
    return status;
}

/* Of the main table nothing is needed but the rows of the cohort. */
static int list_rows(const struct column *record, size_t n, struct people *people)
{
    struct row_set set = {0};
    int status = row_set_add(&set, record, n) != 0 || row_set_close(&set) != 0 ||
                         (people->rows = row_set_list(&set)) == NULL ||
                         (people->record = allocate(n + 1, sizeof *people->record)) == NULL
                     ? -1
                     : 0;

    people->n_rows = set.n;
    for (size_t i = 0; status == 0 && i < n; i++)
        people->record[i] = row_set_place(&set, (size_t)column_integer(record, i));
    row_set_free(&set);
    return status;
}

/* Who has which persons: each rank names its own, whose rows lie with it alone. */
static struct person_meeting *meet(const struct person_keys *keys, const struct people *people, size_t n)
{
    int64_t *const rank = allocate(people->n_rows + 1, sizeof *rank);
    uint8_t *const leads = allocate(n + 1, sizeof *leads);
    struct person_meeting *owners = NULL;

    if (rank != NULL && leads != NULL) {
        person_index_leaders(people->index, leads);
        for (size_t i = 0; i < people->n_rows; i++)
            rank[i] = MEETING_NOWHERE;
        for (size_t i = 0; i < n; i++)
            if (leads[i])
                rank[people->record[i]] = (int64_t)ranks_rank();
        owners = person_meeting_make(keys, rank, people->n_rows);
    }
    free(leads);
    free(rank);
    return owners;
}

static int find_people(const struct study *study, struct store *store, const struct table *cohort, struct people *people)
{
    const struct column *record = table_column(cohort, "record"), *time_zero = table_column(cohort, "time_zero");

    if (list_rows(record, cohort->n_rows, people) != 0 || read_main(study, store, people) != 0 ||
        (people->time_zero = allocate(cohort->n_rows, sizeof *people->time_zero)) == NULL)
        return -1;
    for (size_t i = 0; i < cohort->n_rows; i++)
        people->time_zero[i] = time_zero == NULL ? 0 : column_integer(time_zero, i);
    const struct person_keys keys = study_person_keys(study, study_main_table(study), people->keys);
    if ((people->index = person_index_make(&keys, people->record, cohort->n_rows)) == NULL)
        return -1;
    if (ranks_n() > 1 && (people->owners = meet(&keys, people, cohort->n_rows)) == NULL)
        return -1;
    return 0;
}

static int read_tables(struct evidence *evidence, struct store *store, const struct table *cohort)
{
    const struct study *study = evidence->study;
    struct people people = {0};
    int status = find_people(study, store, cohort, &people);
    const struct dated_people wanted = {people.index, people.owners, cohort->n_rows, people.time_zero, people.record, people.joined};

    for (size_t i = 0; status == 0 && i < study->n_tables; i++)
        if (table_role_is_dated(study->tables[i].role))
            status = dated_rows_read(study, &study->tables[i], store, &wanted, evidence->n_threads, evidence->counts,
                                     &evidence->tables[study->tables[i].role]);
    for (size_t i = 0; status == 0 && i < study->n_evidence; i++)
        status = find_kind(evidence, i);
    if (status == 0)
        status = sum_counts(evidence);
    people_free(&people);
    return status;
}

struct evidence *evidence_read(const struct study *study, const char *records_path, const struct table *cohort,
                               int n_threads)
{
    struct evidence *evidence = allocate(1, sizeof *evidence);
    struct store *store = NULL;
    int status = -1;

    if (evidence == NULL)
        return NULL;
    *evidence = (struct evidence){.study = study, .n_threads = n_threads};
    evidence->counts = evidence_counts_alloc();
    evidence->kinds = allocate(study->n_evidence, sizeof *evidence->kinds);
    if (evidence->counts != NULL && evidence->kinds != NULL) {
        if (!is_dated(study))
            return evidence;
        if ((store = store_open(records_path)) != NULL)
            status = read_tables(evidence, store, cohort);
    }
    store_close(store);
    if (status == 0)
        return evidence;
    evidence_free(evidence);
    return NULL;
}
