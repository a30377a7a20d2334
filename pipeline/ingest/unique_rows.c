/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/unique_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/nameless.h"

enum { RUN_BUFFER = 4096 }; /* rows of a run in memory while runs are merged */

/* ---- hashes ------------------------------------------------------------------------------------------ */

/* The 128-bit product of two words, folded: every bit of either changes about half of the result. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    const unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t add_word(uint64_t hash, uint64_t word)
{
    return mix(hash ^ word ^ UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xbf58476d1ce4e5b9) ^ (hash << 1));
}

static uint64_t add_bytes(uint64_t hash, const char *bytes, size_t length)
{
    hash = add_word(hash, length);
    for (size_t i = 0; i < length; i += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, length - i < 8 ? length - i : 8);
        hash = add_word(hash, word);
    }
    return hash;
}

static uint64_t add_cell(uint64_t hash, const struct plan *plan, size_t i, const struct typed_cell *cell)
{
    uint64_t word;
    if (cell->missing)
        return add_word(hash, UINT64_C(0x6d697373696e67)); /* unlike any cell of two words, which begins with its length */
    switch (plan->schema->columns[i].type) {
    case COLUMN_FLOAT64:
        memcpy(&word, &cell->real, sizeof word);
        return add_word(add_word(hash, 1), word);
    case COLUMN_TEXT:
        return add_bytes(hash, cell->text, cell->length);
    default:
        if (plan->columns[i].is_open)
            return add_bytes(hash, cell->text, cell->length);
        return add_word(add_word(hash, 1), (uint64_t)cell->integer);
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

/* ---- the spool --------------------------------------------------------------------------------------- */

static int move_all(int file, void *bytes, size_t length, off_t place, bool out)
{
    for (size_t done = 0; done < length;) {
        char *const from = (char *)bytes + done;
        const ssize_t n = out ? pwrite(file, from, length - done, place + (off_t)done)
                              : pread(file, from, length - done, place + (off_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        done += (size_t)n;
    }
    return 0;
}

static size_t rows_spooled(const struct unique_rows *rows)
{
    return rows->n_runs == 0 ? 0 : rows->run_ends[rows->n_runs - 1];
}

/* Writes the rows in memory as a sorted run. */
static int spool_run(struct unique_rows *rows)
{
    const size_t start = rows_spooled(rows);
    size_t *const ends = reallocate(rows->run_ends, rows->n_runs + 1, sizeof *ends);
    if (ends == NULL)
        return -1;
    rows->run_ends = ends;
    if (rows->spool < 0 && (rows->spool = nameless_open(rows->folder)) < 0)
        return fail_errno("a temporary file in '%s' could not be made", rows->folder);
    qsort(rows->held, rows->n_held, sizeof *rows->held, compare_rows);
    if (move_all(rows->spool, rows->held, rows->n_held * sizeof *rows->held, (off_t)(start * sizeof *rows->held), true) != 0)
        return fail_errno("cannot write a temporary file in '%s'", rows->folder);
    ends[rows->n_runs++] = start + rows->n_held;
    rows->n_held = 0;
    return 0;
}

/* ---- adding ------------------------------------------------------------------------------------------ */

int unique_rows_start(struct unique_rows *rows, const struct plan *plan, const char *folder, size_t capacity)
{
    *rows = (struct unique_rows){.plan = plan, .spool = -1, .capacity = capacity > 0 ? capacity : UNIQUE_ROWS_HELD};
    if (plan->n_unique == 0)
        return 0;
    rows->folder = copy_text(folder);
    rows->held = allocate(rows->capacity, sizeof *rows->held);
    return rows->folder != NULL && rows->held != NULL ? 0 : -1;
}

void unique_rows_free(struct unique_rows *rows)
{
    if (rows->plan != NULL && rows->spool >= 0)
        close(rows->spool); /* nobody else reads it */
    free(rows->folder);
    free(rows->held);
    free(rows->run_ends);
    free(rows->faults);
    *rows = (struct unique_rows){.spool = -1};
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
    if (rows->n_held == rows->capacity && spool_run(rows) != 0)
        return -1;
    rows->held[rows->n_held++] = *row;
    return 0;
}

/* ---- merging ----------------------------------------------------------------------------------------- */

struct run {
    struct unique_row *rows; /* [n] in memory */
    size_t n, next;
    size_t place, end;       /* rows of the spool that are not yet in memory */
};

struct merge {
    struct unique_rows *rows;
    struct run *runs;        /* [n_runs] */
    size_t n_runs;
    struct unique_row *group; /* rows of one key */
    size_t n_group, group_capacity;
};

static int fill_run(struct merge *merge, struct run *run)
{
    const size_t size = sizeof *run->rows;
    run->n = run->end - run->place < RUN_BUFFER ? run->end - run->place : RUN_BUFFER;
    run->next = 0;
    if (run->n > 0 && move_all(merge->rows->spool, run->rows, run->n * size, (off_t)(run->place * size), false) != 0)
        return fail_errno("cannot read a temporary file in '%s'", merge->rows->folder);
    run->place += run->n;
    return 0;
}

static int start_runs(struct merge *merge)
{
    const struct unique_rows *const rows = merge->rows;
    if ((merge->runs = allocate(rows->n_runs, sizeof *merge->runs)) == NULL)
        return -1;
    for (; merge->n_runs < rows->n_runs; merge->n_runs++) {
        struct run *const run = &merge->runs[merge->n_runs];
        run->place = merge->n_runs == 0 ? 0 : rows->run_ends[merge->n_runs - 1];
        run->end = rows->run_ends[merge->n_runs];
        if ((run->rows = allocate(RUN_BUFFER, sizeof *run->rows)) == NULL || fill_run(merge, run) != 0) {
            merge->n_runs++;
            return -1;
        }
    }
    return 0;
}

/* The smallest row of all runs: 1, 0 when none is left, -1 after telling. */
static int take_row(struct merge *merge, struct unique_row *row)
{
    struct run *least = NULL;
    for (size_t i = 0; i < merge->n_runs; i++) {
        struct run *const run = &merge->runs[i];
        if (run->next < run->n && (least == NULL || compare_rows(&run->rows[run->next], &least->rows[least->next]) < 0))
            least = run;
    }
    if (least == NULL)
        return 0;
    *row = least->rows[least->next++];
    return least->next == least->n && least->place < least->end && fill_run(merge, least) != 0 ? -1 : 1;
}

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

static int add_to_group(struct merge *merge, const struct unique_row *row)
{
    if (merge->n_group == merge->group_capacity) {
        const size_t capacity = merge->group_capacity == 0 ? 16 : 2 * merge->group_capacity;
        struct unique_row *const group = reallocate(merge->group, capacity, sizeof *group);
        if (group == NULL)
            return -1;
        merge->group = group;
        merge->group_capacity = capacity;
    }
    merge->group[merge->n_group++] = *row;
    return 0;
}

static int merge_runs(struct merge *merge)
{
    struct unique_row row;
    int more;
    while ((more = take_row(merge, &row)) > 0) {
        if (merge->n_group > 0 && !same_key(&merge->group[0], &row)) {
            if (judge_group(merge->rows, merge->group, merge->n_group) != 0)
                return -1;
            merge->n_group = 0;
        }
        if (add_to_group(merge, &row) != 0)
            return -1;
    }
    return more == 0 ? judge_group(merge->rows, merge->group, merge->n_group) : -1;
}

static int judge_spooled(struct unique_rows *rows)
{
    struct merge merge = {.rows = rows};
    int status = rows->n_held == 0 ? 0 : spool_run(rows);
    if (status == 0)
        status = start_runs(&merge) == 0 ? merge_runs(&merge) : -1;
    for (size_t i = 0; i < merge.n_runs; i++)
        free(merge.runs[i].rows);
    free(merge.runs);
    free(merge.group);
    return status;
}

static int judge_held(struct unique_rows *rows)
{
    int status = 0;
    size_t n;
    qsort(rows->held, rows->n_held, sizeof *rows->held, compare_rows);
    for (size_t i = 0; status == 0 && i < rows->n_held; i += n) {
        for (n = 1; i + n < rows->n_held && same_key(&rows->held[i], &rows->held[i + n]);)
            n++;
        status = judge_group(rows, rows->held + i, n);
    }
    return status;
}

int unique_rows_finish(struct unique_rows *rows)
{
    if (rows->plan->n_unique == 0)
        return 0;
    const int status = rows->n_runs > 0 ? judge_spooled(rows) : judge_held(rows);
    free(rows->held);
    rows->held = NULL;
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
