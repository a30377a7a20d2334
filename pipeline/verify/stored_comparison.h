/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stored_comparison.h - the people of a comparison, made again from its stored counts.
 *
 * Risk tables hold, by arm and day, how many entered and how many left with which kind of exit; shares of yes-or-no
 * outcomes hold how many there were and how many had the event; means hold n, mean and standard error.  From these, rows
 * with frequencies are written out and summarised by compare/comparison.h, as the people were: curves, tests,
 * differences and hazard ratios between arms follow from them.  What rests on covariates, clusters or weights of persons
 * does not.
 *
 * Late entries and exits are stored apart by day; any pairing of them in which everybody enters before leaving has the
 * same people at risk on every day, so the earliest are paired.
 */
#ifndef VERIFY_STORED_COMPARISON_H
#define VERIFY_STORED_COMPARISON_H

#include "compare/comparison.h"
#include "verify/stored.h"

struct stored_comparison {
    struct comparison comparison; /* solved */
    struct study study;           /* as much of it as is read: arms, names */
    struct study_analysis analysis;
    struct study_outcome outcome;
    struct study_rule population;
    struct table *people;
    char **texts;                 /* what the names above point into */
    const char *missing;          /* why there is no comparison; NULL: there is one */
};

/** What identifies it: a row of a table that has these columns. */
extern const char *const stored_comparison_key[]; /* analysis outcome population adjustment stratum, NULL */

/** From the file's tables; missing is set where they do not hold enough.  -1 after telling.  Free in any case. */
int stored_comparison_make(const struct stored *stored, const struct table *keys, size_t row, int n_threads,
                           struct stored_comparison *made);
void stored_comparison_free(struct stored_comparison *made);

/*
 * The same in steps, for people who are put together from several parts: begin, add each part, solve.  sparse: arms with
 * fewer than two people are let pass, as in compare/slices.h.
 */
int stored_comparison_begin(const struct stored *stored, const struct table *keys, size_t row, struct stored_comparison *made);
int stored_comparison_add(struct stored_comparison *made, const struct stored *stored, const struct table *keys, size_t row,
                          const char *stratum);
int stored_comparison_solve(struct stored_comparison *made, bool sparse, int n_threads);
struct comparison_input stored_comparison_input(const struct stored_comparison *made, bool sparse);

/** Place of an arm by its name in a text column of a row; n_arm when it is none. */
size_t stored_comparison_arm(const struct stored_comparison *made, const struct table *table, const char *column,
                             size_t row);

#endif
