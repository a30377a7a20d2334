/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/stat_cell.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/days.h"
#include "base/number.h"

enum { SECONDS_A_DAY = 86400 };

_Static_assert((int)STAT_CELL_SIZE >= (int)NUMBER_SIZE, "a number fits");

void stat_cell_number(double number, char out[static STAT_CELL_SIZE])
{
    static const double whole_max = 1e15;
    if (number == floor(number) && fabs(number) < whole_max) {
        snprintf(out, STAT_CELL_SIZE, "%lld", (long long)number);
        return;
    }
    number_exact(out, number);
}

/* Beyond the calendar it stays a number, which no column of dates takes. */
static void write_day(const struct stat_column *column, double value, char out[static STAT_CELL_SIZE])
{
    const double day = floor(value / column->day_scale) + column->day_origin;
    const double rest = value - floor(value / column->day_scale) * column->day_scale;
    if (!(day >= DAY_MIN && day <= DAY_MAX)) {
        stat_cell_number(value, out);
        return;
    }
    day_to_iso((int32_t)day, out);
    if (column->kind == STAT_DATE && rest == 0)
        return;
    const int seconds = (int)(rest * (SECONDS_A_DAY / column->day_scale));
    snprintf(out + strlen(out), STAT_CELL_SIZE - strlen(out), "T%02d:%02d:%02d", seconds / 3600 % 24,
             seconds / 60 % 60, seconds % 60);
}

static double number_of(readstat_value_t value)
{
    switch (readstat_value_type(value)) {
    case READSTAT_TYPE_INT8:
        return readstat_int8_value(value);
    case READSTAT_TYPE_INT16:
        return readstat_int16_value(value);
    case READSTAT_TYPE_INT32:
        return readstat_int32_value(value);
    case READSTAT_TYPE_FLOAT:
        return (double)readstat_float_value(value);
    default:
        return readstat_double_value(value);
    }
}

const char *stat_cell(const struct stat_column *column, readstat_value_t value, char out[static STAT_CELL_SIZE],
                      size_t *length)
{
    out[0] = '\0';
    if (readstat_value_is_tagged_missing(value)) {
        snprintf(out, STAT_CELL_SIZE, ".%c", readstat_value_tag(value));
    } else if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING) {
        const char *text = readstat_string_value(value);
        text = text != NULL ? text : "";
        *length = strlen(text);
        while (*length > 0 && text[*length - 1] == ' ')
            --*length;
        return text;
    } else if (!readstat_value_is_system_missing(value)) {
        const double number = number_of(value);
        if (column->kind == STAT_DATE || column->kind == STAT_DATE_TIME)
            write_day(column, number, out);
        else
            stat_cell_number(number, out);
    }
    *length = strlen(out);
    return out;
}
