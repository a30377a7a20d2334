/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cohort.h - who is compared: the candidates (candidates.h) that are eligible and in exactly one arm.
 *
 * Table `cohort`, one row a person (a counted row, an index stay), in the order of the records, of linked stays in the
 * order of the stays:
 *     record            row of the source table in records.h5
 *     arm               category, labels in the order of the study
 *     weight            how many persons the row stands for, >= 1
 *     time_zero         the day follow-up starts, on the axis of days of the source; of linked stays, or with `time_zero`
 *     population:NAME   1 in the population, 0 not; one column a population
 *     cluster           number of the group within which people are alike (clusters.h); with `cluster`, or `every`
 * and of linked stays (episodes/tables.h)
 *     person            as in table `stays`
 *     stay, episode     rows of tables `stays` and `episodes`
 *
 * Table `derived`, of linked stays: the derived columns (study/derived.h) that the study names, one row a row of
 * `cohort`.  Table `flow`: episodes/moves.h, of all episodes and by arm.  Table `states`: states_by_arm.h.
 *
 * A condition that is undecided (a value it needs is missing) leaves the row out, and is counted apart.
 */
#ifndef COHORT_COHORT_H
#define COHORT_COHORT_H

#include "base/table.h"
#include "cohort/attrition.h"
#include "cohort/history.h"
#include "cohort/index_stays.h"
#include "study/study.h"

struct cohort {
    struct table *people;
    struct table *derived, *flow, *states; /* NULL unless the stays are linked */
    struct attrition attrition;
};

struct cohort_input {
    const struct table *records;  /* the columns of cohort_source_columns(): all rows, or those of the index stays in their order */
    const struct table *stays;    /* of episodes.h5 */
    const struct table *quality;  /* of records.h5 */
    /* NULL unless the stays are linked: */
    const struct history *history;     /* of the stays, joined (history_join) */
    const struct index_stays *index;   /* found in it */
    const struct table *flow;          /* of episodes.h5 */
    const struct table *clients;       /* joined_rows.h, as the next one; NULL: no column of it is asked for */
    const size_t *client;              /* [index stays] */
};

/**
 * Draws the cohort.  Collective (base/ranks.h): each rank draws among its own rows or persons; whoever it takes is in its
 * tables `people` and `derived`, whose numbers of rows count its own, and all else is that of all ranks, at each of them.  -1 after telling: an empty cohort, an arm without people and arms that overlap are errors
 * that point at the line of the study.  *cohort is to be freed in any case.
 */
int cohort_draw(const struct study *study, const struct cohort_input *input, int n_threads, struct cohort *cohort);
void cohort_free(struct cohort *cohort);

/** The columns that conditions use, derived ones too: NULL-terminated, names_free (base/names.h); NULL after telling. */
char **cohort_columns(const struct study *study);

/** The columns of the source that cohort_draw needs: as above. */
char **cohort_source_columns(const struct study *study);

/** "population:" and the name of population i of the study; caller frees. */
char *cohort_population_column(const struct study *study, size_t i);

#endif
