/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * table_print_text.h - the aligned form of table_print(), and the cell that all forms share.
 */
#ifndef BASE_TABLE_PRINT_TEXT_H
#define BASE_TABLE_PRINT_TEXT_H

#include <stdbool.h>

#include "base/number.h"
#include "base/print_buffer.h"
#include "base/table.h"

/** One value as text, not escaped; `number` holds the text of a number. */
struct cell {
    const char *text; /* "" when missing */
    size_t length;
    char number[NUMBER_SIZE];
};

/** exact: reals with every bit, else a few digits. */
void cell_read(struct cell *cell, const struct column *column, size_t row, bool exact);

int table_print_text(struct print_buffer *out, const struct table *table); /* -1 after telling */

#endif
