/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programme_shares.h - measures of a dashboard that are told as shares, because their counts would give people away.
 *
 * Measures of one dashboard count the same people.  Two days of one outcome, and outcomes that do not know everybody, count
 * nearly the same: 1,917 and 1,910 people tell that seven were lost between.  So under a threshold only these are told by their
 * counts:
 *
 *     the first measure; and each of another outcome, none of whose days was told so before, that counts as many people in every cell
 *
 * Every other one is told as a share of the people of the first measure, with everything computed anew from that (of period signals only "above the limits" and "below the limits", and only where they do not hang on rounding):
 *
 *     n         the people N of the first measure in the cell
 *     n_event   whole number nearest to s N, s: its own share in whole per cent
 *     expected  N times the expected share, in whole per cent; variance: N times the mean, two significant digits
 *     a rate    N times the mean time, two digits; rate and expected rate, two digits
 *     ratio     and limits, from these; z with one decimal; charts from the cells that are shown
 *
 * A cell of it is shown where the first measure's people are, where it would be by itself (its people, those who count, those who do not:
 * nobody, or the threshold T and more), and where people and events that have the same share s differ enough (share_range.h): beside the
 * first measure, beside other days of its outcome that are told, and, over all cells, beside the days of the arms.  Where a line of the
 * grid would hide too little, further cells are withheld with it; a cell of which a near day of the outcome is told (people and events differ by
 * less than T) counts as told.
 *
 * Beside earlier releases (ledger_shares.h) a cell is told again as it was told, or where both releases together leave open by how many people and
 * events have changed; one that was withheld stays withheld until T people or T events are others.  The changes of a line's cells are looked at
 * together, too.
 */
#ifndef REPORT_PROGRAMME_SHARES_H
#define REPORT_PROGRAMME_SHARES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"
#include "report/ledger.h"
#include "report/release_counts.h"

/** One truth value a measure: is it told as a share?  At threshold 0 none is.  Caller frees; NULL after telling. */
bool *programme_shares_find(const struct table *measures, const struct table *programmes, int64_t threshold);

/** What is to be told: after the audit has decided which counts are hidden. */
struct programme_telling {
    struct table *measures, *programmes;
    const struct table *estimates; /* of the arms; NULL: none */
    const bool *is_share;          /* [measures] */
    const bool *is_hidden;         /* [rows of programmes] of measures that are told by counts: are those who count withheld? */
    int64_t threshold;
    struct ledger *ledger;               /* of earlier releases, after ledger_apply; NULL: none */
    const struct release_counts *counts; /* as they were given to it, after the audit; NULL: none */
};

/**
 * Hides counts of measures that are told by counts where an earlier release told the cell as a share, or withheld it, and both together would
 * tell changes of fewer than the threshold: after ledger_apply, before the counts are suppressed.  -1 after telling.
 */
int programme_shares_hide_counts(const struct table *measures, const struct table *programmes, const bool *is_share, struct ledger *ledger,
                                 const struct release_counts *counts);

/**
 * Puts into the rows of such measures what may be told of them; n is missing where nothing may.  Of other measures nothing changes.
 * Adds column `told_as` to measures: "counts" or "shares".  -1 after telling.
 */
int programme_shares_put(const struct programme_telling *what);

#endif
