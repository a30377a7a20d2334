/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * evidence.h - on which days each person of the cohort showed each named kind of evidence.
 *
 * The kinds are those of the study (`evidence`, struct study_evidence): rows of a dated table that meet a condition on
 * their own columns and on those of their person, and whose day shows the kinds of `with` and none of `without`.  So a
 * negative of a source that writes only positives down is {visits: "status == 'held'", without: [positive]}.
 *
 *     const struct evidence_days *use = evidence_days(evidence, kind);
 *     for (size_t j = use->first[i]; j < use->first[i + 1]; j++)
 *         ... person i used on day use->day[j] from time zero ...
 *
 * A condition that is undecided (a value is missing) does not hold; such rows are counted in table `evidence`.
 * Everything is the same for any order of the rows, doubled rows and any number of threads.
 */
#ifndef OUTCOMES_EVIDENCE_H
#define OUTCOMES_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"
#include "outcomes/dated_rows.h"
#include "study/study.h"

struct evidence;

struct evidence_days {
    size_t n;      /* rows of the cohort */
    size_t *first; /* [n + 1] */
    int32_t *day;  /* from time zero, ascending and distinct within a person */
};

/**
 * Collective (base/ranks.h): reads the dated tables of the study from records.h5 and finds every kind.  `cohort` is this rank's rows of table `cohort` of cohort.h5:
 * days count from its column `time_zero`, or from day 0 of the source where it has none.  A study without dated tables
 * gives an evidence without kinds.  NULL after telling.
 */
struct evidence *evidence_read(const struct study *study, const char *records_path, const struct table *cohort,
                               int n_threads);
void evidence_free(struct evidence *evidence); /* NULL is fine */

/** Days of kind i of study->evidence. */
const struct evidence_days *evidence_days(const struct evidence *evidence, size_t kind);

/** The rows that kind i was sought in, and which of them show it: holds[rows->rows->n_rows]. */
const struct dated_rows *evidence_rows(const struct evidence *evidence, size_t kind);
const uint8_t *evidence_holds(const struct evidence *evidence, size_t kind);

/** The rows of a table, NULL when the study has none of that role. */
const struct dated_rows *evidence_rows_of(const struct evidence *evidence, enum table_role role);

/** Table `evidence` (dated_rows.h), for outcomes.h5: of all ranks. */
const struct table *evidence_counts(const struct evidence *evidence);

/** Position of the first day >= wanted of person i; days->first[i + 1] when there is none.  O(log days). */
size_t evidence_from(const struct evidence_days *days, size_t i, int32_t wanted);

/** Did person i show it on a day of low .. high? */
bool evidence_within(const struct evidence_days *days, size_t i, int32_t low, int32_t high);

#endif
