/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/canonical.h"

#include <math.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "values are stored as they lie in memory");
_Static_assert(sizeof(double) == 8, "doubles are IEEE 754 binary64");

size_t canonical_width(const struct column *column)
{
    return column_type_width(column->type, column->width, column->n_labels);
}

bool canonical_is_plain(const struct column *column)
{
    return column->type != COLUMN_FLOAT64 && column->type != COLUMN_TEXT && column->width == canonical_width(column);
}

static void copy_reals(double *out, const double *values, size_t n)
{
    static const uint64_t missing_bits = UINT64_C(0x7ff8000000000000);
    double missing;
    memcpy(&missing, &missing_bits, sizeof missing);
    for (size_t i = 0; i < n; i++)
        out[i] = isnan(values[i]) ? missing : values[i];
}

static void copy_texts(char *out, size_t width, const char *texts, size_t text_width, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *const text = texts + i * text_width;
        const size_t length = strnlen(text, text_width);
        memcpy(out + i * width, text, length);
        memset(out + i * width + length, 0, width - length);
    }
}

static void copy_codes(void *out, size_t width, const void *codes, size_t from_width, size_t n)
{
    enum { PIECE = 1024 };
    int32_t wide[PIECE];
    if (width == from_width) {
        memcpy(out, codes, n * width);
        return;
    }
    for (size_t i = 0; i < n; i += PIECE) {
        const size_t n_piece = n - i < PIECE ? n - i : PIECE;
        canonical_widen(wide, (const char *)codes + i * from_width, from_width, n_piece);
        canonical_narrow((char *)out + i * width, width, wide, n_piece);
    }
}

void canonical_copy(void *out, size_t width, const struct column *column, size_t first, size_t n)
{
    if (n == 0)
        return;
    const char *const from = (const char *)column->values + first * column->width;
    switch (column->type) {
    case COLUMN_FLOAT64:
        copy_reals(out, (const double *)column->values + first, n);
        break;
    case COLUMN_TEXT:
        copy_texts(out, width, from, column->width, n);
        break;
    case COLUMN_CATEGORY:
        copy_codes(out, width, from, column->width, n);
        break;
    default:
        memcpy(out, from, n * width);
    }
}

/* Blocks of a fixed size, so that a compiler makes them one instruction for many codes. */
enum { BLOCK = 64 };

/* A code that fits is, plus one, an unsigned number up to n_labels: -1 becomes 0, and other negative ones are large. */
#define DEFINE_MOST(NAME, TYPE)                                                                                        \
    static TYPE NAME(const TYPE *codes, size_t n)                                                                      \
    {                                                                                                                  \
        TYPE most[BLOCK] = {0}, all = 0;                                                                               \
        size_t i = 0;                                                                                                  \
        for (; i + BLOCK <= n; i += BLOCK)                                                                             \
            for (size_t k = 0; k < BLOCK; k++) {                                                                       \
                const TYPE next = (TYPE)(codes[i + k] + 1);                                                            \
                most[k] = next > most[k] ? next : most[k];                                                             \
            }                                                                                                          \
        for (; i < n; i++) {                                                                                           \
            const TYPE next = (TYPE)(codes[i] + 1);                                                                    \
            all = next > all ? next : all;                                                                             \
        }                                                                                                              \
        for (size_t k = 0; k < BLOCK; k++)                                                                             \
            all = most[k] > all ? most[k] : all;                                                                       \
        return all;                                                                                                    \
    }

DEFINE_MOST(most_8, uint8_t)
DEFINE_MOST(most_16, uint16_t)
DEFINE_MOST(most_32, uint32_t)

bool canonical_codes_fit(const struct column *codes, size_t n)
{
    if (codes->width == 1)
        return most_8(codes->values, n) <= codes->n_labels;
    if (codes->width == 2)
        return most_16(codes->values, n) <= codes->n_labels;
    return most_32(codes->values, n) <= codes->n_labels;
}

void canonical_narrow(void *out, size_t width, const int32_t *codes, size_t n)
{
    if (width == 1)
        for (size_t i = 0; i < n; i++)
            ((int8_t *)out)[i] = (int8_t)codes[i];
    else if (width == 2)
        for (size_t i = 0; i < n; i++)
            ((int16_t *)out)[i] = (int16_t)codes[i];
    else
        memcpy(out, codes, n * sizeof *codes);
}

void canonical_widen(int32_t *codes, const void *in, size_t width, size_t n)
{
    if (width == 1)
        for (size_t i = 0; i < n; i++)
            codes[i] = (int32_t)((const int8_t *)in)[i];
    else if (width == 2)
        for (size_t i = 0; i < n; i++)
            codes[i] = ((const int16_t *)in)[i];
    else
        memcpy(codes, in, n * sizeof *codes);
}

int32_t canonical_largest(const int32_t *codes, size_t n)
{
    int32_t largest = -1;
    for (size_t i = 0; i < n; i++)
        largest = codes[i] > largest ? codes[i] : largest;
    return largest;
}
