/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * coarse_curves.h - curves coarsened until no step tells of a few people, and numbers read from what is left of them.
 *
 * A curve with every step is the data: the height of a step is the number of people who left on that day.  Under a
 * threshold T the days of one arm are merged, from day 0 on, until each merged step holds
 *
 *     at least T events (all causes together), and of the first cause none or at least T, and
 *     nobody who left otherwise (censored or by a competing cause) or at least T, nobody who entered late or at least T, and
 *     at least T people are left at risk after it; nobody only on a day that the study asks about.
 *
 * The curve of a competing cause has fewer steps: those ends at which it has T events or more since its last one, and as
 * many, or none, who left by neither cause.  A cause with fewer than T events has no curve at all.
 *
 * A step ends, where that is possible, on a day that the study asks about: what happens between two such days is merged
 * from the back when its rest is too small.  So a risk by that day may be shown as it is.  A number of another day is read
 * from the released points (three decimals), straight between them, as are restricted means and quantiles.
 *
 * Adjusted curves end their steps where those of the same people without adjustment do.
 */
#ifndef REPORT_COARSE_CURVES_H
#define REPORT_COARSE_CURVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

enum { CAUSES_MAX = 16 };

enum coarse_value { COARSE_ESTIMATE, COARSE_LOW, COARSE_HIGH, N_COARSE_VALUES };

/** One arm of the table `curves`, cause after cause. */
struct coarse_curve {
    const struct table *exact;
    size_t first, end;              /* its rows */
    size_t n_causes;
    size_t causes[CAUSES_MAX + 1];  /* first row of each cause; causes[n_causes] = end */
    bool is_survival;               /* else cumulative incidences */
    bool has_counts;                /* false: of an adjusted curve, whose weights are no counts */
    size_t n_days;
    double *days;                   /* [n_days] distinct, ascending */
    size_t n_edges;
    double *edges;                  /* [n_edges] last day of each step */
    size_t *last_day;               /* [n_edges] index of its last exit */
    bool *ends;                     /* [n_edges * n_causes] does a step of this cause end here? */
    int64_t *n_event;               /* [n_edges * n_causes] in the step of the cause that ends here */
    int64_t *n_other;               /* [n_edges] who left between two ends without the first cause's event */
    int64_t *n_risk;                /* [n_edges] at risk when the step began */
    double *values;                 /* [(n_edges * n_causes + cause) * N_COARSE_VALUES], three decimals */
};

struct coarse_curves {
    const struct table *exact;      /* borrowed */
    size_t n;
    struct coarse_curve *curves;
};

/**
 * estimates: whose days are asked for; may be NULL, as may `exact`.  decimals: decimals of the released points.  -1 after
 * telling; free in any case.
 */
int coarse_curves_make(struct coarse_curves *curves, const struct table *exact, const struct table *estimates,
                       int64_t threshold, int decimals);
void coarse_curves_free(struct coarse_curves *curves);

/**
 * The curve of an arm that a row of another table speaks of (analysis, outcome, population, adjustment, stratum);
 * without adjustment when `adjusted` is false.  NULL when there is none.
 */
const struct coarse_curve *coarse_curves_find(const struct coarse_curves *curves, const struct table *table, size_t row,
                                              const char *arm, bool adjusted);

enum { NO_EDGE = -1 };

/** The end of a step of a cause that reads the same as a day itself (before: just before the day); NO_EDGE: none. */
long coarse_edge(const struct coarse_curve *curve, size_t cause, double day, bool before);

/** Has the last exit of the step that ends at `edge` happened by a day? */
bool coarse_is_by(const struct coarse_curve *curve, size_t edge, double day);

/** The first of the ends that the step of a cause, which ends at `edge`, was merged from. */
size_t coarse_step_start(const struct coarse_curve *curve, size_t cause, size_t edge);

/** A value of a cause at a day, straight between the released points; NaN after the last one. */
double coarse_read(const struct coarse_curve *curve, size_t cause, enum coarse_value value, double day);

/** Index of a cause by its name, "" for the only one; n_causes when there is none. */
size_t coarse_cause(const struct coarse_curve *curve, const char *name);

/** The area under the event-free share up to tau; NaN when the curve ends before. */
double coarse_area(const struct coarse_curve *curve, double tau);

/** The first whole day on which the event-free share is at most 1 - p; NaN when it is not reached. */
double coarse_quantile(const struct coarse_curve *curve, enum coarse_value value, double p);

#endif
