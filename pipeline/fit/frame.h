/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * frame.h - the rows of a table that a model may use, as plain arrays.
 *
 * A row is left out when a used value is missing, and rejected when a value cannot be: a negative or infinite
 * time, start >= stop, a status other than 0 and 1 (competing risks: than 0, 1, 2, ...), a negative weight.  Both are
 * counted on stderr, rejections by reason with the line of the first.  Frequencies are whole numbers: fractions are
 * refused altogether; sampling weights are any numbers of 0 or more.
 *
 * Groups hold the levels that are left after that, numbers in their order, labels in the order of the column
 * (byte order in a csv), a reference first.
 */
#ifndef FIT_FRAME_H
#define FIT_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "fit/design.h"
#include "fit/fit.h"
#include "fit/fit_table.h"
#include "fit/groups.h"
#include "fit/states.h"
#include "fit/regressors.h"

struct frame {
    size_t n;           /* rows */
    double *entry;      /* [n] or NULL */
    double *time;       /* [n] or NULL when the outcome has none; the lower end of an interval, 0 when it is open */
    double *upper;      /* [n] of intervals and lifetimes: equal to time for an event, INFINITY when it is open; else NULL */
    int32_t *event;     /* [n] 0 or 1; with competing risks 0 or the cause */
    size_t n_cause;     /* largest cause, at least 1 */
    double *count;      /* [n] of OUTCOME_COUNT, OUTCOME_NUMBER; of OUTCOME_STUDIES estimates or events; else NULL */
    double *trials;     /* [n] persons that the events are of, or NULL */
    double *std_error;  /* [n] of the estimates, or NULL */
    double *exposure;   /* [n] > 0, or NULL */
    int64_t *frequency; /* [n] or NULL: 1 each */
    double *weight;     /* [n] sampling weights, or NULL */
    int32_t *cluster;   /* [n] 0 .. n_cluster - 1, or NULL */
    size_t n_cluster;
    int32_t *group;     /* [n] of frailties, 0 .. n_group - 1, or NULL */
    size_t n_group;
    int32_t *exact;     /* [n] 0 .. of values that matches share, or NULL */
    size_t *line;       /* [n] of the table, from 1 */
    int32_t *censor_group; /* [n] 0 .. n_censor_group - 1, or NULL */
    size_t n_censor_group;
    int32_t *id;        /* [n] 0 .. n_id - 1, or NULL */
    size_t n_id;
    struct states states; /* of OUTCOME_STATES; event holds the state entered, or -1 */
    struct regressors *regressors; /* of a regression, else NULL */
    struct groups arms;
    struct groups strata;
    int64_t n_person;   /* sum of frequencies */
};

/** NULL after telling. */
struct frame *frame_read(const struct fit_request *request, const struct design *design, const struct fit_table *table);
void frame_free(struct frame *frame); /* NULL is fine */

/** The table's columns that design and request use, each once; caller frees the list only.  NULL after telling. */
const char **frame_columns(const struct fit_request *request, const struct design *design, size_t *n);

#endif
