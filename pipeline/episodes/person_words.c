/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/person_words.h"

#include <string.h>

/* One-to-one on 64 bits: xor with a shift of itself and odd multipliers can be undone (Stafford's mix 13). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

struct person_reader person_reader_of(const struct column *first, const struct column *second)
{
    return (struct person_reader){{first, second}, first->width <= 16};
}

static struct person_words words_of_text(const char *text, size_t length)
{
    struct person_words words = {0, length};

    for (size_t at = 0; at < length; at += 8) {
        uint64_t eight = 0;
        memcpy(&eight, text + at, length - at < 8 ? length - at : 8);
        words.hash = mix(words.hash ^ eight) + UINT64_C(0x9e3779b97f4a7c15);
        words.rest = mix(words.rest + (eight ^ UINT64_C(0xd6e8feb86659fd93))) ^ words.hash;
    }
    return words;
}

/* The first word is mixed with the second, which is kept: from both the key can be had back. */
static struct person_words words_of_pair(uint64_t first, uint64_t second)
{
    return (struct person_words){mix(first ^ mix(second + UINT64_C(0x9e3779b97f4a7c15))), second};
}

bool person_words_read(const struct person_reader *key, size_t row, struct person_words *words)
{
    const struct column *column = key->columns[0];
    uint64_t pair[2] = {0, 0};

    if (column_is_missing(column, row))
        return false;
    if (key->columns[1] != NULL) {
        if (column_is_missing(key->columns[1], row))
            return false;
        *words = words_of_pair((uint64_t)column_integer(column, row), (uint64_t)column_integer(key->columns[1], row));
        return true;
    }
    if (column->type != COLUMN_TEXT) {
        *words = words_of_pair((uint64_t)column_integer(column, row), 0);
        return true;
    }
    const char *text = (const char *)column->values + row * column->width;
    if (!key->exact) {
        *words = words_of_text(text, strnlen(text, column->width));
        return true;
    }
    memcpy(pair, text, column->width);
    *words = words_of_pair(pair[0], pair[1]);
    return true;
}

int person_words_compare(const struct person_reader *key, size_t row, size_t other)
{
    const struct column *column = key->columns[0];

    if (key->exact || row == other)
        return 0;
    return memcmp((const char *)column->values + row * column->width,
                  (const char *)column->values + other * column->width, column->width);
}
