/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * ledger_people.h - does an earlier release speak of the same people?
 *
 * It does when it was of a study of this name, or when a source file of it had the same bytes (ledger.h).
 */
#ifndef REPORT_LEDGER_PEOPLE_H
#define REPORT_LEDGER_PEOPLE_H

#include <stdbool.h>

#include "base/table.h"
#include "report/pool.h"

/** Whose release it is: its study, and the marks of its sources. */
struct ledger_people {
    char *study, *sources;
};

/** The first 16 digits of the SHA-256 of each source of people that a provenance names, between blanks. */
const char *ledger_sources(struct pool *pool, const struct table *provenance);

/** Of a row of a table with columns `study` and `sources`. */
bool ledger_people_are_same(const struct ledger_people *people, const struct table *table, size_t row);

/** Is it a release of this very study and these very sources, so that nothing is news when it comes again? */
bool ledger_people_are_own(const struct ledger_people *people, const struct table *table, size_t row);

#endif
