/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"
#include "base/pack.h"
#include "base/ranks.h"
#include "base/table_pack.h"
#include "cohort/conditions.h"
#include "study/expression.h"

struct kind {
    uint8_t *holds; /* by row of its table */
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
    int64_t n_undecided = 0;

    kind->holds = condition_compute(evidence->study, &declared->when, rows->rows, evidence->n_threads);
    if (kind->holds == NULL)
        return -1;
    for (size_t j = 0; j < rows->rows->n_rows; j++) {
        n_undecided += kind->holds[j] == TRUTH_UNKNOWN;
        kind->holds[j] = kind->holds[j] == TRUTH_TRUE;
    }
    if (n_undecided > 0 && evidence_count(evidence->counts, table_role_name(declared->role), "rows_undecided",
                                          declared->name.text, n_undecided) != 0)
        return -1;
    for (size_t k = 0; k < declared->n_with; k++)
        keep_days(evidence_days(evidence, declared->with[k]), rows, true, kind->holds);
    for (size_t k = 0; k < declared->n_without; k++)
        keep_days(evidence_days(evidence, declared->without[k]), rows, false, kind->holds);
    return collect_days(rows, kind->holds, &kind->days);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

struct people {
    struct person_index *index;
    int64_t *time_zero;
    size_t n_rows, *rows;        /* [n_rows] of the main table that the cohort has, ascending */
    size_t *record;              /* which of them each row of the cohort is */
    struct table *keys, *joined; /* of these rows */
};

static void people_free(struct people *people)
{
    person_index_free(people->index);
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

static int compare_rows(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

/* Of the main table nothing is needed but the rows of the cohort. */
static int list_rows(const struct column *record, size_t n, struct people *people)
{
    if ((people->record = allocate(n, sizeof *people->record)) == NULL ||
        (people->rows = allocate(n, sizeof *people->rows)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        people->rows[i] = (size_t)column_integer(record, i);
    if (n > 1)
        qsort(people->rows, n, sizeof *people->rows, compare_rows);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || people->rows[i] != people->rows[people->n_rows - 1])
            people->rows[people->n_rows++] = people->rows[i];
    for (size_t i = 0; i < n; i++) {
        const size_t row = (size_t)column_integer(record, i);
        const size_t *const found = bsearch(&row, people->rows, people->n_rows, sizeof row, compare_rows);
        people->record[i] = (size_t)(found - people->rows);
    }
    return 0;
}

static int find_people(const struct study *study, struct store *store, const struct table *cohort, struct people *people)
{
    const struct column *record = table_column(cohort, "record"), *time_zero = table_column(cohort, "time_zero");
    struct person_keys keys = {.n = 0};
    const char *names[2];

    if (list_rows(record, cohort->n_rows, people) != 0 || read_main(study, store, people) != 0 ||
        (people->time_zero = allocate(cohort->n_rows, sizeof *people->time_zero)) == NULL)
        return -1;
    for (size_t i = 0; i < cohort->n_rows; i++)
        people->time_zero[i] = time_zero == NULL ? 0 : column_integer(time_zero, i);
    keys.n = study_person_columns(study, study_main_table(study), names);
    for (size_t k = 0; k < keys.n; k++)
        keys.columns[k] = table_column(people->keys, names[k]);
    people->index = person_index_make(&keys, people->record, cohort->n_rows);
    return people->index == NULL ? -1 : 0;
}

static int read_tables(struct evidence *evidence, struct store *store, const struct table *cohort)
{
    const struct study *study = evidence->study;
    struct people people = {0};
    int status = find_people(study, store, cohort, &people);
    const struct dated_people wanted = {people.index, cohort->n_rows, people.time_zero, people.record, people.joined};

    for (size_t i = 0; status == 0 && i < study->n_tables; i++)
        if (table_role_is_dated(study->tables[i].role))
            status = dated_rows_read(study, &study->tables[i], store, &wanted, evidence->n_threads, evidence->counts,
                                     &evidence->tables[study->tables[i].role]);
    for (size_t i = 0; status == 0 && i < study->n_evidence; i++)
        status = find_kind(evidence, i);
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

/* ---- counts of all ranks ------------------------------------------------------------------------------------------ */

static const char NOT_HERE[] = "not in the cohort";

static size_t find_count(const struct table *counts, const char *table, const char *quantity, const char *reason)
{
    size_t i = 0;

    while (i < counts->n_rows && !(cell_is(counts, "table", i, table) && cell_is(counts, "quantity", i, quantity) &&
                                   cell_is(counts, "reason", i, reason)))
        i++;
    return i;
}

static int64_t count_of(const struct table *counts, const char *table, const char *quantity, const char *reason)
{
    const size_t at = find_count(counts, table, quantity, reason);

    return at < counts->n_rows ? cell_integer(counts, "n", at) : 0;
}

/* What every rank sees in the same rows of the source, and what each sees in those of its persons. */
static bool is_of_all(const struct table *counts, size_t row)
{
    return cell_is(counts, "quantity", row, "rows_in") || cell_is(counts, "reason", row, "day missing") ||
           cell_is(counts, "reason", row, "person missing");
}

/* Rows of the tables, whose list is the same at every rank. */
static int64_t sum_of(struct table *const *of, size_t n, size_t row)
{
    if (is_of_all(of[0], row))
        return cell_integer(of[0], "n", row);
    int64_t sum = 0;
    for (size_t r = 0; r < n; r++)
        sum += cell_integer(of[r], "n", row);
    return sum;
}

/* Of the rows of one table that are nobody's, each rank counts those of the others, too: they are what is left over. */
static int64_t left_over(struct table *const *of, size_t n, size_t row)
{
    size_t first = row;
    int64_t left;

    while (!cell_is(of[0], "quantity", first, "rows_in"))
        first--;
    left = cell_integer(of[0], "n", first);
    for (size_t i = first + 1; i < of[0]->n_rows && !cell_is(of[0], "quantity", i, "people_seen"); i++)
        left -= i == row ? 0 : sum_of(of, n, i);
    return left;
}

static int join_rows(const struct study *study, struct table *const *of, size_t n, struct table *joined)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < of[0]->n_rows && !cell_is(of[0], "quantity", i, "rows_undecided"); i++) {
        char *const table = cell_copy(of[0], "table", i), *const quantity = cell_copy(of[0], "quantity", i),
                    *const reason = cell_copy(of[0], "reason", i);
        status = table == NULL || quantity == NULL || reason == NULL
                     ? -1
                     : evidence_count(joined, table, quantity, reason,
                                      strcmp(reason, NOT_HERE) == 0 ? left_over(of, n, i) : sum_of(of, n, i));
        free(table);
        free(quantity);
        free(reason);
    }
    for (size_t k = 0; status == 0 && k < study->n_evidence; k++) {
        const char *const table = table_role_name(study->evidence[k].role), *const name = study->evidence[k].name.text;
        int64_t sum = 0;
        for (size_t r = 0; r < n; r++)
            sum += count_of(of[r], table, "rows_undecided", name);
        if (sum > 0)
            status = evidence_count(joined, table, "rows_undecided", name, sum);
    }
    return status;
}

int evidence_counts_join(struct evidence *evidence)
{
    const size_t n = ranks_n();
    struct table **const of = allocate(n, sizeof *of), *joined = evidence_counts_alloc();
    struct pack pack = {0};
    struct ranks_bytes from = {0};

    table_pack(&pack, evidence->counts);
    int status = of == NULL || joined == NULL || pack.broken ? -1 : ranks_collect(pack.bytes, pack.n, &from);
    for (size_t r = 0; status == 0 && r < n; r++) {
        struct unpack one = {.bytes = from.bytes + from.first[r], .left = from.first[r + 1] - from.first[r]};
        status = (of[r] = table_unpack(&one)) == NULL ? -1 : 0;
    }
    if (status == 0)
        status = join_rows(evidence->study, of, n, joined);
    for (size_t r = 0; of != NULL && r < n; r++)
        table_free(of[r]);
    free(of);
    ranks_bytes_free(&from);
    pack_free(&pack);
    if (status == 0) {
        table_free(evidence->counts);
        evidence->counts = joined;
        return 0;
    }
    table_free(joined);
    return -1;
}
