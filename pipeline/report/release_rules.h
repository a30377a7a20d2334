/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * release_rules.h - which tables and columns of results.h5 may leave, and when a row of them is withheld.
 *
 * What is not listed here does not leave: a table or column that a later version adds stays inside until
 * somebody decides what it is.  Counts are hidden cell by cell, as the audit decided (suppress.h).  The numbers of a row
 * (withhold.h):
 *
 *   estimates, verdicts   withheld when the people behind it are too few in one of its arms (exposure.h) or in a level
 *                         of its model (model_rules.h); a quantile needs `threshold` people on each side; read again from
 *                         the released curves (reread.h); coarse when its counts are hidden to protect others
 *   baseline              percentages need their level and the missing ones shown; a mean `threshold` people
 *   quality               the ends of ranges stay inside
 *   balance               withheld when one of the baseline levels it was computed from is hidden
 *   flow                  a median needs `threshold` moves on each side
 *   programmes            a subtraction within its grid would give it back (withhold_programmes.h)
 *
 * In a withheld row all computed numbers are missing.  The added column `status` says "withheld" when a cell of the row is.
 * risk_tables hold every exit of every person, so they leave only at threshold 0; curves have their own rule
 * (release_curves.h).
 */
#ifndef REPORT_RELEASE_RULES_H
#define REPORT_RELEASE_RULES_H

#include <stdbool.h>

#include "base/table.h"
#include "report/coarse_curves.h"
#include "report/exposure.h"
#include "report/release_counts.h"
#include "report/release_table.h"
#include "report/reread.h"

/** The exact tables that rules look at. */
struct release_source {
    struct release_policy policy;
    struct exposure exposure;
    const struct table *baseline; /* may be NULL */
    /* These three are not looked at when the threshold is 0. */
    const bool *level_is_small; /* [rows of baseline] model_rules.h */
    const struct coarse_curves *curves;
    const struct release_counts *counts;
    const struct table *programmes, *programme_measures; /* NULL: the study has no dashboard */
    const bool *is_share;                   /* [measures of it] programme_shares.h; NULL: nothing is hidden */
};

/** May a table of this name leave under the policy by these rules? */
bool release_rules_know(const struct release_policy *policy, const char *table);

/** The releasable form of one exact table.  NULL after telling. */
struct release_table *release_by_rules(const struct release_source *source, const struct table *exact);

#endif
