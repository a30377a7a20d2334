/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * together.h - what ranks have found apart becomes what all of them know.
 *
 * All of it is counts, extremes, unions and sorted rows, so neither the number of ranks nor their shares show in it.  Every
 * function is collective (base/ranks.h), and does nothing where there is one rank.
 */
#ifndef INGEST_TOGETHER_H
#define INGEST_TOGETHER_H

#include "base/record_sort.h"
#include "ingest/csv_fault.h"
#include "ingest/quality.h"
#include "ingest/source_files.h"
#include "ingest/survey.h"

/** How the pass of a rank ended. */
struct pass_end {
    int status;              /* -1: it was told, or there is a fault */
    struct csv_fault fault;  /* that ends a file; of kind CSV_FAULT_NONE: none */
    size_t file, n_lines_before; /* where it lies: csv_fault_tell() */
};

/**
 * The first rank, in their order, whose pass did not end well, and its end; ranks_n(): all did.  What other ranks have
 * kept to tell is forgotten: had they read on from there, they would not have met it.
 */
int together_end(const struct pass_end *own, size_t *rank, struct pass_end *end);

/** Counts of rows and of cells. */
int together_quality(struct quality *quality);
int together_survey(struct survey *survey);

/** The digests of files, which one rank knows, reach all. */
int together_digests(struct source_files *files, size_t rank);

/**
 * Records that begin with a hash (uint64_t) go to the rank that the hash names, so that equal ones meet there, and are sorted:
 * they are added to what together_sort_start gives; together_sort turns that into those that this rank is to judge, which
 * were added and not yet finished.  compare, capacity, folder: base/record_sort.h.  NULL, or -1, after telling.
 */
struct record_sort *together_sort_start(size_t size, int (*compare)(const void *, const void *), size_t capacity,
                                        const char *folder);
int together_sort(struct record_sort **sort, size_t size, int (*compare)(const void *, const void *), size_t capacity,
                  const char *folder);

#endif
