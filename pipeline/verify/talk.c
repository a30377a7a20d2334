/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/talk.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/utf8.h"

static bool is_harmless(uint32_t c)
{
    const bool turns = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;

    return c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0) && !turns;
}

void talk_cell(const struct table *table, const char *column, size_t row)
{
    size_t n;
    const char *text = column_text(table_column(table, column), row, &n);

    for (size_t i = 0; i < n;) {
        uint32_t character;
        const size_t length = utf8_character(text + i, n - i, &character);
        if (length > 0 && is_harmless(character))
            fwrite(text + i, 1, length, stdout);
        else
            putchar('?');
        i += length > 0 ? length : 1;
    }
}
