/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * expected_rows.h - expected numbers of an arm (days, events, shares) as rows of estimates: limits on the log scale, a number of 0
 * has none, and a day that was not observed has no number.
 */
#ifndef COMPARE_EXPECTED_ROWS_H
#define COMPARE_EXPECTED_ROWS_H

#include "compare/estimates.h"

/** The row has its keys and counts.  most: what the number cannot exceed, or INFINITY.  -1 after telling. */
int expected_row_add(struct estimate *row, double estimate, double std_error, double most, struct table *estimates);

/** last: the last day observed; row->n 0: nobody is. */
int expected_row_unknown(struct estimate *row, double last, struct table *estimates);

#endif
