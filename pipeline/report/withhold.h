/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * withhold.h - what becomes of the numbers of a row, when some of its counts are hidden.
 */
#ifndef REPORT_WITHHOLD_H
#define REPORT_WITHHOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/table.h"
#include "report/release_rules.h"

enum fate {
    FATE_SHOWN,
    FATE_REREAD,   /* estimate and limits come from the released curves (reread.h); nothing else is shown */
    FATE_COARSE,   /* its counts are hidden to protect others: estimate, limits, p alone, two significant digits */
    FATE_WITHHELD, /* no number is shown */
};

/**
 * By the rules of release_rules.h, for row `row` of an exact table with its name.  *numbers: of FATE_REREAD, and of a
 * FATE_COARSE row that was read again.
 */
enum fate row_fate(const struct release_source *source, const struct table *exact, size_t row, struct reread *numbers);

/** May this computed number be shown, in a row that is not withheld? */
bool number_may_leave(const struct release_source *source, const struct table *exact, size_t row, const char *column);

/** Is this count hidden? */
bool count_is_hidden(const struct release_source *source, const struct table *exact, size_t row, const char *column);

/**
 * What a text column says under a threshold.  In a withheld row: "withheld" as status and verdict, the reason as note.
 * Numbers in notes and gates are computed from people and leave no row.
 */
const char *released_text(struct pool *pool, enum fate fate, const char *column, const char *text);

#endif
