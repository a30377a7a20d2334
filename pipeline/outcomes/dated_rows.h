/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * dated_rows.h - the rows of a dated source table (visits, tests, doses, ...) that speak of the cohort.
 *
 * Each row of the source has one fate; rows = used + set aside, by reason:
 *
 *     day missing                   nobody knows when it was
 *     person missing                nobody knows whose it is
 *     not in the cohort             its person is not compared
 *     duplicate of another row      equal in every column: seen once, not twice
 *     outside the window            before or after the days that `window` names, counted from time zero
 *
 * A reason further up goes before one further down.  A row that two index stays of one person see is counted once,
 * and as used when one of them uses it.  Of several ranks each has other persons, and counts what nobody else does (dated_share.h):
 * the sums over ranks are those of one.
 *
 * Table `evidence` (table quantity reason n): for each dated table `rows_in`, `rows_used`, `rows_set_aside` by
 * reason (all of them, zeros too), `people_seen` (rows of the cohort with a used row); for each kind of evidence
 * whose condition was undecided in some row (a value is missing) `rows_undecided`, with the name as reason.
 */
#ifndef OUTCOMES_DATED_ROWS_H
#define OUTCOMES_DATED_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/person_index.h"
#include "base/person_meeting.h"
#include "base/table.h"
#include "store/store.h"
#include "study/study.h"

/** Whose rows are wanted: entry i of the index is row i of table `cohort`. */
struct dated_people {
    const struct person_index *index;
    const struct person_meeting *owners; /* the ranks of all persons; NULL: there is one rank */
    size_t n;
    const int64_t *time_zero;      /* [n] on the axis of the days of the source */
    const size_t *record;          /* [n] row in `records` */
    const struct table *records;   /* columns of the main table that are joined to each row; NULL: none */
};

struct dated_rows {
    enum table_role role;
    size_t n;                      /* rows of the cohort */
    size_t *first;                 /* [n + 1] rows of cohort row i are first[i] .. first[i + 1] - 1 */
    struct table *rows;            /* by cohort row, then day, then content: columns of the source, then joined ones */
    int32_t *day;                  /* [rows->n_rows] from time zero, ascending within a cohort row */
};

/** The empty table of counts. NULL after telling. */
struct table *evidence_counts_alloc(void);
int evidence_count(struct table *counts, const char *table, const char *quantity, const char *reason, int64_t n);

/**
 * Collective (base/ranks.h): reads one table of records.h5, joins it and adds its counts.  What is read does not depend on the order of the
 * source's rows or on n_threads.  -1 after telling; *rows is to be freed in any case.  O(rows log rows a person).
 */
int dated_rows_read(const struct study *study, const struct study_table *source, struct store *store,
                    const struct dated_people *people, int n_threads, struct table *counts, struct dated_rows *rows);
void dated_rows_free(struct dated_rows *rows);

#endif
