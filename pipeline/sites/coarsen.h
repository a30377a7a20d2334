/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * coarsen.h - cells that hold fewer people than the threshold become cells that do not.
 *
 * A group is an arm within its populations and strata.  In each
 *
 *     - a group of fewer than `threshold` people is left out; so are the smallest others of its arm and populations, until
 *       those who are left out together are as many;
 *     - a kind of exit (or a level of a category, or a missing value) that fewer have becomes the group's most frequent one;
 *       those whose outcome is not known are then censored on the first day that is shown; where it is known of fewer it
 *       counts as known of nobody;
 *     - days are put together until each kind of exit that occurs on them has at least `threshold` people, and all stand
 *       on the last of these days; what is left over at the end belongs to the step before
 *       (or several);
 *     - values of a number are put together in the same way and become their mean; few that are missing take the value that
 *       is nearest to the mean of all.
 *
 * So the people of a group are as many in every table, and no difference of two tables tells a smaller number.
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

/** `cells` of an outcome or of a covariate, as cells_sum() gives them; frees them.  NULL after telling. */
struct table *coarsen(struct table *cells, int64_t threshold, struct coarsening *lost);

#endif
