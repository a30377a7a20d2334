/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * meta_trials.h - trials, the levels of a column, pooled by meta-analysis (stats/meta.h, stats/mantel_haenszel.h).
 *
 * Rows of every trial (stratum "trial=A") and, for each method, with adjustment "meta_reml", "meta_fixed", "meta_mh", ...:
 *
 *     the measure                                     pooled, with normal limits
 *     the measure, term "Hartung-Knapp"               pooled, with limits of Student's t on trials - 1
 *     heterogeneity, i_squared, tau_squared           term: the measure
 *     prediction_interval                             term: the measure; needs three trials
 *
 * What arms of different trials have in common is not people: they are never added together, and the analysis gives no
 * verdict but the pooled one.  With few trials:
 *
 *     below 5       normal and Hartung-Knapp limits are shown side by side, whatever the study asks
 *     below 3       no pooled verdict ("inconclusive (gate)") and no prediction interval
 *     differences   of probabilities have limits cut to [-1, 1]
 *
 * A verdict rests on the Hartung-Knapp limits where between-trial variation is estimated (dl, reml, pm) and the study does not
 * say hartung_knapp: no; else on the normal ones.
 */
#ifndef COMPARE_META_TRIALS_H
#define COMPARE_META_TRIALS_H

#include "compare/slice_rows.h"

/** Adds the rows of an analysis that pools trials; of any other nothing.  -1 after telling. */
int meta_trials_add(const struct comparison *whole, const struct people *people, const struct wanted_list *wanted,
                    struct table *estimates, struct table *verdicts, struct table *risk_tables);

#endif
