/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * ledger_shares.h - what earlier releases told of a dashboard as shares, and what they withheld of it.
 *
 * A share tells people and events within bounds (share_range.h).  Two shares of one cell in two releases tell by how many both have changed,
 * also within bounds.  So the ledger has, beside its counts,
 *
 *     ledger.h5, table `shares`: study, sources, measure, programme, period (missing: all), told (1) or withheld (0)
 *         n, n_event, time                             as they were told: people of the first measure, who count of them, their time
 *         people, events                               exact: people whom the measure knows, and of those with the event
 *         people_low, ..., no_event_high               between which a reader of that release knew them
 *
 * A cell that is told again as it was is no news.  A withheld one is news when its people or its events differ from those of all such rows
 * by the threshold at least: until then it stays withheld, since what it protected then could be worked out from it now.  Ledgers of
 * before this table are read, too: they know of no share.
 */
#ifndef REPORT_LEDGER_SHARES_H
#define REPORT_LEDGER_SHARES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"
#include "report/ledger_people.h"
#include "report/share_range.h"

#define LEDGER_SHARES "shares"

/** One cell in one release. */
struct share_record {
    bool told, is_own; /* is_own: of this study and these sources, so that it need not be entered again */
    int64_t n, n_event, people, events;
    double time;       /* NaN: not a rate */
    struct share_bounds bounds;
    size_t next;       /* record of the same cell, of an earlier row; NO_RECORD */
};

#define NO_RECORD SIZE_MAX

struct ledger_shares;

/** An empty table; NULL after telling. */
struct table *ledger_shares_table(void);

/** Has it the columns of such a table? */
bool ledger_shares_are(const struct table *table);

/** The rows of the same people, by the cells of this dashboard; new ones are added to the table.  NULL after telling.  O(rows). */
struct ledger_shares *ledger_shares_alloc(struct table *table, const struct ledger_people *people, const struct table *programmes);
void ledger_shares_free(struct ledger_shares *shares); /* NULL is fine */

/** The last record of a row of table `programmes`, and the one before it; NULL: there is none, also where shares is NULL. */
const struct share_record *ledger_shares_last(const struct ledger_shares *shares, size_t row);
const struct share_record *ledger_shares_before(const struct ledger_shares *shares, const struct share_record *record);

/** Enters a record of a row of table `programmes`, where it is news.  -1 after telling. */
int ledger_shares_enter(struct ledger_shares *shares, size_t row, const struct share_record *record, int64_t threshold);

/** So many rows were entered. */
size_t ledger_shares_n_new(const struct ledger_shares *shares);

/** Do both differ by fewer than the threshold, people and events? */
bool share_records_are_near(const struct share_record *a, const struct share_record *b, int64_t threshold);

/** Stood the same in both releases? */
bool share_records_tell_the_same(const struct share_record *a, const struct share_record *b);

#endif
