/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cells.h - how many people with what: what a site counts instead of handing out rows of persons.
 *
 *     cells/NAME     of an outcome: arm, a column a population, cause, time, entry, value (those that the outcome has),
 *                    looked (days on which these people were looked at, where it is sought on days), n
 *     by/NAME/COLUMNS the same with a column a stratum: those of the cohort, or of an adjustment by strata (strata_lists.h)
 *     covariate/NAME arm, a column a population, level or value, n
 *
 * A row is a combination that occurs and how often.  Categories are texts, so that files of several sites can be added
 * whatever levels each of them has; numbers are float64.  Rows stand in the order of their columns, each combination
 * once, so a file does not depend on the order of the people.
 */
#ifndef SITES_CELLS_H
#define SITES_CELLS_H

#include "base/table.h"
#include "study/study.h"

/** Tables of compare/sources.h; records holds covariates and strata, or is NULL. */
struct cells_input {
    const struct study *study;
    const struct table *cohort, *records;
    struct table *const *outcomes; /* [study->n_outcomes] */
};

/* NULL after telling. */
struct table *cells_of_outcome(const struct cells_input *input, size_t outcome);
struct table *cells_of_strata(const struct cells_input *input, size_t outcome, const struct study_texts *columns);
struct table *cells_of_covariate(const struct cells_input *input, size_t covariate);

/** Equal rows become one, their sums (looked, n) added, rows in order.  Frees `rows`; NULL after telling, and for NULL. */
struct table *cells_sum(struct table *rows);

/** The column of a population, "population:NAME"; of a stratum, "stratum:NAME".  Caller frees; NULL after telling. */
char *cells_stratum_column(const char *column);

/** Names of the tables.  Caller frees; NULL after telling. */
char *cells_outcome_table(const struct study *study, size_t outcome);
char *cells_strata_table(const struct study *study, size_t outcome, const struct study_texts *columns);
char *cells_covariate_table(const struct study *study, size_t covariate);

#endif
