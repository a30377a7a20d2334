/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * column_codes.h - the codes of a category, many at a time: how wide they lie is looked at once, not for each.
 */
#ifndef BASE_COLUMN_CODES_H
#define BASE_COLUMN_CODES_H

#include "base/table.h"

/** codes[i] of row rows[i], -1 where it is missing.  The column is a category. */
void column_codes_read(const struct column *column, const size_t *rows, size_t n, int32_t *codes);

/** occurs[code] = 1 for each code of these rows that is not missing; nothing becomes 0. */
void column_codes_mark(const struct column *column, const size_t *rows, size_t n, int64_t *occurs);

/** made[i] = map[code of row rows[i]]; no code is missing. */
void column_codes_map(const struct column *column, const size_t *rows, size_t n, const uint16_t *map, uint16_t *made);

#endif
