/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_curves.h - weighted curves of both arms as rows of table curves.
 *
 * Estimates are weighted; n_risk, n_event and n_censor count the people behind them.  Errors are those of the numbers
 * read on that day (adjusted_part.h); limits are log-log.  With clusters or several matches, where errors are read one by
 * one, large cohorts have them on the days of the analysis (`at`) alone.
 */
#ifndef COMPARE_ADJUSTED_CURVES_H
#define COMPARE_ADJUSTED_CURVES_H

#include "compare/adjusted_part.h"

/**
 * Standard errors of P(free of every event after time k) of one arm at all times of the axis, in error [n_time], in one pass; false
 * in *all where they must be read one by one (clusters, several matches each, delayed entry).  -1 after telling.
 */
int adjusted_curve_errors(const struct weighted_curves *solved, uint8_t treated, double *error, bool *all);

/** work [n].  -1 after telling. */
int adjusted_curves_add(const struct weighted_curves *solved, bool one_pair, double *work, struct table *curves);

#endif
