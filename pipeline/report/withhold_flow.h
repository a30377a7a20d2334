/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * withhold_flow.h - which moves between levels of care may not be told: table `flow`.
 *
 * What enters a level and what leaves it are equally many, and so are beginnings and ends.  A single number that is
 * hidden at a level would be the difference of the others; then the smallest of those is hidden with it, and so on, until
 * no level has one alone.
 */
#ifndef REPORT_WITHHOLD_FLOW_H
#define REPORT_WITHHOLD_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/table.h"
#include "report/release_table.h"

/** Is row `row` of the exact table to be hidden?  O(rows of its arm, squared). */
bool flow_is_small(const struct release_policy *policy, const struct table *flow, size_t row);

#endif
