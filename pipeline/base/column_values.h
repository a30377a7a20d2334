/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * column_values.h - reading one value of a column (declared in table.h), where the compiler sees it: every stage does it for
 * every person, and a call costs more than the reading.  Included by table.h alone.
 */
#ifndef BASE_COLUMN_VALUES_H
#define BASE_COLUMN_VALUES_H

#include <math.h>

#include "base/table.h"

static inline int32_t column_code(const struct column *column, size_t row)
{
    if (column->type != COLUMN_CATEGORY)
        return MISSING_CODE;
    switch (column->width) {
    case 1:
        return ((const int8_t *)column->values)[row];
    case 2:
        return ((const int16_t *)column->values)[row];
    default:
        return ((const int32_t *)column->values)[row];
    }
}

static inline int64_t column_integer(const struct column *column, size_t row)
{
    const void *const values = column->values;
    int64_t value, missing;
    switch (column->type) {
    case COLUMN_INT8:
        value = ((const int8_t *)values)[row], missing = INT8_MIN;
        break;
    case COLUMN_INT16:
        value = ((const int16_t *)values)[row], missing = INT16_MIN;
        break;
    case COLUMN_INT32:
        value = ((const int32_t *)values)[row], missing = INT32_MIN;
        break;
    case COLUMN_INT64:
        return ((const int64_t *)values)[row];
    case COLUMN_CATEGORY:
        value = column_code(column, row), missing = MISSING_CODE;
        break;
    default: /* a real is not an integer; text is neither */
        return MISSING_INTEGER;
    }
    return value != missing ? value : MISSING_INTEGER;
}

static inline double column_real(const struct column *column, size_t row)
{
    if (column->type == COLUMN_FLOAT64)
        return ((const double *)column->values)[row];
    const int64_t value = column_integer(column, row);
    return value != MISSING_INTEGER ? (double)value : (double)NAN;
}

static inline bool column_is_missing(const struct column *column, size_t row)
{
    switch (column->type) {
    case COLUMN_FLOAT64:
        return isnan(((const double *)column->values)[row]);
    case COLUMN_CATEGORY:
        return column_code(column, row) < 0;
    case COLUMN_TEXT:
        return ((const char *)column->values)[row * column->width] == '\0';
    default:
        return column_integer(column, row) == MISSING_INTEGER;
    }
}

#endif
