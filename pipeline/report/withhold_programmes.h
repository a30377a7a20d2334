/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * withhold_programmes.h - which rows of table `programmes` would give a small count away.
 *
 * The counts of a measure stand in a grid: programmes down, periods across, each with its total.  A cell is withheld when its
 * people, those who count among them, or those who do not, are fewer than the threshold; and where a line of the grid, its
 * total included, would hide one cell alone, which a subtraction gives back, the cell with the fewest people beside it is
 * withheld as well, rather a part than the total, until no line hides one alone.  Cells without people hide nothing.
 */
#ifndef REPORT_WITHHOLD_PROGRAMMES_H
#define REPORT_WITHHOLD_PROGRAMMES_H

#include <stdbool.h>

#include "base/table.h"
#include "report/release_table.h"

/** One truth value a row of the exact table; caller frees.  NULL after telling. */
bool *programmes_withheld(const struct release_policy *policy, const struct table *exact);

#endif
