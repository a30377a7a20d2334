/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * risk_table_arms.h - some arms of a risk table as a table of their own, for tests of pairs.
 */
#ifndef STATS_RISK_TABLE_ARMS_H
#define STATS_RISK_TABLE_ARMS_H

#include "stats/risk_table.h"

/**
 * risk_table_take_arms - a new table with arms[0 .. n_arm - 1] of `table`, in that order, on the same axis.
 *
 * arms     [n_arm] indices below table->n_arm; the same arm twice is allowed and counts twice
 * n_arm    >= 1
 *
 * Times at which only other arms lost somebody stay on the axis with counts of 0; no estimator minds.
 * Returns NULL when memory is short or an index is out of range.  Free with risk_table_free.  O(cells taken).
 */
struct risk_table *risk_table_take_arms(const struct risk_table *table, const size_t *arms, size_t n_arm);

#endif
