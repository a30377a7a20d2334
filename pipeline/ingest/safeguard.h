/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * safeguard.h - no column of a study holds identifiers that its basis does not allow (45 CFR 164.514(b)(2), (e)(2)).
 *
 *     privacy: {basis: ...}    taken as they are (identifier.h)
 *     not declared             nothing
 *     limited_data_set, expert dates; towns and ZIP codes
 *     public                   dates, areas, ages, and codes that are different in every row: they were published
 *
 * Looked at is what a study keeps as it is.  Not looked at: columns that are dropped unread; the codes that a codebook
 * declares, because everybody can read them there; the person column, which becomes unreadable, or is public.
 *
 * Ages: a column of numbers with `units: years` whose name, alias or label speaks of an age is top-coded unless the
 * basis is public: what is over 89 becomes 90.  Where the units are not said, an age over 89 is refused like any
 * other identifier.
 */
#ifndef INGEST_SAFEGUARD_H
#define INGEST_SAFEGUARD_H

#include "ingest/plan.h"
#include "ingest/source_files.h"
#include "ingest/typist.h"
#include "study/study.h"

/**
 * Says what is to be looked at and top-coded, and refuses columns by their names and types.  -1 after telling every one,
 * with its place in the codebook.
 */
int safeguard_plan(const struct study *study, struct plan *plan);

/** Refuses columns by what was seen in all kept rows.  -1 after telling column, kind and first place, and no value. */
int safeguard_judge(const struct plan *plan, const struct typist_counts *counts, const struct source_files *files);

#endif
