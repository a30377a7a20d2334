/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * exposure.h - how many people stand behind a number: the exact counts that decide whether it may leave.
 *
 * An estimate at day t of an arm rests on three counts: people in the arm, people with the event by t, people
 * without.  When one of them lies in 1 .. threshold - 1 the estimate gives that count away, and so does every
 * difference, ratio and test that uses the arm.  The counts are added up from the exact risk tables, whose rows
 * are (analysis, outcome, population, stratum, arm, time), and read from the estimates of single arms, which alone
 * know the counts of a yes-or-no outcome.
 */
#ifndef REPORT_EXPOSURE_H
#define REPORT_EXPOSURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/table.h"
#include "report/release_table.h"

/** Which people: the key cells of row `row` of a table with columns analysis, outcome, population, stratum. */
struct exposure {
    const struct release_policy *policy;
    const struct table *risk_tables; /* may be NULL */
    const struct table *estimates;   /* may be NULL */
    size_t n_runs, *runs;            /* [n_runs + 1] where rows of one arm of one analysis begin */
    size_t n_thin, *thin;            /* rows of the estimates of one arm whose own counts are small */
};

/** The tables are not copied.  -1 after telling; exposure_free() in any case. */
int exposure_start(struct exposure *exposure, const struct release_policy *policy, const struct table *risk_tables,
                   const struct table *estimates);
void exposure_free(struct exposure *exposure);

/**
 * Are the people of `arm` ("" for every arm) behind row `row` of `table` too few, up to day `time` (NaN: to the
 * end)?  O(arms of all analyses, their days, and thin rows of the estimates).
 */
bool exposure_is_small(const struct exposure *exposure, const struct table *table, size_t row, const char *arm,
                       size_t arm_length, double time);

#endif
