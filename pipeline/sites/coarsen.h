/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * coarsen.h - cells of people (site_people.h) that are divided further, by strata or by the values of a covariate, so that each holds a
 * threshold of people all the same.
 *
 * Within an arm and its populations
 *
 *     - strata of which fewer people have some kind of end are told as missing, and with them the smallest others until those who are told
 *       so are enough: of each kind, and of each label that they have;
 *     - days are put together until each stratum that occurs among those of a kind of end has enough people (steps.h): steps of the
 *       outcome's own cells become longer ones, so that sums over strata say what those cells say;
 *     - values of a number are put together in the same way and become their mean; few that are missing take the value that
 *       is nearest to the mean of all.
 *
 * threshold 0 or 1 changes nothing.
 */
#ifndef SITES_COARSEN_H
#define SITES_COARSEN_H

#include "base/table.h"
#include "study/study.h"

/** What precision was lost; numbers of people are only told as "fewer than the threshold". */
struct coarsening {
    int64_t n_groups, n_left_out; /* groups */
    int64_t n_changed;            /* kinds or levels that became the most frequent one */
    int64_t n_steps, n_days;      /* distinct days (values), after and before */
    double widest;                /* days (values) that became one, from the first to the last */
};

/* The columns that tell it (base/table_fields.h). */
#define COARSENING_FIELDS \
    {"groups", "Groups", COLUMN_INT64}, \
    {"left_out", "Groups with too few people, left out", COLUMN_INT64}, \
    {"changed", "Kinds with too few people, counted as the most frequent one", COLUMN_INT64}, \
    {"days_before", "Distinct days or values before", COLUMN_INT64}, \
    {"days_after", "Distinct days or values after", COLUMN_INT64}, \
    {"widest", "Most days, or the widest values, that became one", COLUMN_FLOAT64}

/** Frees `cells`, as cells_sum() gives them; NULL after telling. */
struct table *coarsen_strata(struct table *cells, int64_t threshold, struct coarsening *lost);
struct table *coarsen_values(struct table *cells, int64_t threshold, struct coarsening *lost);

#endif
