/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * typist_ways.h - one file typed by every way there is, and where the results differ.
 */
#ifndef TESTS_INGEST_TYPIST_WAYS_H
#define TESTS_INGEST_TYPIST_WAYS_H

#include "ingest/csv_reader.h"
#include "ingest/typist.h"

#include "tests/pipeline/ingest/small_files.h"

struct way {
    const char *name;
    enum csv_split_way split;
    bool only_libcsv;
};

static const struct way ways[] = {
    {"libcsv", CSV_SPLIT_BEST, true},
    {"portable", CSV_SPLIT_PORTABLE, false},
    {"avx2", CSV_SPLIT_AVX2, false},
};
enum { N_WAYS = sizeof ways / sizeof ways[0] };

/* What became of a file; batches joined. */
struct typed_file {
    bool opened;
    struct csv_fault fault;
    size_t n_lines_before_fault;
    size_t n_records, n_lines;
    struct table *rows;
    struct reject_list rejects; /* lines counted from the first one of the file */
    size_t n_unique;
    struct unique_row *unique;
    struct typist_counts counts;
};

static inline void typed_file_free(struct typed_file *typed, const struct plan *plan)
{
    table_free(typed->rows);
    reject_list_free(&typed->rejects);
    free(typed->unique);
    typist_counts_free(&typed->counts, plan);
}

static inline void take_rejects(struct reject_list *to, struct reject_list *from, size_t n_lines_before)
{
    for (size_t i = 0; i < from->n; i++) {
        if (to->n == to->capacity) {
            to->capacity = 2 * to->capacity + 64;
            to->items = realloc(to->items, to->capacity * sizeof *to->items);
            assert_non_null(to->items);
        }
        to->items[to->n] = from->items[i];
        to->items[to->n++].line += n_lines_before;
        from->items[i].words = NULL;
    }
}

static inline void take_unique(struct typed_file *typed, const struct batch *batch, size_t n_lines_before)
{
    typed->unique = realloc(typed->unique, (typed->n_unique + batch->n_unique + 1) * sizeof *typed->unique);
    assert_non_null(typed->unique);
    for (size_t i = 0; i < batch->n_unique; i++) {
        typed->unique[typed->n_unique] = batch->unique[i];
        typed->unique[typed->n_unique++].line_low += (uint32_t)n_lines_before;
    }
}

static inline int type_slabs(struct csv_reader *reader, const struct header *header, struct typist *typist,
                             struct typed_file *typed)
{
    struct csv_slab slab = {0};
    struct batch batch = {0};
    int more, status = 0;
    typed->n_lines = csv_reader_n_lines(reader);
    while (status == 0 && typed->fault.kind == CSV_FAULT_NONE && (more = csv_reader_next_slab(reader, &slab)) != 0) {
        if (more < 0 || (status = typist_read(typist, header, &slab, 0, &batch)) != 0) {
            status = -1;
            break;
        }
        take_rejects(&typed->rejects, &batch.rejects, typed->n_lines);
        take_unique(typed, &batch, typed->n_lines);
        typed->fault = batch.fault;
        typed->n_lines_before_fault = typed->n_lines;
        typed->n_records += batch.n_records;
        typed->n_lines += batch.n_lines;
        if (typed->rows == NULL)
            typed->rows = table_take_rows(batch.rows, NULL, 0);
        if (table_append(typed->rows, batch.rows) != 0)
            status = -1;
    }
    batch_free(&batch);
    csv_slab_free(&slab);
    return status;
}

/* -1 when something was told that is no fault of the file. */
static inline int type_file(const char *path, const struct typist_task *task, struct survey *survey,
                            struct typed_file *typed)
{
    const struct csv_options options = {.delimiter = task->plan->codebook->delimiter,
                                        .latin1 = task->plan->codebook->latin1};
    struct header header = {0};
    *typed = (struct typed_file){0};
    struct csv_reader *const reader = csv_reader_open(path, &options);
    struct typist *const typist = typist_alloc(task);
    int status = 0;
    typed->opened = reader != NULL && header_match(task->plan, path, reader, &header) == 0;
    if (typist == NULL || typist_counts_start(&typed->counts, task->plan, task->schema) != 0)
        status = -1;
    if (status == 0 && typed->opened)
        status = type_slabs(reader, &header, typist, typed);
    if (status == 0)
        status = typist_merge(typist, &typed->counts, survey);
    header_free(&header);
    typist_free(typist);
    csv_reader_close(reader);
    return status;
}

/* ---- comparing: NULL, or what differs ------------------------------------------------------------------------- */

static inline const char *compare_rejects(const struct reject_list *a, const struct reject_list *b)
{
    if (a->n != b->n)
        return "other rows are set aside";
    for (size_t i = 0; i < a->n; i++) {
        const struct reject *const left = &a->items[i], *const right = &b->items[i];
        if (left->line != right->line || left->byte != right->byte)
            return "a row is set aside at another place";
        if (left->verdict.reason != right->verdict.reason || left->verdict.column != right->verdict.column ||
            left->verdict.other != right->verdict.other || left->verdict.distance != right->verdict.distance ||
            (left->verdict.column != VERDICT_ROW && left->verdict.field != right->verdict.field))
            return "a row is set aside for another reason";
        if ((left->words == NULL) != (right->words == NULL) ||
            (left->words != NULL && strcmp(left->words, right->words) != 0))
            return "a row is set aside in other words";
    }
    return NULL;
}

/* Texts and open categories have no values before all is surveyed. */
static inline const char *compare_rows(const struct table *a, const struct table *b, const struct typist_task *task)
{
    if ((a == NULL) != (b == NULL) || (a != NULL && a->n_rows != b->n_rows))
        return "other rows are kept";
    for (size_t j = 0; a != NULL && j < a->n_columns; j++)
        if (a->n_rows > 0 &&
            ((task->what & TYPIST_STORE) != 0 ||
             !(task->plan->columns[j].is_open || a->columns[j].type == COLUMN_TEXT)) &&
            memcmp(a->columns[j].values, b->columns[j].values, a->n_rows * a->columns[j].width) != 0)
            return "a kept row has other values";
    return NULL;
}

static inline const char *compare_counts(const struct typist_counts *a, const struct typist_counts *b,
                                         const struct plan *plan)
{
    if (a->weight_total != b->weight_total || a->n_weight_zero != b->n_weight_zero)
        return "the frequencies add up to something else";
    if (memcmp(a->evidence, b->evidence, plan->n_columns * sizeof *a->evidence) != 0)
        return "there is other evidence of identifiers";
    for (size_t j = 0; j < plan->n_columns; j++) {
        const struct tally *const left = &a->tallies[j], *const right = &b->tallies[j];
        if (left->kept != right->kept || left->missing != right->missing || left->trimmed != right->trimmed ||
            left->top_coded != right->top_coded)
            return "a column has other counts";
        if (left->has_range != right->has_range || left->lowest.integer != right->lowest.integer ||
            left->highest.integer != right->highest.integer)
            return "a column has another range";
        if (left->widths != NULL && memcmp(left->widths, right->widths, sizeof *left->widths) != 0)
            return "ids have other widths";
        if (left->n_labels > 0 && memcmp(left->seen, right->seen, left->n_labels) != 0)
            return "a column has other labels";
    }
    return NULL;
}

static inline const char *compare_typed(const struct typed_file *a, const struct typed_file *b,
                                        const struct typist_task *task)
{
    if (a->opened != b->opened || memcmp(&a->fault, &b->fault, sizeof a->fault) != 0 ||
        (a->fault.kind != CSV_FAULT_NONE && a->n_lines_before_fault != b->n_lines_before_fault))
        return "another fault is found";
    if (a->fault.kind == CSV_FAULT_NONE && (a->n_records != b->n_records || a->n_lines != b->n_lines))
        return "other records are found";
    if (a->n_unique != b->n_unique ||
        (a->n_unique > 0 && memcmp(a->unique, b->unique, a->n_unique * sizeof *a->unique) != 0))
        return "other rows are compared with each other";
    const char *const rejects = compare_rejects(&a->rejects, &b->rejects);
    const char *const rows = compare_rows(a->rows, b->rows, task);
    return rejects != NULL ? rejects : rows != NULL ? rows : compare_counts(&a->counts, &b->counts, task->plan);
}

static inline const char *compare_surveys(const struct survey *a, const struct survey *b)
{
    if (memcmp(a->widths, b->widths, a->plan->n_columns * sizeof *a->widths) != 0)
        return "a text has another width";
    for (size_t j = 0; j < a->plan->n_columns; j++) {
        if (a->labels[j].n != b->labels[j].n)
            return "an open category has other labels";
        for (size_t i = 0; i < a->labels[j].n; i++)
            if (strcmp(a->labels[j].entries[i].text, b->labels[j].entries[i].text) != 0)
                return "an open category has other labels";
    }
    return NULL;
}

/* ---- all ways --------------------------------------------------------------------------------------------------- */

struct ways_result {
    const char *wrong;      /* NULL: all ways agree */
    const char *way;        /* which does not */
    bool read;              /* the file has no fault of structure */
    size_t n_records, n_kept, n_rejected;
};

/* One pass by every way against the first; rows to be compared with each other go to unique. */
static inline void compare_pass(const char *path, struct typist_task *task, struct survey *surveys,
                                struct unique_rows *unique, struct ways_result *result)
{
    struct typed_file typed[N_WAYS] = {0};
    for (size_t i = 0; i < N_WAYS && result->wrong == NULL; i++) {
        if (!csv_split_can(ways[i].split))
            continue;
        task->way = ways[i].split;
        task->only_libcsv = ways[i].only_libcsv;
        result->way = ways[i].name;
        if (type_file(path, task, surveys != NULL ? &surveys[i] : NULL, &typed[i]) != 0)
            result->wrong = "the file cannot be typed";
        else if (i > 0)
            result->wrong = compare_typed(&typed[0], &typed[i], task);
        if (result->wrong == NULL && i > 0 && surveys != NULL)
            result->wrong = compare_surveys(&surveys[0], &surveys[i]);
    }
    result->read = typed[0].opened && typed[0].fault.kind == CSV_FAULT_NONE;
    result->n_records = typed[0].n_records;
    result->n_kept = typed[0].rows != NULL ? typed[0].rows->n_rows : 0;
    result->n_rejected = typed[0].rejects.n;
    if (result->wrong == NULL && result->read && result->n_records != result->n_kept + result->n_rejected)
        result->wrong = "the rows do not add up";
    for (size_t i = 0; unique != NULL && i < typed[0].n_unique; i++)
        if (unique_rows_add(unique, &typed[0].unique[i]) != 0)
            result->wrong = "rows cannot be compared";
    for (size_t i = 0; i < N_WAYS; i++)
        typed_file_free(&typed[i], task->plan);
}

static inline void compare_passes(const char *path, const struct plan *plan, struct survey *surveys,
                                  struct unique_rows *unique, struct ways_result *result)
{
    struct typist_task task = {.plan = plan, .schema = plan->schema, .what = TYPIST_SURVEY};
    compare_pass(path, &task, surveys, unique, result);
    if (result->wrong != NULL || !result->read)
        return;
    struct table *const schema = survey_schema(&surveys[0]);
    if (schema == NULL || unique_rows_finish(unique) != 0)
        result->wrong = "the survey cannot be ended";
    task.schema = schema;
    task.survey = &surveys[0];
    task.unique = unique;
    task.what = TYPIST_STORE | TYPIST_COUNT;
    if (result->wrong == NULL)
        compare_pass(path, &task, NULL, NULL, result);
    table_free(schema);
}

/* Types a file as ingest does, surveyed first, by every way.  Nothing is asserted: stderr may be caught. */
static inline struct ways_result compare_ways(const char *path, const struct plan *plan, const char *folder)
{
    struct survey surveys[N_WAYS] = {0};
    struct unique_rows unique = {0};
    struct ways_result result = {0};
    for (size_t i = 0; i < N_WAYS; i++)
        if (survey_start(&surveys[i], plan) != 0)
            result.wrong = "out of memory";
    if (result.wrong == NULL && unique_rows_start(&unique, plan, folder, 0) == 0)
        compare_passes(path, plan, surveys, &unique, &result);
    unique_rows_free(&unique);
    for (size_t i = 0; i < N_WAYS; i++)
        survey_free(&surveys[i]);
    return result;
}

#endif
