/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * findings.h - what a check found: a table, a row an item, and its summary.
 *
 *     check     checksum, manifest, input, estimates, curves, ...
 *     item      what was looked at: a table, a file, the key of an estimate
 *     quantity  which number of it; empty: the item as a whole
 *     finding   holds | differs | does_not_follow (nothing stored tells what it should be)
 *     stored, recomputed   the two numbers, where there are two
 *     why       the reason, or what differs
 */
#ifndef VERIFY_FINDINGS_H
#define VERIFY_FINDINGS_H

#include <stdbool.h>

#include "base/table.h"
#include "base/table_print.h"

enum finding { FINDING_HOLDS, FINDING_DIFFERS, FINDING_DOES_NOT_FOLLOW };

struct table *findings_alloc(void); /* NULL after telling */

/** why NULL: nothing to say.  -1 after telling. */
int findings_add(struct table *findings, const char *check, const char *item, enum finding finding, const char *why);

/** A number that was recomputed: holds or differs. */
int findings_add_number(struct table *findings, const char *check, const char *item, const char *quantity, double stored,
                        double recomputed, bool holds);

size_t findings_count(const struct table *findings, const char *check, enum finding finding); /* check NULL: all */

/** How two numbers that differ are told: "p_value is 0.04, recomputed 0.05"; "p_value was 0.04, now 0.05". */
enum findings_talk { FINDINGS_RECOMPUTED, FINDINGS_CHANGED };

/**
 * On standard output.  As text: a line a check with its counts, then everything that differs, then, by reason, what does
 * not follow; as csv or json the whole table.  -1 after telling.
 */
int findings_print(const struct table *findings, enum table_format format, enum findings_talk talk);

/** EXIT_DONE, or EXIT_CHECK_SAID_NO when something differs. */
int findings_exit_status(const struct table *findings);

#endif
