/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/column_fill.h"
#include "base/memory.h"
#include "base/table.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t column_type_width(enum column_type type, size_t text_width, size_t n_labels)
{
    switch (type) {
    case COLUMN_INT8:
        return 1;
    case COLUMN_INT16:
        return 2;
    case COLUMN_INT32:
        return 4;
    case COLUMN_INT64:
    case COLUMN_FLOAT64:
        return 8;
    case COLUMN_CATEGORY: /* codes -1 .. n_labels - 1 */
        return n_labels <= (size_t)INT8_MAX + 1 ? 1 : n_labels <= (size_t)INT16_MAX + 1 ? 2 : 4;
    case COLUMN_TEXT:
        break;
    }
    return text_width > 0 ? text_width : 1;
}

const char *column_type_name(enum column_type type)
{
    static const char *const names[] = {"int8", "int16", "int32", "int64", "float64", "category", "text"};
    return (size_t)type < sizeof names / sizeof *names ? names[type] : "unknown";
}

bool column_any_missing(const struct column *column, size_t n)
{
    if (column->type == COLUMN_CATEGORY && column->width == 1) {
        const int8_t *const codes = column->values;
        int8_t any = 0; /* missing ones are below 0, and no others */
        for (size_t i = 0; i < n; i++)
            any |= codes[i];
        return any < 0;
    }
    for (size_t i = 0; i < n; i++)
        if (column_is_missing(column, i))
            return true;
    return false;
}

bool column_is_numeric(const struct column *column)
{
    return column->type != COLUMN_CATEGORY && column->type != COLUMN_TEXT;
}

const char *column_text(const struct column *column, size_t row, size_t *length)
{
    if (column->type == COLUMN_TEXT) {
        const char *const text = (const char *)column->values + row * column->width;
        *length = strnlen(text, column->width);
        return text;
    }
    const int32_t code = column_code(column, row);
    const char *const text = code >= 0 && (size_t)code < column->n_labels ? column->labels[code] : "";
    *length = strlen(text);
    return text;
}

/* Stores the value when it lies above `lowest`, which means missing, and at most at `highest`. */
#define SET_INTEGER(type, lowest, highest)                                                \
    do {                                                                                  \
        const bool fits = value > (lowest) && value <= (highest);                         \
        ((type *)column->values)[row] = fits ? (type)value : (lowest);                    \
        return fits || value == MISSING_INTEGER ? 0 : -1;                                 \
    } while (0)

int column_set_integer(struct column *column, size_t row, int64_t value)
{
    static const int64_t exact = (int64_t)1 << 53; /* up to here every integer is a double */
    switch (column->type) {
    case COLUMN_INT8:
        SET_INTEGER(int8_t, INT8_MIN, INT8_MAX);
    case COLUMN_INT16:
        SET_INTEGER(int16_t, INT16_MIN, INT16_MAX);
    case COLUMN_INT32:
        SET_INTEGER(int32_t, INT32_MIN, INT32_MAX);
    case COLUMN_INT64:
        ((int64_t *)column->values)[row] = value; /* MISSING_INTEGER is its missing value */
        return 0;
    case COLUMN_FLOAT64: {
        const bool fits = value >= -exact && value <= exact;
        ((double *)column->values)[row] = fits ? (double)value : (double)NAN;
        return fits || value == MISSING_INTEGER ? 0 : -1;
    }
    case COLUMN_CATEGORY: {
        const bool fits = value >= 0 && value <= INT32_MAX;
        const int status = column_set_code(column, row, fits ? (int32_t)value : MISSING_CODE);
        return fits || value == MISSING_INTEGER || value == MISSING_CODE ? status : -1;
    }
    case COLUMN_TEXT:
        break;
    }
    return -1;
}

int column_set_real(struct column *column, size_t row, double value)
{
    if (column->type == COLUMN_FLOAT64) {
        ((double *)column->values)[row] = value;
        return 0;
    }
    if (isnan(value))
        return column_set_integer(column, row, MISSING_INTEGER);
    /* -2^63 itself is the missing value; 2^63 is the first double that int64 does not hold. */
    const bool is_integer = value > -0x1p63 && value < 0x1p63 && value == trunc(value);
    const int status = column_set_integer(column, row, is_integer ? (int64_t)value : MISSING_INTEGER);
    return is_integer ? status : -1;
}

int column_set_code(struct column *column, size_t row, int32_t code)
{
    if (column->type != COLUMN_CATEGORY)
        return -1;
    const bool fits = code >= 0 && (size_t)code < column->n_labels;
    const int32_t stored = fits ? code : MISSING_CODE;
    switch (column->width) {
    case 1:
        ((int8_t *)column->values)[row] = (int8_t)stored;
        break;
    case 2:
        ((int16_t *)column->values)[row] = (int16_t)stored;
        break;
    default:
        ((int32_t *)column->values)[row] = stored;
    }
    return fits || code == MISSING_CODE ? 0 : -1;
}

int column_set_text(struct column *column, size_t row, const char *text, size_t length)
{
    if (column->type == COLUMN_CATEGORY) {
        const int32_t code = length > 0 ? column_find_label(column, text, length) : MISSING_CODE;
        column_set_code(column, row, code);
        return code != MISSING_CODE || length == 0 ? 0 : -1;
    }
    if (column->type != COLUMN_TEXT)
        return -1;
    char *const to = (char *)column->values + row * column->width;
    /* A NUL ends a stored text: what follows it would be lost in silence. */
    const size_t whole = strnlen(text, length);
    const size_t stored = utf8_cut(text, whole, column->width);
    if (stored > 0)
        memcpy(to, text, stored);
    memset(to + stored, 0, column->width - stored);
    return stored == length ? 0 : -1;
}

int32_t column_find_label(const struct column *column, const char *text, size_t length)
{
    for (size_t i = 0; i < column->n_labels; i++)
        if (strlen(column->labels[i]) == length && memcmp(column->labels[i], text, length) == 0)
            return (int32_t)i;
    return MISSING_CODE;
}

int32_t column_add_label(const struct table *table, struct column *column, const char *text, size_t length)
{
    if (column->n_labels >= INT32_MAX || column_widen_codes(table, column, column->n_labels + 1) != 0)
        return MISSING_CODE;
    char **const labels = reallocate(column->labels, column->n_labels + 1, sizeof *labels);
    if (labels == NULL)
        return MISSING_CODE;
    column->labels = labels;
    if ((labels[column->n_labels] = copy_bytes(text, length)) == NULL)
        return MISSING_CODE;
    return (int32_t)column->n_labels++;
}
