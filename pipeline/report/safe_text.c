/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/safe_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

static bool is_direction_mark(uint32_t character)
{
    return (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069) ||
           character == 0x200e || character == 0x200f || character == 0x061c;
}

char *safe_text(const char *text)
{
    size_t length = strlen(text), n = 0;
    char *safe = allocate(length + 1, 1);

    for (size_t i = 0; safe != NULL && i < length;) {
        uint32_t character = 0;
        size_t size = utf8_character(text + i, length - i, &character);

        if (size == 0) {
            safe[n++] = '?';
            size = 1;
        } else if (character < ' ' || (character >= 0x7f && character < 0xa0)) {
            safe[n++] = ' ';
        } else if (!is_direction_mark(character)) {
            memcpy(safe + n, text + i, size);
            n += size;
        }
        i += size;
    }
    return safe;
}
