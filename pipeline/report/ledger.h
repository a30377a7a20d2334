/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * ledger.h - what earlier releases of a study, or of its data, showed: private, exact, beside results.h5.
 *
 * Two releases that differ by three people tell about three people.  So every release is entered here before it is written:
 *
 *     ledger.h5, table `ledger`: study, sources, key and value of each count (count_system.h), shown (1) or hidden (0)
 *     and table `shares` where a dashboard tells some: ledger_shares.h
 *
 * An earlier release speaks of the same people when it was of a study of this name, or when a source file of it had the same
 * bytes: two study files over one source are compared with each other, count by count of the same key, whatever each of them
 * means by "all", an arm or an outcome.  Ledgers of before the column `sources` are read, too.
 *
 * and the next one takes it into its audit: a count that was shown with another value is known to a reader, and so is its
 * difference from the new one, which may be small; a count that was shown with the same value cannot be hidden any more; one
 * that was hidden stays hidden, and what was hidden is protected together with what is shown now (ledger_mirror.h).  So a release
 * that is made again from the same results is the same.
 */
#ifndef REPORT_LEDGER_H
#define REPORT_LEDGER_H

#include "base/table.h"
#include "report/count_system.h"
#include "report/ledger_shares.h"

struct ledger;

/**
 * A file that is not there is an empty ledger.  sources: marks of the source files, as ledger_sources makes them; "" when
 * they are not known.  NULL after telling.
 */
struct ledger *ledger_open(const char *path, const char *study, const char *sources);
void ledger_close(struct ledger *ledger); /* NULL is fine */

/** Takes earlier releases of the same people into the system: before suppress_counts.  -1 after telling. */
int ledger_apply(struct ledger *ledger, struct count_system *system);

/** What was told as shares of the cells of this dashboard; it is the ledger's.  NULL after telling. */
struct ledger_shares *ledger_shares(struct ledger *ledger, const struct table *programmes);

/**
 * May a reader who knows the count of this key as earlier releases showed it know it between these bounds now
 * (share_bound_is_hidden)?  truth: what it is; nobody has changed where it is the same.  After ledger_apply.
 */
bool ledger_hides_change(const struct ledger *ledger, const char *key, int64_t truth, struct share_bound now, int64_t threshold);

/** Enters what a release shows and hides, and writes the file when that is news, shares included.  -1 after telling. */
int ledger_enter(struct ledger *ledger, const struct count_system *system);

#endif
