/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/column_codes.h"

enum { PIECE = 1024 };

#define READ(type)                                                                                                     \
    for (size_t i = 0; i < n; i++)                                                                                     \
        codes[i] = (int32_t)((const type *)column->values)[rows[i]]

void column_codes_read(const struct column *column, const size_t *rows, size_t n, int32_t *codes)
{
    switch (column->width) {
    case 1:
        READ(int8_t);
        break;
    case 2:
        READ(int16_t);
        break;
    default:
        READ(int32_t);
    }
}

/* Piece by piece, so that what is read stays near. */
static size_t read_piece(const struct column *column, const size_t *rows, size_t first, size_t n, int32_t codes[static PIECE])
{
    const size_t n_piece = n - first < PIECE ? n - first : PIECE;
    column_codes_read(column, rows + first, n_piece, codes);
    return n_piece;
}

void column_codes_mark(const struct column *column, const size_t *rows, size_t n, int64_t *occurs)
{
    int32_t codes[PIECE];
    for (size_t first = 0; first < n; first += PIECE) {
        const size_t n_piece = read_piece(column, rows, first, n, codes);
        for (size_t i = 0; i < n_piece; i++)
            if (codes[i] >= 0)
                occurs[codes[i]] = 1;
    }
}

void column_codes_map(const struct column *column, const size_t *rows, size_t n, const uint16_t *map, uint16_t *made)
{
    int32_t codes[PIECE];
    for (size_t first = 0; first < n; first += PIECE) {
        const size_t n_piece = read_piece(column, rows, first, n, codes);
        for (size_t i = 0; i < n_piece; i++)
            made[first + i] = map[codes[i]];
    }
}
