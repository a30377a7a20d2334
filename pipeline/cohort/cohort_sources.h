/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cohort_sources.h - what a cohort is drawn from: tables of records.h5 and episodes.h5.
 *
 * Where several ranks work together (base/ranks.h) each reads a run of the rows; of linked stays a run of the persons: their
 * stays and episodes, and of the source and of `clients` the rows of their index stays.  Numbers of rows count those that were read.
 */
#ifndef COHORT_COHORT_SOURCES_H
#define COHORT_COHORT_SOURCES_H

#include "cohort/cohort.h"
#include "cohort/joined_rows.h"

struct cohort_sources {
    struct table *records, *quality, *stays, *episodes, *paths, *flow;
    struct history history;
    struct index_stays index;
    struct joined_rows joined;
    size_t first_record, first_stay, first_episode; /* where those of this rank begin; records: unless the stays are linked */
};

/** Collective: reads and joins, from the files in OUT/work.  -1 after telling; cohort_sources_free in any case. */
int cohort_sources_read(const struct study *study, const char *out, int n_threads, struct cohort_sources *sources);
void cohort_sources_free(struct cohort_sources *sources);

/** What cohort_draw takes; the sources must live as long and stay where they are. */
struct cohort_input cohort_sources_input(const struct study *study, const struct cohort_sources *sources);

/** Columns record, stay and episode of table `cohort` count the rows of all ranks from now on. */
void cohort_sources_globally(const struct cohort_sources *sources, struct table *people);

#endif
