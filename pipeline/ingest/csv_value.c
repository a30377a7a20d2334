/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv_value.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/days.h"
#include "base/utf8.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A table has no use for these, and two labels that look alike but differ in them are a trap. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0)      /* C0, DEL, C1 */
           || c == 0x061c || c == 0x200b            /* Arabic letter mark, zero width space */
           || c == 0x200e || c == 0x200f            /* direction marks */
           || (c >= 0x2028 && c <= 0x202e)          /* line and paragraph ends, embeddings */
           || (c >= 0x2060 && c <= 0x206f)          /* word joiner, isolates */
           || c == 0xfeff;                          /* byte order mark */
}

enum csv_value csv_text_fault(const char *text, size_t length)
{
    enum csv_value fault = CSV_VALUE_GOOD;
    if (memchr(text, '\0', length) != NULL)
        return CSV_VALUE_NUL;
    for (size_t i = 0; i < length;) {
        uint32_t character = 0;
        const size_t n = utf8_character(text + i, length - i, &character);
        if (n == 0)
            return CSV_VALUE_ENCODING; /* worse than a control character: the text cannot be read at all */
        if (is_control(character))
            fault = CSV_VALUE_CONTROL;
        i += n;
    }
    return fault;
}

enum csv_value csv_space_fault(const char *text, size_t length)
{
    static const char no_break_space[] = "\xc2\xa0";
    if (length == 0)
        return CSV_VALUE_GOOD;
    const bool plain = text[0] == ' ' || text[length - 1] == ' ';
    const bool wide = length >= 2 && (memcmp(text, no_break_space, 2) == 0 ||
                                      memcmp(text + length - 2, no_break_space, 2) == 0);
    return plain || wide ? CSV_VALUE_SPACE : CSV_VALUE_GOOD;
}

enum csv_value csv_integer(const char *text, size_t length, int64_t *value)
{
    const bool negative = length > 0 && text[0] == '-';
    size_t i = negative;
    int64_t sum = 0;
    bool too_large = false;
    if (i == length)
        return CSV_VALUE_NOT_INTEGER;
    for (; i < length; i++) {
        if (!is_digit(text[i]))
            return CSV_VALUE_NOT_INTEGER;
        too_large |= __builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, text[i] - '0', &sum);
    }
    if (too_large)
        return CSV_VALUE_TOO_LARGE;
    *value = negative ? -sum : sum;
    return CSV_VALUE_GOOD;
}

static size_t skip_digits(const char *text, size_t length, size_t i)
{
    while (i < length && is_digit(text[i]))
        i++;
    return i;
}

static bool is_real(const char *text, size_t length)
{
    size_t i = length > 0 && text[0] == '-';
    const size_t whole = i;
    i = skip_digits(text, length, i);
    const bool any_whole = i > whole;
    if (i < length && text[i] == '.') {
        const size_t fraction = i + 1;
        i = skip_digits(text, length, fraction);
        if (i == fraction)
            return false;
    } else if (!any_whole) {
        return false;
    }
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        i += i < length && (text[i] == '-' || text[i] == '+');
        const size_t exponent = i;
        i = skip_digits(text, length, exponent);
        if (i == exponent)
            return false;
    }
    return i == length;
}

enum csv_value csv_real(const char *text, size_t length, double *value)
{
    if (!is_real(text, length))
        return CSV_VALUE_NOT_REAL;
    char *end;
    const double number = strtod(text, &end);
    if (end != text + length)
        return CSV_VALUE_NOT_REAL; /* a locale with another decimal sign must not cut a number short */
    if (!isfinite(number))
        return CSV_VALUE_TOO_LARGE;
    *value = number + 0.0; /* -0 becomes 0: equal numbers, equal bytes */
    return CSV_VALUE_GOOD;
}

static bool is_written_as_date(const char *text, size_t length)
{
    static const char shape[] = "dddd-dd-dd";
    if (length != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < length; i++)
        if (shape[i] == 'd' ? !is_digit(text[i]) : text[i] != shape[i])
            return false;
    return true;
}

enum csv_value csv_date(const char *text, size_t length, int32_t *day)
{
    if (!is_written_as_date(text, length))
        return CSV_VALUE_NOT_DATE;
    return day_from_iso(text, length, day) == 0 ? CSV_VALUE_GOOD : CSV_VALUE_NO_SUCH_DAY;
}
