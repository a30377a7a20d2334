/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * release_rules.h - which tables and columns of results.h5 may leave, and when a row of them is withheld.
 *
 * What is not listed here does not leave: a table or column that a later version adds stays inside until
 * somebody decides what it is.  A row is withheld when one of its counts is small (release_table.h) or when its
 * numbers would give a small count away:
 *
 *   estimates, verdicts   the people behind it are too few in one of its arms (exposure.h); a quantile needs
 *                         `threshold` people on each side
 *   baseline              the level's complement in the arm is small
 *   quality               another row of the same file and column is small
 *   programmes            a subtraction within its grid would give it back (withhold_programmes.h)
 *   balance               one of the baseline rows it was computed from is withheld
 *
 * In a withheld row all counts and computed numbers are missing and the added column `status` says "withheld".
 * risk_tables hold every exit of every person, so they leave only at threshold 0; curves have their own rule
 * (release_curves.h).
 */
#ifndef REPORT_RELEASE_RULES_H
#define REPORT_RELEASE_RULES_H

#include <stdbool.h>

#include "base/table.h"
#include "report/exposure.h"
#include "report/release_table.h"

/** The exact tables that rules look at. */
struct release_source {
    struct release_policy policy;
    struct exposure exposure;
    const struct table *baseline; /* may be NULL */
};

/** May a table of this name leave under the policy by these rules? */
bool release_rules_know(const struct release_policy *policy, const char *table);

/** The releasable form of one exact table.  NULL after telling. */
struct release_table *release_by_rules(const struct release_source *source, const struct table *exact);

#endif
