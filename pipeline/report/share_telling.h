/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * share_telling.h - inside programme_shares: one measure on its way from what was counted to what is told.
 *
 *     share_checks.c   may a cell be told, for itself and beside what else is known?
 *     share_lines.c    does a line of cells give one of them away?
 *     share_earlier.c  what did earlier releases tell of a cell?
 *     share_charts.c   the control charts of what is told
 */
#ifndef REPORT_SHARE_TELLING_H
#define REPORT_SHARE_TELLING_H

#include "compare/programme_chart.h"
#include "report/programme_counted.h"
#include "report/programme_shape.h"
#include "report/programme_shares.h"
#include "report/share_range.h"

/* Of table `programmes`, found once. */
struct columns {
    struct column *n, *n_event, *n_unknown, *expected, *variance, *ratio, *conf_low, *conf_high, *z, *centre, *low, *high, *signal,
        *person_time, *phase, *baseline, *factor;
};

/* Another measure beside the one that is told. */
struct other_measure {
    bool same_outcome;
    int days; /* of share_range.h: which day of one outcome is the later one? */
};

/* A measure that is told as a share, beside the first one. */
struct telling {
    const struct programme_telling *what;
    struct table *programmes, *measures;
    struct programme_shape shape;
    struct columns columns;
    size_t measure, first_row;    /* row of its first cell */
    bool is_rate, is_without;     /* share of people without the event */
    int64_t threshold;
    const struct counted *counted; /* [n_measures * n_cells] */
    struct other_measure *others;  /* [n_measures] */
    struct programme_cell *cells; /* [n_cells] as they are told; n = MISSING_INTEGER: not at all */
    struct ledger_shares *earlier; /* NULL: no ledger */
    struct share_bounds *bounds;  /* [n_cells] what a reader knows of those that are told */
    bool *is_change;              /* [n_cells] withheld because of what has changed since an earlier release, not for who they are */
};

/** Sets others: what does not change from cell to cell is looked up once. */
void share_look_at_others(const struct telling *telling);

/** May the share of a cell be told, as far as the cell alone says?  Sets its bounds. */
bool share_may_be_told(const struct telling *telling, size_t cell);

/** All programmes in all periods beside the events of the arms: else nothing of the measure is told. */
bool share_hides_beside_arms(const struct telling *telling);

/** Withholds further cells (n = MISSING_INTEGER) until no line gives one away. */
void share_protect_lines(const struct telling *telling);

/** Withholds what would tell, beside earlier releases, that fewer than the threshold have changed, and what they withheld.  Sets is_change. */
void share_keep_earlier(const struct telling *telling);

/** Was this cell, withheld now, told by an earlier release when it was nearly the same? */
bool share_was_told_nearly(const struct telling *telling, size_t cell);

/** Would the changes of what is told of a line tell those of what is not told of it? */
bool share_line_tells_changes(const struct telling *telling, const struct programme_line *line);

/** Enters all cells into the ledger.  -1 after telling. */
int share_enter(const struct telling *telling);

/** Phase, limits and signals of all cells; a period that is not told is no point.  -1 after telling. */
int share_chart(const struct telling *telling);

#endif
