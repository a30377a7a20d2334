/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utf8.h"

size_t utf8_character(const char *bytes, size_t length, uint32_t *character)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000}; /* below it a form is overlong */
    if (length == 0)
        return 0;
    const unsigned char first = (unsigned char)bytes[0];
    size_t n;
    uint32_t point;
    if (first < 0x80) {
        n = 1;
        point = first;
    } else if (first >= 0xc2 && first < 0xe0) {
        n = 2;
        point = first & 0x1fu;
    } else if (first >= 0xe0 && first < 0xf0) {
        n = 3;
        point = first & 0x0fu;
    } else if (first >= 0xf0 && first < 0xf5) {
        n = 4;
        point = first & 0x07u;
    } else {
        return 0;
    }
    if (n > length)
        return 0;
    for (size_t i = 1; i < n; i++) {
        const unsigned char next = (unsigned char)bytes[i];
        if ((next & 0xc0u) != 0x80u)
            return 0;
        point = point << 6 | (next & 0x3fu);
    }
    if (point < smallest[n] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return 0;
    if (character != NULL)
        *character = point;
    return n;
}

size_t utf8_cut(const char *bytes, size_t length, size_t max)
{
    if (length <= max)
        return length;
    /* A character has at most 4 bytes: only the last three starts can reach over the edge. */
    for (size_t back = 1; back <= 3 && back <= max; back++) {
        const size_t n = utf8_character(bytes + max - back, length - (max - back), NULL);
        if (n > back)
            return max - back;
        if (n > 0)
            break;
    }
    return max;
}
