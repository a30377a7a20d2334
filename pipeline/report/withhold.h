/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * withhold.h - does a row give away a count that is hidden elsewhere?
 */
#ifndef REPORT_WITHHOLD_H
#define REPORT_WITHHOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/table.h"
#include "report/release_rules.h"

/** By the rules of release_rules.h, for row `row` of an exact table with its name. */
bool gives_small_count_away(const struct release_source *source, const struct table *exact, size_t row);

/** What a text column of a withheld row says: "withheld" as status and verdict, the reason as note, else itself. */
const char *withheld_text(const char *column, const char *text);

#endif
