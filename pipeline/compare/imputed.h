/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * imputed.h - adjusted numbers when covariates are missing: multiple imputation (stats/chained.h, stats/rubin.h).
 *
 * Missing covariates that are known at time zero are drawn `imputation: n` times from a model of the other covariates, the
 * arm, the outcome's event and its cumulative hazard (White & Royston 2009, doi:10.1002/sim.3618), or its value.  In each
 * completed data set every adjustment is made anew - the propensity is fitted again - and the results are pooled after Rubin, with
 * Barnard and Rubin's degrees of freedom.  Rows have adjustment "NAME_imputed"; ratios are pooled on the log scale.  Nobody is
 * left out any more.  Numbers of single arms and balance are pooled as well (imputed_tables.h), and
 * contrasts within levels of `subgroups` (imputed_subgroups.h).  A number that does not exist in some data set is undefined; one that is flagged in some is flagged.
 *
 * A counted row gets one value.  Draws belong to what a row holds and the study's seed, not to where it stands.
 */
#ifndef COMPARE_IMPUTED_H
#define COMPARE_IMPUTED_H

#include "compare/slices.h"
#include "compare/wanted.h"

/** Where rows go. */
struct imputed_results {
    struct table *estimates, *verdicts, *balance;
};

/** Rows and verdicts; nothing where the analysis asks for none, or nothing is missing (told).  -1 after telling. */
int imputed_add(const struct comparison *comparison, const struct people *people, const struct wanted_list *wanted,
                const struct imputed_results *into);

#endif
