/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * ledger.h - what earlier releases of a study showed: private, exact, beside results.h5.
 *
 * Two releases that differ by three people tell about three people.  So every release is entered here before it is written:
 *
 *     ledger.h5, table `ledger`: study, key and value of each count (count_system.h), shown (1) or hidden (0)
 *
 * and the next one takes it into its audit: a count that was shown with another value is known to a reader, and so is its
 * difference from the new one, which may be small; a count that was shown with the same value cannot be hidden any more; one
 * that was hidden stays hidden.  So a release that is made again from the same results is the same.
 */
#ifndef REPORT_LEDGER_H
#define REPORT_LEDGER_H

#include "report/count_system.h"

struct ledger;

/** A file that is not there is an empty ledger.  NULL after telling. */
struct ledger *ledger_open(const char *path, const char *study);
void ledger_close(struct ledger *ledger); /* NULL is fine */

/** Takes earlier releases of the study into the system: before suppress_counts.  -1 after telling. */
int ledger_apply(const struct ledger *ledger, struct count_system *system);

/** Enters what a release shows and hides, and writes the file when that is news.  -1 after telling. */
int ledger_enter(struct ledger *ledger, const struct count_system *system);

#endif
