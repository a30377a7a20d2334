/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/typist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/identifier_cell.h"
#include "ingest/typist_work.h"

/* ---- counts --------------------------------------------------------------------------------------------- */

int typist_counts_start(struct typist_counts *counts, const struct plan *plan, const struct table *schema)
{
    *counts = (struct typist_counts){0};
    counts->tallies = allocate(plan->n_columns, sizeof *counts->tallies);
    counts->evidence = allocate(plan->n_columns, sizeof *counts->evidence);
    if (counts->tallies == NULL || counts->evidence == NULL)
        return -1;
    for (size_t i = 0; i < plan->n_columns; i++)
        if (tally_start(&counts->tallies[i], &plan->columns[i], &schema->columns[i]) != 0)
            return -1;
    return 0;
}

void typist_counts_free(struct typist_counts *counts, const struct plan *plan)
{
    for (size_t i = 0; counts->tallies != NULL && i < plan->n_columns; i++)
        tally_free(&counts->tallies[i]);
    free(counts->tallies);
    free(counts->evidence);
    *counts = (struct typist_counts){0};
}

static int tell_too_many(const struct plan *plan)
{
    return fail("%s: the frequencies add up to more than can be counted", plan->role);
}

static int merge_counts(const struct typist *typist, struct typist_counts *counts)
{
    const struct plan *const plan = typist->task.plan;
    for (size_t i = 0; i < plan->n_columns; i++) {
        tally_merge(&counts->tallies[i], &typist->counts.tallies[i]);
        if (plan->columns[i].looks)
            identifier_evidence_merge(&counts->evidence[i], &typist->counts.evidence[i]);
    }
    counts->n_weight_zero += typist->counts.n_weight_zero;
    if (__builtin_add_overflow(counts->weight_total, typist->counts.weight_total, &counts->weight_total))
        return tell_too_many(plan);
    return 0;
}

int typist_merge(const struct typist *typist, struct typist_counts *counts, struct survey *survey)
{
    if (counts != NULL && merge_counts(typist, counts) != 0)
        return -1;
    return survey == NULL ? 0 : survey_merge(survey, &typist->survey);
}

/* ---- begin and end ---------------------------------------------------------------------------------------- */

struct typist *typist_alloc(const struct typist_task *task)
{
    const struct plan *const plan = task->plan;
    struct typist *const typist = allocate(1, sizeof *typist);
    if (typist == NULL)
        return NULL;
    typist->task = *task;
    typist->records = csv_records_alloc(plan->codebook->delimiter, plan->codebook->latin1);
    typist->memos = allocate(plan->n_columns, sizeof *typist->memos);
    typist->typed = allocate(plan->n_columns, sizeof *typist->typed);
    if (typist->records == NULL || typist->memos == NULL || typist->typed == NULL ||
        typist_counts_start(&typist->counts, plan, task->schema) != 0 || survey_start(&typist->survey, plan) != 0) {
        typist_free(typist);
        return NULL;
    }
    for (size_t i = 0; i < plan->n_columns; i++)
        cell_memo_start(&typist->memos[i]);
    return typist;
}

void typist_free(struct typist *typist)
{
    if (typist == NULL)
        return;
    csv_records_free(typist->records);
    csv_cells_free(&typist->cells);
    free(typist->memos);
    free(typist->typed);
    typist_counts_free(&typist->counts, typist->task.plan);
    survey_free(&typist->survey);
    free(typist->row_cells);
    free(typist->row_lines);
    free(typist->row_is_bad);
    free(typist->bad);
    free(typist->pending);
    free(typist);
}

/* ---- cells -------------------------------------------------------------------------------------------------- */

static int64_t bits_of(double real)
{
    int64_t bits;
    memcpy(&bits, &real, sizeof bits);
    return bits;
}

static int64_t missing_value(const struct column *stored)
{
    switch (stored->type) {
    case COLUMN_INT8:
        return INT8_MIN;
    case COLUMN_INT16:
        return INT16_MIN;
    case COLUMN_INT32:
        return INT32_MIN;
    case COLUMN_CATEGORY:
        return MISSING_CODE;
    case COLUMN_FLOAT64:
        return bits_of((double)NAN);
    default:
        return INT64_MIN;
    }
}

int64_t typist_value(const struct column *stored, const struct typed_cell *cell)
{
    if (cell->missing)
        return missing_value(stored);
    return stored->type == COLUMN_FLOAT64 ? bits_of(cell->real) : cell->integer;
}

/* The value fits: the type was chosen for the range of the column, and the range was checked. */
void typist_put(const struct column *stored, size_t row, int64_t value)
{
    switch (stored->width) {
    case 1:
        ((int8_t *)stored->values)[row] = (int8_t)value;
        break;
    case 2:
        ((int16_t *)stored->values)[row] = (int16_t)value;
        break;
    case 4:
        ((int32_t *)stored->values)[row] = (int32_t)value;
        break;
    default:
        memcpy((char *)stored->values + row * sizeof value, &value, sizeof value);
    }
}

static int store_text(const struct typist *typist, const struct column *stored, size_t column, size_t row,
                      const struct typed_cell *cell)
{
    if (stored->type == COLUMN_CATEGORY) {
        typist_put(stored, row,
                   cell->missing ? MISSING_CODE : survey_code(typist->task.survey, column, cell->text, cell->length));
        return 0;
    }
    char *const to = (char *)stored->values + row * stored->width;
    const size_t length = cell->missing ? 0 : cell->length;
    if (length > stored->width)
        return fail("internal error: a text of column '%s' is longer than the longest", stored->name);
    if (length > 0)
        memcpy(to, cell->text, length);
    memset(to + length, 0, stored->width - length);
    return 0;
}

void typist_count_cell(struct slab_work *work, size_t column, const struct typed_cell *cell, size_t byte)
{
    struct typist *const typist = work->typist;
    const struct plan_column *const planned = &typist->task.plan->columns[column];
    struct tally *const tally = &typist->counts.tallies[column];
    tally->trimmed += cell->trimmed;
    if (cell->missing)
        return;
    if (tally->widths != NULL)
        id_widths_add(tally->widths, cell->text, cell->length, work->file, byte);
    if (planned->looks)
        identifier_evidence_look(&typist->counts.evidence[column], cell->text, cell->length, planned->hints,
                                 typist_place(work->file, byte));
}

void typist_keep_text(struct slab_work *work, size_t column, size_t row, const struct typed_cell *cell, size_t byte)
{
    struct typist *const typist = work->typist;
    const unsigned what = typist->task.what;
    if ((what & TYPIST_COUNT) != 0) {
        struct tally *const tally = &typist->counts.tallies[column];
        const bool text = !typist->task.plan->columns[column].is_open; /* codes are counted as they are stored */
        typist_count_cell(work, column, cell, byte);
        tally->kept += text && !cell->missing;
        tally->missing += text && cell->missing;
    }
    if ((what & TYPIST_SURVEY) != 0 && !cell->missing &&
        survey_add(&typist->survey, column, cell->text, cell->length) != 0)
        work->status = -1;
    if ((what & TYPIST_STORE) != 0 &&
        store_text(typist, &work->batch->rows->columns[column], column, row, cell) != 0)
        work->status = -1;
}

/* ---- rows that tell nothing new ------------------------------------------------------------------------------ */

void typist_judge_unique(struct slab_work *work, const struct typed_cell *cells, struct verdict *verdict)
{
    const struct typist_task *const task = &work->typist->task;
    struct unique_row row;
    if (task->unique != NULL && (verdict->fault = unique_rows_find(task->unique, work->file, verdict->byte)) != NULL) {
        verdict->reason = verdict->fault->reason;
        verdict->column = VERDICT_ROW;
    }
    if (verdict->reason == REASON_NONE && (task->what & TYPIST_SURVEY) != 0 &&
        unique_rows_hash(task->plan, work->file, verdict, cells, &row) && batch_add_unique(work->batch, &row) != 0)
        work->status = -1;
}

/* ---- records, by libcsv ------------------------------------------------------------------------------------ */

static void keep_record(struct slab_work *work, const struct csv_record *record)
{
    struct typist *const typist = work->typist;
    const struct plan *const plan = typist->task.plan;
    struct table *const rows = work->batch->rows;
    const size_t row = rows->n_rows++;
    for (size_t i = 0; i < plan->n_columns; i++) {
        const struct typed_cell *const cell = &typist->typed[i];
        if (typist_is_text(plan, i)) {
            typist_keep_text(work, i, row, cell, record->byte);
            continue;
        }
        typist_put(&rows->columns[i], row, typist_value(&rows->columns[i], cell));
        if ((typist->task.what & TYPIST_COUNT) != 0 && !plan->columns[i].is_second)
            typist_count_cell(work, i, cell, record->byte);
    }
}

static int take_record(struct slab_work *work, const struct csv_record *record)
{
    struct typist *const typist = work->typist;
    struct verdict verdict = type_record(typist->task.plan, work->header, record, typist->typed);
    if (verdict.failed)
        return -1;
    if (verdict.reason == REASON_NONE)
        typist_judge_unique(work, typist->typed, &verdict);
    work->batch->n_records++;
    if (verdict.reason != REASON_NONE)
        return reject_list_add(&work->batch->rejects, typist->task.plan, work->header, record,
                               verdict.column == VERDICT_ROW ? NULL : &record->fields[verdict.field], &verdict);
    if (table_reserve(work->batch->rows, work->batch->rows->n_rows + 1) != 0)
        return -1;
    keep_record(work, record);
    return work->status;
}

static int read_records(struct slab_work *work)
{
    struct csv_records *const records = work->typist->records;
    const struct csv_record *record;
    int more;
    csv_records_start(records, work->slab);
    while ((more = csv_records_next(records, &record)) > 0)
        if (take_record(work, record) != 0)
            return -1;
    work->batch->n_lines = csv_records_n_lines(records);
    work->batch->fault = *csv_records_fault(records);
    return more == 0 || work->batch->fault.kind != CSV_FAULT_NONE ? 0 : -1;
}

/* ---- slabs ---------------------------------------------------------------------------------------------------- */

static int add_weights(struct typist *typist, const struct column *weights, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const int64_t weight = column_integer(weights, i);
        typist->counts.n_weight_zero += weight == 0;
        if (__builtin_add_overflow(typist->counts.weight_total, weight, &typist->counts.weight_total))
            return tell_too_many(typist->task.plan);
    }
    return 0;
}

static int count_rows(struct typist *typist, const struct table *rows)
{
    const struct plan *const plan = typist->task.plan;
    for (size_t i = 0; i < plan->n_columns; i++) {
        if (rows->columns[i].type != COLUMN_TEXT)
            tally_values(&typist->counts.tallies[i], &rows->columns[i], rows->n_rows, plan->columns[i].is_top_coded);
        if (plan->columns[i].is_weight && add_weights(typist, &rows->columns[i], rows->n_rows) != 0)
            return -1;
    }
    return 0;
}

/* 1: the cells were found; 0: the slab is one for libcsv; -1: told. */
static int split(struct typist *typist, const struct csv_slab *slab)
{
    if (slab->too_long || slab->fault.kind != CSV_FAULT_NONE || typist->task.only_libcsv)
        return 0;
    return csv_split(&typist->cells, slab->bytes, slab->length, typist->task.plan->codebook->delimiter,
                     typist->task.way);
}

int typist_read(struct typist *typist, const struct header *header, const struct csv_slab *slab, size_t file,
                struct batch *batch)
{
    struct slab_work work = {.typist = typist, .header = header, .slab = slab, .file = file, .batch = batch};
    const int is_clean = split(typist, slab);
    if (is_clean < 0 || batch_start(batch, typist->task.schema, is_clean ? typist->cells.n_lines : 0) != 0)
        return -1;
    if (is_clean)
        typist_read_clean(&work);
    else
        work.status = read_records(&work);
    if (work.status != 0)
        return -1;
    return (typist->task.what & TYPIST_COUNT) != 0 ? count_rows(typist, batch->rows) : 0;
}
