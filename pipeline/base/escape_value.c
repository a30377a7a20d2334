/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fail.h"
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

enum { VALUE_BYTES_SHOWN = 64 };

/* Characters that could move the cursor, turn the reading direction, or hide. */
static bool is_harmful(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0)                  /* C0, DEL, C1 */
           || character == '\'' || character == '"' || character == '\\'                /* end of the value */
           || character == 0x061c || (character >= 0x200b && character <= 0x200f)       /* marks, zero width */
           || (character >= 0x2028 && character <= 0x202e)                              /* line ends, embeddings */
           || (character >= 0x2060 && character <= 0x206f)                              /* joiners, isolates */
           || character == 0xfeff                                                       /* byte order mark */
           || (character >= 0xfff9 && character <= 0xfffb) || (character >= 0xe0000 && character <= 0xe007f);
}

const char *escape_value(char out[static ESCAPED_SIZE], const char *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const size_t shown = utf8_cut(bytes, length, VALUE_BYTES_SHOWN);
    char *to = out;
    for (size_t i = 0; i < shown;) {
        uint32_t character = 0;
        size_t n = utf8_character(bytes + i, shown - i, &character);
        if (n > 0 && !is_harmful(character)) {
            memcpy(to, bytes + i, n);
            to += n;
            i += n;
            continue;
        }
        for (n = n > 0 ? n : 1; n > 0; n--, i++) {
            const unsigned char byte = (unsigned char)bytes[i];
            *to++ = '\\';
            *to++ = 'x';
            *to++ = digits[byte >> 4];
            *to++ = digits[byte & 15];
        }
    }
    if (shown < length) {
        memcpy(to, "...", 3);
        to += 3;
    }
    *to = '\0';
    return out;
}
