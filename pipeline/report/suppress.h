/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * suppress.h - which counts are hidden, so that no small one can be worked out.
 *
 *     1. every small count that has a cell is hidden                                    (primary)
 *     2. no relation may hold a single hidden count: the cheapest other one is hidden with it  (complementary)
 *     3. the audit (audit.h) looks at all relations together; in each connected part - of many thousand counts, in each
 *        neighbourhood - the first unsafe count gets what protects it at the least cost (protect.h), or, where that finds nothing,
 *        one more count near it is hidden, and the audit is repeated until nothing is unsafe
 *     4. what is not needed in the end is shown again                                    (show_again.h)
 *
 * The cheapest is the one of the lowest cost, then the one that opens the fewest relations in which nothing is hidden yet,
 * then the smallest, then the first.  Nobody (0) is always shown.  What an earlier release
 * showed cannot be hidden any more.  When nothing is left to hide and a count is still unsafe, tables are sought from the true
 * one again, then programmes are asked of large parts as well; then the release is refused.
 */
#ifndef REPORT_SUPPRESS_H
#define REPORT_SUPPRESS_H

#include "report/audit.h"
#include "report/count_system.h"

/** The last audit goes to *audit; any number of threads hides the same.  -1 after telling. */
int suppress_counts(struct count_system *system, int n_threads, struct audit *audit);

#endif
