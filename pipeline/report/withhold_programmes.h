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
#include "report/pool.h"
#include "report/release_table.h"

/**
 * One truth value a row of the exact table; caller frees.  NULL after telling.
 * is_share: [measures] those that are told as shares, whose rows are withheld where n is missing (programme_shares.h); NULL: none.
 */
bool *programmes_withheld(const struct release_policy *policy, const struct table *exact, const bool *is_share);

/** What may be told of a period that is shown, of the chart that it is a point of. */
enum chart_release {
    CHART_NOTHING,  /* no centre, no limits, no signal */
    CHART_LIMITS,   /* and whether the point lies beyond them */
    CHART_EVERY,    /* and every signal */
};

/**
 * programmes_charted - what of its control chart leaves with each row.
 *
 * A centre is made of all periods of its baseline, hidden ones too, and so is Laney's factor.  They leave where every period
 * of the baseline that has people is shown; and where an ordinary chart has one phase that is all its own baseline, for its
 * centre is then the share of the total, as long as that is shown.  A signal of several points (a run, a trend, two of
 * three near a limit) tells on which side hidden ones lie: it leaves where as many points as make it stand together, none of
 * them hidden.
 *
 * measures   programme_measures, for the lengths of runs and trends
 * withheld   [n_rows] rows that do not leave
 * One a row; rows over all periods: CHART_EVERY.  Caller frees; NULL after telling.
 */
enum chart_release *programmes_charted(const struct table *measures, const struct table *exact, const bool *withheld);

/** The parts of a signal that may leave. */
const char *released_signal(struct pool *pool, enum chart_release release, const char *signal);

#endif
