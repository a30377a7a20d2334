/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/canonical.h"

#include <math.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "values are stored as they lie in memory");
_Static_assert(sizeof(double) == 8, "doubles are IEEE 754 binary64");

size_t canonical_width(const struct column *column)
{
    return column->type == COLUMN_CATEGORY ? sizeof(int32_t) : column->width;
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
        canonical_widen(out, from, column->width, n);
        break;
    default:
        memcpy(out, from, n * width);
    }
}

bool canonical_codes_fit(const struct column *codes, size_t n)
{
    bool fit = true;
    for (size_t i = 0; i < n; i++) {
        const int32_t code = column_code(codes, i);
        fit &= code >= MISSING_CODE && (code < 0 || (size_t)code < codes->n_labels);
    }
    return fit;
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
            codes[i] = ((const int8_t *)in)[i];
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
