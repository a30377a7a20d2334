/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/unique_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "ingest/together.h"

/* ---- hashes ------------------------------------------------------------------------------------------ */

static uint64_t add_cell(uint64_t hash, const struct plan *plan, size_t i, const struct typed_cell *cell)
{
    uint64_t word;
    if (cell->missing)
        return hash_word(hash, UINT64_C(0x6d697373696e67)); /* unlike any cell of two words, which begins with its length */
    switch (plan->schema->columns[i].type) {
    case COLUMN_FLOAT64:
        memcpy(&word, &cell->real, sizeof word);
        return hash_word(hash_word(hash, 1), word);
    case COLUMN_TEXT:
        return hash_bytes(hash, cell->text, cell->length);
    default:
        if (plan->columns[i].is_open)
            return hash_bytes(hash, cell->text, cell->length);
        return hash_word(hash_word(hash, 1), (uint64_t)cell->integer);
    }
}

/* ---- order ------------------------------------------------------------------------------------------- */

static int compare_places(const struct unique_row *a, const struct unique_row *b)
{
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return (a->byte > b->byte) - (a->byte < b->byte);
}

static bool same_key(const struct unique_row *a, const struct unique_row *b)
{
    return a->key[0] == b->key[0] && a->key[1] == b->key[1];
}

static int compare_rows(const void *left, const void *right)
{
    const struct unique_row *const a = left, *const b = right;
    for (size_t i = 0; i < 2; i++)
        if (a->key[i] != b->key[i])
            return a->key[i] < b->key[i] ? -1 : 1;
    return compare_places(a, b);
}

static int compare_faults(const void *left, const void *right)
{
    const struct unique_fault *const a = left, *const b = right;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return (a->byte > b->byte) - (a->byte < b->byte);
}

/* ---- adding ------------------------------------------------------------------------------------------ */

int unique_rows_start(struct unique_rows *rows, const struct plan *plan, const char *folder, size_t capacity)
{
    *rows = (struct unique_rows){.plan = plan, .folder = folder, .capacity = capacity > 0 ? capacity : UNIQUE_ROWS_HELD};
    if (plan->n_unique == 0)
        return 0;
    rows->sort = together_sort_start(sizeof(struct unique_row), compare_rows, rows->capacity, folder);
    return rows->sort != NULL ? 0 : -1;
}

void unique_rows_free(struct unique_rows *rows)
{
    record_sort_free(rows->sort);
    free(rows->faults);
    *rows = (struct unique_rows){0};
}

bool unique_rows_hash(const struct plan *plan, size_t file, const struct verdict *verdict,
                      const struct typed_cell *cells, struct unique_row *row)
{
    *row = (struct unique_row){.key = {1, 2}, .content = 3, .file = (uint32_t)file, .byte = verdict->byte,
                               .line_low = (uint32_t)verdict->line};
    if (plan->n_unique == 0)
        return false;
    for (size_t k = 0; k < plan->n_unique; k++) {
        const size_t i = plan->unique[k];
        if (cells[i].missing)
            return false;
        for (size_t half = 0; half < 2; half++) {
            row->key[half] = add_cell(row->key[half], plan, i, &cells[i]);
            if (plan->columns[i].is_person_key)
                row->key[half] = add_cell(row->key[half], plan, i + 1, &cells[i + 1]);
        }
    }
    for (size_t i = 0; i < plan->n_columns; i++)
        row->content = add_cell(row->content, plan, i, &cells[i]);
    return true;
}

int unique_rows_add(struct unique_rows *rows, const struct unique_row *row)
{
    return record_sort_add(rows->sort, row);
}

/* ---- judging ----------------------------------------------------------------------------------------- */

static int add_fault(struct unique_rows *rows, const struct unique_row *row, enum reason reason,
                     const struct unique_row *other)
{
    if (rows->n_faults == rows->faults_capacity) {
        const size_t capacity = rows->faults_capacity == 0 ? 64 : 2 * rows->faults_capacity;
        struct unique_fault *const faults = reallocate(rows->faults, capacity, sizeof *faults);
        if (faults == NULL)
            return -1;
        rows->faults = faults;
        rows->faults_capacity = capacity;
    }
    rows->faults[rows->n_faults++] = (struct unique_fault){
        .file = row->file, .byte = row->byte, .reason = reason, .other_file = other->file, .other_line = other->line_low};
    return 0;
}

/* Rows of one key, in the order of their places. */
static int judge_group(struct unique_rows *rows, const struct unique_row *group, size_t n)
{
    bool conflict = false;
    int status = 0;
    for (size_t i = 1; i < n; i++)
        conflict |= group[i].content != group[0].content;
    for (size_t i = conflict ? 0 : 1; n > 1 && status == 0 && i < n; i++)
        status = add_fault(rows, &group[i], conflict ? REASON_CONFLICT : REASON_SAME_ROW, i == 0 ? &group[1] : &group[0]);
    return status;
}

/* Rows of one key that were met so far. */
struct group {
    struct unique_row *rows; /* [n] */
    size_t n, capacity;
};

static int add_to_group(struct group *group, const struct unique_row *row)
{
    if (group->n == group->capacity) {
        const size_t capacity = group->capacity == 0 ? 16 : 2 * group->capacity;
        struct unique_row *const longer = reallocate(group->rows, capacity, sizeof *longer);
        if (longer == NULL)
            return -1;
        group->rows = longer;
        group->capacity = capacity;
    }
    group->rows[group->n++] = *row;
    return 0;
}

static int judge_rows(struct unique_rows *rows, struct group *group)
{
    struct unique_row row;
    int more;
    while ((more = record_sort_next(rows->sort, &row)) > 0) {
        if (group->n > 0 && !same_key(&group->rows[0], &row)) {
            if (judge_group(rows, group->rows, group->n) != 0)
                return -1;
            group->n = 0;
        }
        if (add_to_group(group, &row) != 0)
            return -1;
    }
    return more == 0 ? judge_group(rows, group->rows, group->n) : -1;
}

/* What each rank has found, all know. */
static int share_faults(struct unique_rows *rows)
{
    struct ranks_bytes all = {0};
    if (ranks_n() == 1)
        return 0;
    if (ranks_collect(rows->faults, rows->n_faults * sizeof *rows->faults, &all) != 0)
        return -1;
    free(rows->faults);
    rows->n_faults = rows->faults_capacity = all.first[ranks_n()] / sizeof *rows->faults;
    rows->faults = (struct unique_fault *)(void *)all.bytes;
    all.bytes = NULL;
    ranks_bytes_free(&all);
    return 0;
}

int unique_rows_finish(struct unique_rows *rows)
{
    struct group group = {0};
    int status = 0;
    if (rows->plan->n_unique == 0)
        return 0;
    if (together_sort(&rows->sort, sizeof(struct unique_row), compare_rows, rows->capacity, rows->folder) != 0 ||
        record_sort_finish(rows->sort) != 0 || judge_rows(rows, &group) != 0)
        status = -1;
    free(group.rows);
    record_sort_free(rows->sort);
    rows->sort = NULL;
    if (status == 0)
        status = share_faults(rows);
    if (rows->n_faults > 1)
        qsort(rows->faults, rows->n_faults, sizeof *rows->faults, compare_faults);
    return status;
}

const struct unique_fault *unique_rows_find(const struct unique_rows *rows, size_t file, uint64_t byte)
{
    const struct unique_fault wanted = {.file = file, .byte = byte};
    if (rows->n_faults == 0)
        return NULL;
    return bsearch(&wanted, rows->faults, rows->n_faults, sizeof *rows->faults, compare_faults);
}
