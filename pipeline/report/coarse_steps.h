/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * coarse_steps.h - where the steps of a coarsened curve end, by what happens from day to day.
 */
#ifndef REPORT_COARSE_STEPS_H
#define REPORT_COARSE_STEPS_H

#include <stddef.h>
#include <stdint.h>

#include "report/coarse_curves.h"

/** Counts by day of one arm. */
struct daily_exits {
    size_t n_days, n_causes;
    int64_t *n_event;  /* [n_days * n_causes] */
    int64_t *n_censor; /* [n_days] */
    int64_t *n_risk;   /* [n_days] before the exits of the day */
};

struct step_sums {
    int64_t n_event[CAUSES_MAX], n_censor, n_enter;
    int64_t n_left;    /* at risk after the last day */
};

/** Sums over the days first .. last. */
struct step_sums steps_sum(const struct daily_exits *exits, size_t first, size_t last);

/**
 * The ends of the steps: edges and the index of the last day of each ([n_days] both, output).  days: ascending.  wanted:
 * ascending days on which a step should end.  Rule: coarse_curves.h.  A wanted day after
 * the last exit ends none.  O(n_days^2) at worst.
 */
void steps_find(const struct daily_exits *exits, const double *days, const double *wanted, size_t n_wanted,
                int64_t threshold, double *edges, size_t *last_day, size_t *n_edges);

#endif
