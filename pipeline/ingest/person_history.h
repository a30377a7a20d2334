/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * person_history.h - do the rows of one person fit together?  Doubts that are told and counted; no row is set aside.
 *
 *     stays that overlap    a stay begins before an earlier one has ended (the day it ends on is fine).  In a table of
 *                           stays with admission and discharge; linking decides what becomes of them
 *     ages that change      `age_on:` of the codebook says on which day an age holds.  Each row then bounds the day of
 *                           birth, and the bounds of a person's rows lie more than a year apart
 *
 * Needs a person column.  Rows wait as 32 bytes each, sorted by person (base/record_sort.h), so memory is bounded.
 * Nothing depends on the order of the rows.  Where several ranks work together, the rows of a person meet on one of them,
 * and all ranks know the counts: person_history_finish() is collective.
 */
#ifndef INGEST_PERSON_HISTORY_H
#define INGEST_PERSON_HISTORY_H

#include <stdint.h>

#include "base/record_sort.h"
#include "base/table.h"
#include "ingest/plan.h"

/* Rows in memory; of each of several ranks, which hold whole shares of rows anyway, more. */
enum { PERSON_HISTORY_HELD = 1 << 21, PERSON_HISTORY_HELD_TOGETHER = 1 << 22, PERSON_AGE_SLACK = 365 };

struct person_history {
    const struct plan *plan;
    const char *folder;       /* borrowed */
    struct record_sort *sort; /* NULL: there is nothing to look at */
    int64_t n_overlapping;    /* persons with stays that overlap */
    int64_t n_age_changes;    /* persons with ages that cannot all be true */
};

/** -1 after telling; free in either case. */
int person_history_start(struct person_history *history, const struct plan *plan, const char *folder);
void person_history_free(struct person_history *history);

int person_history_add(struct person_history *history, const struct table *rows); /* as they are stored */
int person_history_finish(struct person_history *history);

#endif
