/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * published.h - what others printed, beside what we compute.
 *
 * published.csv has the key columns of `estimates` (analysis outcome population adjustment estimand stratum measure
 * term cause arm reference time), then source table cell printed printed_low printed_high printed_p tolerance expected
 * note; columns that no row needs may be left out.  An empty key cell means "the only value there"; two estimates that fit
 * are an error.  A printed number may end in "%": it is then compared with 100 times ours.
 *
 * Arm `*` is all arms together: only for `risk`, where risks are plain counts.
 *
 * It matches when our unrounded number, rounded once to the digits printed, is the printed one, or lies within the
 * stated tolerance (on the printed scale, of the number and its limits); the limits and the p-value, where printed, have
 * to match as well.  For tests the statistic is compared.
 *
 * expected: matches (also when empty), differs or not_computable; the latter two need a note that says why.
 *
 * Table `published`: the columns above with recomputed and difference (both on the printed scale; difference = ours - printed)
 * and match: matches | differs | not_computable.
 */
#ifndef COMPARE_PUBLISHED_H
#define COMPARE_PUBLISHED_H

#include <stdbool.h>

#include "base/table.h"

struct table *published_alloc(void); /* the empty table; NULL after telling */

/** Reads the file and matches every row with `estimates`; -1 after telling. */
int published_match(const char *path, const struct table *estimates, struct table *published);

/**
 * Matches the rows of a finished table anew, from its printed cells, with estimates: what a reader of a results file does.
 * path serves messages, which count the table's rows as lines.
 */
int published_match_again(const char *path, const struct table *published, const struct table *estimates,
                          struct table *again);

/** Is this row of the table against what its author expects: `matches` expected and not found?  */
bool published_surprises(const struct table *published, size_t row);

#endif
