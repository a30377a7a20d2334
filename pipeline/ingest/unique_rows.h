/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * unique_rows.h - rows that agree in the columns which tell rows apart (`unique:` of the codebook).
 *
 * Rows that agree there and in every other kept cell are the same row again: the first one is kept, the others are set
 * aside.  Rows that agree there and differ elsewhere contradict each other, and nobody knows which is right: all of
 * them are set aside, never "the first wins".  A row with a missing cell in one of these columns is like no other.
 *
 *     unique_rows_start(&rows, plan, folder);
 *     if (unique_rows_hash(plan, file, &verdict, cells, &row))     for every row that keeps all other rules
 *         unique_rows_add(&rows, &row);                            in any order
 *     unique_rows_finish(&rows);
 *     unique_rows_find(&rows, file, byte)                  for every such row once more: a fault, or NULL
 *
 * Rows are compared by hashes of 128 and 64 bits (with n rows, chance errs with probability n^2 / 2^129).  At most
 * UNIQUE_ROWS_HELD rows of 48 bytes are in memory (base/record_sort.h).  Which rows are at fault depends on nothing but the files.
 * Where several ranks work together, equal rows meet on one of them, and all ranks know the faults: unique_rows_finish() is
 * collective.
 */
#ifndef INGEST_UNIQUE_ROWS_H
#define INGEST_UNIQUE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record_sort.h"
#include "ingest/plan.h"
#include "ingest/typing.h"

enum { UNIQUE_ROWS_HELD = 1 << 20 };

struct unique_row {
    uint64_t key[2];   /* of the cells that tell rows apart */
    uint64_t content;  /* of all cells */
    uint32_t file;
    uint32_t line_low; /* the line, modulo 2^32 */
    uint64_t byte;     /* where it starts; with file its identity */
};

struct unique_fault {
    size_t file;
    uint64_t byte;
    enum reason reason;      /* REASON_SAME_ROW or REASON_CONFLICT */
    size_t other_file, other_line; /* where the first other row stands */
};

struct unique_rows {
    const struct plan *plan; /* NULL, or without unique columns: nothing is done */
    const char *folder;      /* borrowed */
    size_t capacity;
    struct record_sort *sort;
    struct unique_fault *faults; /* [n_faults] by file, then byte */
    size_t n_faults, faults_capacity;
};

/** capacity 0: UNIQUE_ROWS_HELD.  -1 after telling; free in either case. */
int unique_rows_start(struct unique_rows *rows, const struct plan *plan, const char *folder, size_t capacity);
void unique_rows_free(struct unique_rows *rows);

/** False: the row is like no other.  Any number of threads at once. */
bool unique_rows_hash(const struct plan *plan, size_t file, const struct verdict *verdict,
                      const struct typed_cell *cells, struct unique_row *row);

/** One thread at a time. */
int unique_rows_add(struct unique_rows *rows, const struct unique_row *row);
int unique_rows_finish(struct unique_rows *rows);

/** Threads may share.  O(log of the number of faults). */
const struct unique_fault *unique_rows_find(const struct unique_rows *rows, size_t file, uint64_t byte);

#endif
