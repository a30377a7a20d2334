/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * survival_rows.h - the data sets of tests/reference/survival_rows.csv and R's answers about them.
 *
 * All functions end the test when a file is missing or malformed.
 */
#ifndef TESTS_SUPPORT_SURVIVAL_ROWS_H
#define TESTS_SUPPORT_SURVIVAL_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "stats/risk_table.h"

enum { SURVIVAL_ROWS_MAX = 2048, SURVIVAL_VALUES = 9 };

/* One data set: columns with room for SURVIVAL_ROWS_MAX rows. */
struct survival_rows {
    char set[16];
    size_t n;
    size_t n_arm, n_stratum, n_cause; /* one more than the largest code; n_cause the largest cause, at least 1 */
    int delayed;                      /* entry holds times */
    double entry[SURVIVAL_ROWS_MAX];
    double time[SURVIVAL_ROWS_MAX];
    int32_t cause[SURVIVAL_ROWS_MAX];
    int32_t arm[SURVIVAL_ROWS_MAX];
    int32_t stratum[SURVIVAL_ROWS_MAX];
    int64_t frequency[SURVIVAL_ROWS_MAX];
};

/* One answer: set,what,option,arm,key,v1..v9; an empty value is NaN. */
struct survival_answer {
    char set[16];
    char what[16];
    char option[16];
    size_t arm;
    double key;
    double v[SURVIVAL_VALUES];
};

/* One set. */
void survival_rows_read(const char *set, struct survival_rows *rows);

/* Its risk table (all rows, one thread); with_strata 0 puts everybody in one stratum.  Free with risk_table_free. */
struct risk_table *survival_rows_table(const struct survival_rows *rows, int with_strata);

/* Answers of one kind in turn, with the rows of their set and its tables at hand. */
struct survival_walk {
    const char *what;
    struct survival_answer *answers;
    size_t n, next, n_seen;
    struct survival_rows *rows;
    struct risk_table *table, *pooled; /* by strata; without */
};

/* Of tests/reference/survival_answers.csv (path NULL), or of another file of its form. */
struct survival_walk survival_walk_start(const char *path, const char *what);
const struct survival_answer *survival_walk_next(struct survival_walk *walk); /* NULL: there are no more */
void survival_walk_end(struct survival_walk *walk, size_t at_least);          /* as many there must have been */

#endif
