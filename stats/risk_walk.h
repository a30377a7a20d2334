/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * risk_walk.h - go through a risk table in order of time with the number at risk at hand.
 *
 *     struct risk_walk walk;
 *     struct risk_step step;
 *     risk_walk_start(&walk, table, arm, stratum, cause);
 *     while (risk_walk_next(&walk, &step)) ...
 *
 * A step is a time at which the group gains or loses somebody; the other times of the axis are passed over.  Entries at
 * time 0 before which nobody was at risk are no step: such a group simply starts there.
 */
#ifndef STATS_RISK_WALK_H
#define STATS_RISK_WALK_H

#include <stdbool.h>

#include "stats/risk_table.h"

struct risk_walk {
    const struct risk_table *table;
    size_t arm, stratum, cause;
    size_t k;         /* next place on the axis */
    int64_t n_risk;   /* just before time[k] */
    int64_t n_person; /* met so far */
};

struct risk_step {
    double time;
    int64_t n_risk; /* entry < time <= exit */
    struct risk_counts counts;
};

/**
 * risk_walk_start - before the first time.
 * arm, stratum   an index or RISK_TABLE_ALL
 * cause          as in risk_table_counts
 * Returns GSL_SUCCESS; GSL_EINVAL for an unknown arm, stratum or cause.
 */
int risk_walk_start(struct risk_walk *walk, const struct risk_table *table, size_t arm, size_t stratum, size_t cause);

/* The next step; false when there is none. */
bool risk_walk_next(struct risk_walk *walk, struct risk_step *step);

#endif
