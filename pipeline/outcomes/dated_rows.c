/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/dated_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "outcomes/dated_share.h"

enum { CHUNK_ROWS = 4096, CHUNK_PEOPLE = 256, FAR_AWAY = 1000000 };

enum fate { USED, DAY_MISSING, NO_PERSON, NOT_IN_COHORT, DUPLICATE, OUTSIDE, N_FATES };
static const char *const fates[N_FATES] = {
    [DAY_MISSING] = "day missing",       [NO_PERSON] = "person missing", [NOT_IN_COHORT] = "not in the cohort",
    [DUPLICATE] = "duplicate of another row", [OUTSIDE] = "outside the window",
};

/* A row as one row of the cohort sees it. */
struct sight {
    int64_t day;  /* from time zero */
    uint32_t row;
    uint8_t fate;
};

struct reading {
    const struct study_table *source;
    const struct dated_people *people;
    const struct table *table;
    struct person_keys keys;
    const struct column *day;
    const struct column **content; /* [n_content] every column but the person's */
    size_t n_content;
    uint32_t *entry;               /* [rows] lowest row of the cohort; people->n: none */
    uint8_t *fate;                 /* [rows] */
    size_t *first;                 /* [people->n + 1] into sights */
    struct sight *sights;
};

/* ---- whose row is it ---------------------------------------------------------------------------------------- */

static int find_people(void *context, size_t chunk)
{
    struct reading *r = context;
    size_t entries[CHUNK_ROWS];
    const size_t begin = chunk * CHUNK_ROWS, left = r->table->n_rows - begin,
                 end = begin + (left < CHUNK_ROWS ? left : CHUNK_ROWS);

    person_index_find(r->people->index, &r->keys, begin, end - begin, entries);
    for (size_t i = begin; i < end; i++) {
        const size_t entry = entries[i - begin];
        r->entry[i] = (uint32_t)r->people->n;
        if (column_is_missing(r->day, i)) {
            r->fate[i] = DAY_MISSING;
            continue;
        }
        if (entry < r->people->n)
            r->entry[i] = (uint32_t)entry;
        else
            r->fate[i] = entry == PERSON_MISSING ? NO_PERSON : NOT_IN_COHORT;
    }
    return 0;
}

/* Rows dealt to the rows of the cohort; a person with several index stays sees each row from all of them. */
static int deal(struct reading *r)
{
    const size_t n = r->people->n;

    if ((r->first = allocate(n + 2, sizeof *r->first)) == NULL)
        return -1;
    for (size_t i = 0; i < r->table->n_rows; i++)
        for (size_t entry = r->entry[i]; entry < n; entry = person_index_next(r->people->index, entry))
            r->first[entry + 2]++;
    for (size_t entry = 0; entry < n; entry++)
        r->first[entry + 2] += r->first[entry + 1];
    if ((r->sights = allocate(r->first[n + 1], sizeof *r->sights)) == NULL)
        return -1;
    for (size_t i = 0; i < r->table->n_rows; i++) {
        const int64_t day = column_integer(r->day, i);
        for (size_t entry = r->entry[i]; entry < n; entry = person_index_next(r->people->index, entry)) {
            int64_t from_zero;
            if (__builtin_sub_overflow(day, r->people->time_zero[entry], &from_zero))
                from_zero = INT64_MAX;
            r->sights[r->first[entry + 1]++] = (struct sight){from_zero, (uint32_t)i, USED};
        }
    }
    return 0; /* first[i] is now where the rows of i begin */
}

/* ---- order, duplicates, window ---------------------------------------------------------------------------- */

static int compare_content(const struct reading *r, size_t a, size_t b)
{
    int order = 0;

    for (size_t k = 0; k < r->n_content && order == 0; k++) {
        const struct column *column = r->content[k];
        const char *values = column->values;
        order = memcmp(values + a * column->width, values + b * column->width, column->width);
    }
    return order;
}

/* Of equal rows the first of the source goes first, so that all who see them agree on which are the copies. */
static int compare_sights(const void *left, const void *right, void *context)
{
    const struct sight *a = left, *b = right;
    int order;

    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    order = compare_content(context, a->row, b->row);
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

static bool is_outside(const struct study_table *source, int64_t day)
{
    return day < -FAR_AWAY || day > FAR_AWAY || (source->from.given && (double)day < source->from.value) ||
           (source->to.given && (double)day > source->to.value);
}

static int judge_people(void *context, size_t chunk)
{
    struct reading *r = context;
    const size_t begin = chunk * CHUNK_PEOPLE, left = r->people->n - begin,
                 end = begin + (left < CHUNK_PEOPLE ? left : CHUNK_PEOPLE);

    for (size_t entry = begin; entry < end; entry++) {
        struct sight *sights = r->sights + r->first[entry];
        const size_t n = r->first[entry + 1] - r->first[entry];
        if (n > 1)
            qsort_r(sights, n, sizeof *sights, compare_sights, r);
        for (size_t i = 0; i < n; i++) {
            if (i > 0 && sights[i].day == sights[i - 1].day && compare_content(r, sights[i].row, sights[i - 1].row) == 0)
                sights[i].fate = DUPLICATE;
            else if (is_outside(r->source, sights[i].day))
                sights[i].fate = OUTSIDE;
        }
    }
    return 0;
}

/* The best that any index stay makes of a row; a row that nobody sees keeps its fate. */
static int settle(struct reading *r)
{
    const size_t n = r->first[r->people->n];
    uint8_t *seen = allocate(r->table->n_rows, 1);

    if (seen == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const struct sight *sight = &r->sights[i];
        if (!seen[sight->row] || sight->fate < r->fate[sight->row])
            r->fate[sight->row] = sight->fate;
        seen[sight->row] = 1;
    }
    free(seen);
    return 0;
}

/* ---- what is handed on ---------------------------------------------------------------------------------------- */

static int join_columns(const struct dated_people *people, struct dated_rows *rows)
{
    size_t *record = people->records == NULL ? NULL : allocate(rows->rows->n_rows, sizeof *record);
    struct table *joined = NULL;
    int status = 0;

    if (people->records == NULL)
        return 0;
    for (size_t i = 0; record != NULL && i < people->n; i++)
        for (size_t j = rows->first[i]; j < rows->first[i + 1]; j++)
            record[j] = people->record[i];
    if (record == NULL || (joined = table_take_rows(people->records, record, rows->rows->n_rows)) == NULL)
        status = -1;
    for (size_t k = 0; status == 0 && k < joined->n_columns; k++)
        if (table_column(rows->rows, joined->columns[k].name) == NULL &&
            table_copy_column(rows->rows, &joined->columns[k], joined->n_rows) == NULL)
            status = -1;
    table_free(joined);
    free(record);
    return status;
}

static int collect(const struct reading *r, struct dated_rows *rows)
{
    const size_t n = r->people->n, n_sights = r->first[n];
    size_t *taken = allocate(n_sights, sizeof *taken), n_taken = 0;

    rows->n = n;
    rows->first = allocate(n + 1, sizeof *rows->first);
    rows->day = allocate(n_sights, sizeof *rows->day);
    if (taken == NULL || rows->first == NULL || rows->day == NULL) {
        free(taken);
        return -1;
    }
    for (size_t entry = 0; entry < n; entry++) {
        for (size_t i = r->first[entry]; i < r->first[entry + 1]; i++)
            if (r->sights[i].fate == USED) {
                rows->day[n_taken] = (int32_t)r->sights[i].day;
                taken[n_taken++] = r->sights[i].row;
            }
        rows->first[entry + 1] = n_taken;
    }
    rows->rows = table_take_rows(r->table, taken, n_taken);
    free(taken);
    return rows->rows == NULL ? -1 : join_columns(r->people, rows);
}

struct table *evidence_counts_alloc(void)
{
    struct table *counts = table_alloc("evidence", "Dated rows that were used, and those set aside");

    if (counts != NULL && table_add_column(counts, "table", COLUMN_TEXT, 1, "Table of the source", "") != NULL &&
        table_add_column(counts, "quantity", COLUMN_TEXT, 1, "What is counted", "") != NULL &&
        table_add_column(counts, "reason", COLUMN_TEXT, 1, "Reason", "") != NULL &&
        table_add_column(counts, "n", COLUMN_INT64, 0, "Rows or people", "") != NULL)
        return counts;
    table_free(counts);
    return NULL;
}

int evidence_count(struct table *counts, const char *table, const char *quantity, const char *reason, int64_t n)
{
    struct row_builder row = table_new_row(counts);

    row_text(&row, "table", table);
    row_text(&row, "quantity", quantity);
    row_text(&row, "reason", reason);
    row_integer(&row, "n", n);
    return row_end(&row);
}

static int count(const struct reading *r, const struct dated_share *share, const struct dated_rows *rows, struct table *counts)
{
    const char *name = table_role_name(r->source->role);
    int64_t n[N_FATES] = {[DAY_MISSING] = share->n_day_missing, [NO_PERSON] = share->n_no_person,
                          [NOT_IN_COHORT] = share->n_not_here},
            people = 0;
    int status;

    for (size_t i = 0; i < r->table->n_rows; i++)
        n[r->fate[i]]++;
    for (size_t entry = 0; entry < rows->n; entry++)
        people += rows->first[entry + 1] > rows->first[entry];
    status = evidence_count(counts, name, "rows_in", "", share->n_read);
    if (status == 0)
        status = evidence_count(counts, name, "rows_used", "", n[USED]);
    for (int fate = USED + 1; status == 0 && fate < N_FATES; fate++)
        status = evidence_count(counts, name, "rows_set_aside", fates[fate], n[fate]);
    return status == 0 ? evidence_count(counts, name, "people_seen", "", people) : -1;
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

static int prepare(const struct study *study, struct reading *r)
{
    if (r->table->n_rows >= UINT32_MAX)
        return fail("table '%s' has more rows than can be joined", r->table->name);
    r->keys = study_person_keys(study, r->source, r->table);
    r->day = table_column(r->table, r->source->day.text);
    r->content = allocate(r->table->n_columns, sizeof *r->content);
    r->entry = allocate(r->table->n_rows, sizeof *r->entry);
    r->fate = allocate(r->table->n_rows, sizeof *r->fate);
    if (r->content == NULL || r->entry == NULL || r->fate == NULL)
        return -1;
    for (size_t k = 0; k < r->table->n_columns; k++)
        if (&r->table->columns[k] != r->keys.columns[0] && &r->table->columns[k] != r->keys.columns[1])
            r->content[r->n_content++] = &r->table->columns[k];
    return 0;
}

static size_t n_chunks(size_t n, size_t size)
{
    return (n + size - 1) / size;
}

static int judge(const struct study *study, const struct dated_people *people, int n_threads, struct reading *r,
                 struct dated_rows *rows)
{
    return prepare(study, r) == 0 &&
                   threads_run(n_chunks(r->table->n_rows, CHUNK_ROWS), n_threads, find_people, r) == 0 && deal(r) == 0 &&
                   threads_run(n_chunks(people->n, CHUNK_PEOPLE), n_threads, judge_people, r) == 0 && settle(r) == 0 &&
                   collect(r, rows) == 0
               ? 0
               : -1;
}

int dated_rows_read(const struct study *study, const struct study_table *source, struct store *store,
                    const struct dated_people *people, int n_threads, struct table *counts, struct dated_rows *rows)
{
    struct dated_share share;
    int status = dated_share_read(study, source, store, people->owners, &share);
    struct reading r = {.source = source, .people = people, .table = share.rows};

    *rows = (struct dated_rows){.role = source->role};
    if (status == 0 && (judge(study, people, n_threads, &r, rows) != 0 || count(&r, &share, rows, counts) != 0))
        status = -1;
    free(r.sights);
    free(r.first);
    free(r.fate);
    free(r.entry);
    free(r.content);
    dated_share_free(&share);
    return status;
}

void dated_rows_free(struct dated_rows *rows)
{
    table_free(rows->rows);
    free(rows->first);
    free(rows->day);
    *rows = (struct dated_rows){0};
}
