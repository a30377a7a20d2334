/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/column_fill.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void column_fill_missing(struct column *column, size_t from, size_t to)
{
    void *const values = column->values;
    if (to <= from)
        return;
    switch (column->type) {
    case COLUMN_INT8:
        memset((int8_t *)values + from, INT8_MIN, to - from);
        break;
    case COLUMN_INT16:
        for (size_t i = from; i < to; i++)
            ((int16_t *)values)[i] = INT16_MIN;
        break;
    case COLUMN_INT32:
        for (size_t i = from; i < to; i++)
            ((int32_t *)values)[i] = INT32_MIN;
        break;
    case COLUMN_INT64:
        for (size_t i = from; i < to; i++)
            ((int64_t *)values)[i] = INT64_MIN;
        break;
    case COLUMN_FLOAT64:
        for (size_t i = from; i < to; i++)
            ((double *)values)[i] = (double)NAN;
        break;
    case COLUMN_CATEGORY: /* -1 in every width has all bits set */
        memset((char *)values + from * column->width, 0xff, (to - from) * column->width);
        break;
    case COLUMN_TEXT:
        memset((char *)values + from * column->width, 0, (to - from) * column->width);
        break;
    }
}

int column_widen_text(const struct table *table, struct column *column, size_t width)
{
    if (width <= column->width)
        return 0;
    const size_t room = table->capacity > 0 ? table->capacity : 1;
    char *const values = allocate(room, width);
    if (values == NULL)
        return -1;
    for (size_t i = 0; i < table->n_rows; i++)
        memcpy(values + i * width, (char *)column->values + i * column->width, column->width);
    free(column->values);
    column->values = values;
    column->width = width;
    return 0;
}

int column_widen_codes(const struct table *table, struct column *column, size_t n_labels)
{
    const size_t width = column_type_width(COLUMN_CATEGORY, 0, n_labels);
    if (width <= column->width)
        return 0;
    struct column wide = {.type = COLUMN_CATEGORY, .width = width, .n_labels = n_labels};
    if ((wide.values = allocate(table->capacity > 0 ? table->capacity : 1, width)) == NULL)
        return -1;
    for (size_t i = 0; i < table->n_rows; i++)
        column_set_code(&wide, i, column_code(column, i));
    free(column->values);
    column->values = wide.values;
    column->width = width;
    return 0;
}
