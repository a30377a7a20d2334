/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pair_rows.h - the people of an arm and of its reference as plain arrays: what adjusted numbers are computed from.
 *
 * The arm's people come first, then the reference's, each in the order of the sample.  Who lacks a covariate that the
 * models need is left out and counted.
 */
#ifndef COMPARE_PAIR_ROWS_H
#define COMPARE_PAIR_ROWS_H

#include "compare/arm_pairs.h"
#include "compare/comparison.h"
#include "stats/clusters.h"

struct pair_losses;

struct pair_rows {
    const struct comparison *c;
    struct arm_pair pair;
    const struct table *records;
    size_t n, n_treated;   /* rows here; the first are the arm's, who count as treated */
    int64_t n_of[2];       /* rows of the reference and of the arm, in all places (comparison.h) */
    int64_t n_unknown;     /* people left out */
    size_t *record;        /* [n] row of records */
    size_t *row;           /* [n] of the cohort */
    uint8_t *treated;      /* [n] */
    int64_t *count;        /* [n] people that a row stands for */
    double *frequency;     /* [n] the same */
    bool counted;          /* some row stands for several people */
    int32_t *cause;        /* [n] */
    double *y;             /* [n] the value, or 1 for the event; NULL where the outcome has a time */
    double *time;          /* [n] else NULL */
    double *entry;         /* [n] -1: from the start; NULL when nobody enters late */
    uint32_t *place;       /* [n] of the time on the axis of c->table */
    uint32_t *entry_place; /* [n] likewise, or NULL */
    int32_t *cluster;      /* [n] or NULL */
    struct clusters clusters; /* of those (sample.h) */
    const struct pair_losses *losses; /* chances of being seen by covariates (pair_losses.h); NULL: alike within an arm */
};

/** record: column of the cohort; the terms of `how` are what must be known.  -1 after telling; free in any case. */
int pair_rows_take(const struct comparison *c, struct arm_pair pair, const struct table *records,
                   const struct column *record, const struct study_adjustment *how, struct pair_rows *rows);
void pair_rows_free(struct pair_rows *rows);

/** Threads that so many rows are worth: waking more costs more than they save.  No number depends on it. */
size_t pair_rows_threads(const struct pair_rows *rows);

int64_t pair_rows_people(const struct pair_rows *rows, uint8_t treated); /* sum of count of one arm */

#endif
