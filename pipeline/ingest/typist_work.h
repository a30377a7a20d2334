/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * typist_work.h - inside typist.h: a typist at work, and what both ways of reading a slab share.
 */
#ifndef INGEST_TYPIST_WORK_H
#define INGEST_TYPIST_WORK_H

#include "ingest/cell_memo.h"
#include "ingest/csv_records.h"
#include "ingest/typist.h"

struct pending {                /* a cell that counts only when its row is kept */
    uint32_t row;
    uint32_t field;
};

struct bad_row {
    uint32_t row;
    struct verdict verdict;
};

struct typist {
    struct typist_task task;
    struct csv_records *records;
    struct csv_cells cells;     /* of a clean slab */
    struct cell_memo *memos;    /* [plan->n_columns] */
    struct typed_cell *typed;   /* [plan->n_columns] of the row at hand */
    struct typist_counts counts;
    struct survey survey;

    /* A clean slab: rows of the right number of cells, in the order of the file. */
    size_t n_rows, rows_capacity;
    uint32_t *row_cells;        /* [n_rows] number of the first cell in `cells` */
    uint32_t *row_lines;        /* [n_rows] */
    unsigned char *row_is_bad;  /* [n_rows] */
    size_t n_bad, bad_capacity;
    struct bad_row *bad;        /* [n_bad] in the order they were found */
    size_t n_pending, pending_capacity;
    struct pending *pending;    /* [n_pending] */
};

/* The slab at hand. */
struct slab_work {
    struct typist *typist;
    const struct header *header;
    const struct csv_slab *slab;
    size_t file;
    struct batch *batch;
    int status;                 /* -1: told */
};

/** A slab that csv_split() found clean. */
void typist_read_clean(struct slab_work *work);

/**
 * A text or open category of a row that is kept as row `row` of the batch: counted, surveyed, stored.  The cell
 * lies at byte `byte` of the file.
 */
void typist_keep_text(struct slab_work *work, size_t column, size_t row, const struct typed_cell *cell, size_t byte);

/** A cell of a kept row: spaces that were dropped, ids, what may be an identifier. */
void typist_count_cell(struct slab_work *work, size_t column, const struct typed_cell *cell, size_t byte);

/** A row that keeps all other rules: is it one that unique_rows.h found at fault?  Else it is remembered for that. */
void typist_judge_unique(struct slab_work *work, const struct typed_cell *cells, struct verdict *verdict);

/** Is the column one whose cells are not numbers, dates or codes? */
static inline bool typist_is_text(const struct plan *plan, size_t column)
{
    return plan->columns[column].is_open || plan->schema->columns[column].type == COLUMN_TEXT;
}

/** The cell as it is stored in a column of numbers, dates or codes; a real as its bits. */
int64_t typist_value(const struct column *stored, const struct typed_cell *cell);

/** Writes such a value. */
void typist_put(const struct column *stored, size_t row, int64_t value);

#endif
