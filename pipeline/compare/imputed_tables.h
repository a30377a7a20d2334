/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * imputed_tables.h - numbers of single arms and balance, pooled over completed data sets.
 *
 *     arms      estimate and error after Rubin, so that the difference of two pooled risks is the pooled difference; limits of
 *               Student's t with Barnard and Rubin's degrees of freedom, of probabilities on the log-log scale.  Effective
 *               sizes are means over the data sets.
 *     balance   standardised differences, ratios of variances and KS distances are means over the data sets, each of which has a
 *               propensity of its own
 *
 * Rows of the first data set say which numbers there are; one that a later data set lacks is undefined.
 */
#ifndef COMPARE_IMPUTED_TABLES_H
#define COMPARE_IMPUTED_TABLES_H

#include "base/table.h"

enum { KEPT_NUMBERS = 3 };

/** Numbers of the rows of one table in every data set. */
struct kept_rows {
    struct table *first; /* the rows of the first data set */
    size_t m;
    double *numbers;     /* [rows * KEPT_NUMBERS * m] NaN: the data set has none */
    char **notes;        /* [rows] why a number is flagged or missing somewhere; NULL: it is not */
    bool *flagged, *withheld; /* [rows] */
};

struct imputed_tables {
    size_t m;                   /* data sets */
    struct kept_rows arms, balance;
};

void imputed_tables_begin(struct imputed_tables *tables, size_t m);
void imputed_tables_free(struct imputed_tables *tables);

/** What data set `which` says; both tables belong to the callee from now on.  -1 after telling. */
int imputed_tables_take(struct imputed_tables *tables, struct table *estimates, struct table *balance, size_t which);

/** Adds the pooled rows, as adjustment NAME_imputed.  -1 after telling. */
int imputed_tables_add(const struct imputed_tables *tables, struct table *estimates, struct table *balance);

#endif
