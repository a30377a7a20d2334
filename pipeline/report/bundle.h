/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * bundle.h - released.h5 in memory: all that figures, pages and tables may know.
 */
#ifndef REPORT_BUNDLE_H
#define REPORT_BUNDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"
#include "report/pool.h"

struct bundle {
    struct pool *pool;   /* texts of cells and sentences */
    size_t n_tables;
    struct table **tables; /* [n_tables] in byte order of names */
    char *content_sha256;  /* of released.h5 */
    /* Tables by name; NULL when the study has none. */
    const struct table *release, *study, *provenance, *outcomes, *arms, *attrition, *quality, *baseline, *balance,
        *risk_tables, *curves, *estimates, *verdicts, *flow;
    int64_t threshold;
    int64_t round_to;  /* counts are multiples of it; 0: they are not rounded */
    size_t n_ranges;
    const char **ranges; /* [n_ranges] names of analyses over definitions of one thing (range: yes) */
};

struct bundle *bundle_read(const char *released_path); /* NULL after telling */
void bundle_free(struct bundle *bundle);               /* NULL is fine */

/** The same over tables that are in memory already; takes them over, even when it fails (NULL after telling). */
struct bundle *bundle_of_tables(struct table *const *tables, size_t n);

/** Any table by name; NULL when the study has none. */
const struct table *bundle_table(const struct bundle *bundle, const char *name);

/** A scalar of the study file ("primary.outcome"), of `release` or of `provenance`; "" when it is not there. */
const char *bundle_study_value(const struct bundle *bundle, const char *key);
const char *bundle_release_value(const struct bundle *bundle, const char *key);
const char *bundle_provenance_value(const struct bundle *bundle, const char *key);

/** What a reader calls it; the name itself when there is no label. */
const char *bundle_arm_label(const struct bundle *bundle, const char *arm);
const char *bundle_term_label(const struct bundle *bundle, const char *term); /* of a covariate */
const char *bundle_outcome_label(const struct bundle *bundle, const char *outcome);

/** A column of `outcomes` for an outcome: "rule", "units"; "" when there is none. */
const char *bundle_outcome_text(const struct bundle *bundle, const char *outcome, const char *column);
/** Units of its times: "days" unless it says otherwise. */
const char *bundle_outcome_units(const struct bundle *bundle, const char *outcome);

/** What one row of the cohort is: "person", "discharge". */
const char *bundle_study_unit(const struct bundle *bundle);

/** Place of an arm in the study's order; cell_rows(arms) when unknown. */
size_t bundle_arm_index(const struct bundle *bundle, const char *arm);

/** Is the outcome looked at in several populations (analyses), so that each must be named? */
bool bundle_several_populations(const struct bundle *bundle, const char *outcome);
bool bundle_several_analyses(const struct bundle *bundle, const char *outcome);

#endif
