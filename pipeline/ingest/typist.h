/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * typist.h - types the rows of slabs: one typist a thread, one slab after the other.
 *
 *     struct typist_task task = {.plan = plan, .schema = schema, .what = TYPIST_COUNT | TYPIST_STORE};
 *     struct typist *typist = typist_alloc(&task);
 *     typist_read(typist, &header, &slab, file, &batch);            for each slab that the thread gets
 *     typist_merge(typist, &counts);                                at the end, for each typist, in any order
 *     typist_free(typist);
 *
 * A clean slab (csv_split.h) is typed column by column, and cells that were typed before are remembered
 * (cell_memo.h); any other goes through libcsv (csv_records.h).  Both give the same rows, rejects and counts, and
 * a differential test holds them to it.
 *
 * What a typist counts does not depend on the order of rows, and so not on which typist got which slab.
 */
#ifndef INGEST_TYPIST_H
#define INGEST_TYPIST_H

#include "ingest/batch.h"
#include "ingest/csv_slab.h"
#include "ingest/csv_split.h"
#include "ingest/identifier_evidence.h"
#include "ingest/plan.h"
#include "ingest/survey.h"
#include "ingest/tally.h"

enum typist_what {
    TYPIST_COUNT = 1,   /* tallies, evidence of identifiers */
    TYPIST_SURVEY = 2,  /* widths of texts, labels of open categories, rows for unique_rows.h */
    TYPIST_STORE = 4,   /* batch.rows hold all columns; else only those of numbers, dates and codes */
};

struct typist_task {
    const struct plan *plan;
    const struct table *schema;   /* of the rows: that of the plan, or, when all is surveyed, that of the survey */
    const struct survey *survey;  /* numbers the labels of open categories when rows are stored */
    const struct unique_rows *unique; /* rows that it finds are set aside; NULL: none */
    unsigned what;                /* typist_what bits */
    enum csv_split_way way;       /* CSV_SPLIT_BEST but in tests */
    bool only_libcsv;             /* false but in tests */
};

struct typist_counts {
    struct tally *tallies;                 /* [plan->n_columns] */
    struct identifier_evidence *evidence;  /* [plan->n_columns], but n_cells, which is tallies[].kept */
    int64_t weight_total, n_weight_zero;   /* of the frequency column */
};

/** For rows like those of schema.  -1 after telling; free in either case. */
int typist_counts_start(struct typist_counts *counts, const struct plan *plan, const struct table *schema);
void typist_counts_free(struct typist_counts *counts, const struct plan *plan);

struct typist;

struct typist *typist_alloc(const struct typist_task *task); /* NULL after telling */
void typist_free(struct typist *typist);                     /* NULL is fine */

/**
 * Types a slab of file number `file` (places of evidence: typist_place()).  Faults of the structure go to
 * batch->fault.  -1 after telling.
 */
int typist_read(struct typist *typist, const struct header *header, const struct csv_slab *slab, size_t file,
                struct batch *batch);

/** Adds what was counted to counts, what was surveyed to survey; NULL: not wanted.  -1 after telling. */
int typist_merge(const struct typist *typist, struct typist_counts *counts, struct survey *survey);

enum { TYPIST_BYTE_BITS = 44 };

/** A place of evidence: file number and byte of the row; and back. */
static inline uint64_t typist_place(size_t file, size_t byte)
{
    return (uint64_t)file << TYPIST_BYTE_BITS | (uint64_t)byte;
}

static inline size_t typist_place_file(uint64_t place)
{
    return (size_t)(place >> TYPIST_BYTE_BITS);
}

static inline size_t typist_place_byte(uint64_t place)
{
    return (size_t)(place & ((UINT64_C(1) << TYPIST_BYTE_BITS) - 1));
}

#endif
