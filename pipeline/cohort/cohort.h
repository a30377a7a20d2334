/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cohort.h - who is compared: the kept records that are eligible and in exactly one arm.
 *
 * Table `cohort`, one row a person (or a counted row), in the order of the records:
 *     record            row of the source table in records.h5
 *     arm               category, labels in the order of the study
 *     weight            how many persons the row stands for, >= 1
 *     time_zero         the day follow-up starts, on the axis of days of the source; only with `time_zero: {column: ...}`
 *     population:NAME   1 in the population, 0 not; one column a population
 *
 * A condition that is undecided (a value it needs is missing) leaves the row out, and is counted apart.
 */
#ifndef COHORT_COHORT_H
#define COHORT_COHORT_H

#include "base/table.h"
#include "cohort/attrition.h"
#include "study/study.h"

struct cohort {
    struct table *people;
    struct attrition attrition;
};

struct cohort_input {
    const struct table *records;  /* the columns that the conditions and the weight need */
    const struct table *stays;    /* of episodes.h5 */
    const struct table *quality;  /* of records.h5 */
};

/**
 * Draws the cohort.  -1 after telling: an empty cohort, an arm without people and arms that overlap are errors
 * that point at the line of the study.  *cohort is to be freed in any case.
 */
int cohort_draw(const struct study *study, const struct cohort_input *input, int n_threads, struct cohort *cohort);
void cohort_free(struct cohort *cohort);

/** The columns of the source that cohort_draw needs: NULL-terminated, names_free (conditions.h); NULL after telling. */
char **cohort_columns(const struct study *study, const struct study_table *source, const struct table *schema);

/** "population:" and the name of population i of the study; caller frees. */
char *cohort_population_column(const struct study *study, size_t i);

#endif
