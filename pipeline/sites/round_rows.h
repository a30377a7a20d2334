/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * round_rows.h - the rows of `estimates` of the regressions that are finished.
 */
#ifndef SITES_ROUND_ROWS_H
#define SITES_ROUND_ROWS_H

#include "base/table.h"
#include "sites/round.h"

/** NULL after telling. */
struct table *round_estimates(const struct study *study, const struct round *round);

#endif
