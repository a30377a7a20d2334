/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_data.h - rows of a proportional-hazards regression, sorted and numbered for its passes.
 *
 * The axis holds the distinct event times of each stratum, one stratum after the other, ascending.  A row is at risk
 * at the positions from .. last of its stratum: those with entry < t <= time.  Somebody who enters at an event time is
 * not at risk for it, somebody who leaves at one is.  Rows that are at risk at no event carry nothing and are left
 * out of all sums, whatever their covariates.
 *
 * Rows stand in order of `last`, those with the event at that time before the others, so that every pass reads memory
 * in order and needs a few cache lines of sums at a time.
 */
#ifndef STATS_COX_DATA_H
#define STATS_COX_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/design_gram.h"
#include "stats/design_matrix.h"
#include "stats/reducer.h"

enum cox_ties { COX_EFRON, COX_BRESLOW, COX_EXACT };

/** What a caller hands over: plain columns in any order. */
struct cox_rows {
    size_t n;
    const double *entry;      /* [n] finite, < time; NULL: at risk from the start */
    const double *time;       /* [n] finite, any unit */
    const int32_t *event;     /* [n] 0 or 1 */
    const int32_t *stratum;   /* [n] 0 .. n_stratum - 1, or NULL */
    size_t n_stratum;         /* 1 without strata */
    const int64_t *frequency; /* [n] > 0: a row is so many copies; NULL: 1 */
    const double *weight;     /* [n] > 0, finite: sampling weights, with robust variances; NULL: 1.  Not both */
    const int64_t *tied;      /* [n] > 0, with weight: a row stands for so many that are alike, and its weight is theirs; NULL: 1 */
    const double *offset;     /* [n] finite, or NULL */
    const struct design_matrix *design;
    const struct reducer *reducer; /* NULL: these are all rows; else those of this place, without offset */
    const struct reducer *workers; /* places that all have these same rows (cox_gather.h) share the work of exact ties; NULL: here alone */
};

struct cox_data {
    const struct reducer *workers;
    const struct reducer *reducer; /* of the rows; n, n_all and n_enter are of this place, what is by position is of all places */
    size_t n_everywhere, n_enter_everywhere;
    size_t n;             /* rows that are at risk at some event */
    size_t n_all;         /* rows handed over */
    int64_t n_person;     /* frequencies of all rows handed over */
    int64_t n_event;
    uint32_t *row;        /* [n] place among the rows handed over */
    uint32_t *last, *from; /* [n] positions; from is NULL when nobody enters late */
    uint8_t *dead;        /* [n] the event happens at last */
    double *weight;       /* [n] frequency or weight; NULL: 1 */
    double *offset;       /* [n] less offset_shift, the largest; NULL: 0 */
    double weight_max;
    double offset_shift;
    bool counted;         /* weights are frequencies: a row of weight 3 is three tied rows */
    size_t n_axis;
    double *time;         /* [n_axis] */
    int32_t *stratum;     /* [n_axis] */
    uint32_t *stratum_first, *stratum_end; /* [n_axis] the positions of the stratum a position belongs to */
    uint32_t *first_row;  /* [n_axis + 1] rows whose last is k: first_row[k] .. first_row[k + 1] - 1 */
    uint32_t *first_alive; /* [n_axis] the first of them that is not dead */
    uint32_t *enter;      /* [n_enter] rows with from > the first position of their stratum, by from */
    uint32_t *enter_first; /* [n_axis + 1] those with from = k + 1 start at enter_first[k] */
    size_t n_enter;
    double *n_dead;       /* [n_axis] tied events: rows, or frequencies when counted */
    double *dead_weight;  /* [n_axis] sum of their weights */
    double offset_events; /* sum of w offset over events */
    struct design_copy *copy; /* the design's rows in this order, standardised */
    struct gram_layout *layout;
    struct gram_layout *plain;             /* every block a unit of its own, or NULL */
    const struct gram_layout *risk_layout; /* layout where positions have many rows, else plain */
};

/**
 * NULL when memory is short, or weights are too large to be added.  The rows must obey the limits above (not checked
 * here).  O(n) for times of up to 2^11
 * distinct bit patterns of their upper halves, at most six linear passes for any doubles.
 */
struct cox_data *cox_data_alloc(const struct cox_rows *rows, size_t n_threads);
void cox_data_free(struct cox_data *data); /* NULL is fine */

/** Weight of a row. */
static inline double cox_weight(const struct cox_data *data, size_t i)
{
    return data->weight != NULL ? data->weight[i] : 1;
}

/** The first position of first .. end - 1 with a time later than entry: of ascending times, by halving. */
static inline size_t cox_first_after(const double *time, size_t first, size_t end, double entry)
{
    while (first < end) {
        const size_t middle = first + (end - first) / 2;

        if (time[middle] > entry)
            end = middle;
        else
            first = middle + 1;
    }
    return first;
}

#endif
