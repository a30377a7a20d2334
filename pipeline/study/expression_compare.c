/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/expression_program.h"

#include <string.h>

static bool is_integer_type(enum column_type type)
{
    return type == COLUMN_INT8 || type == COLUMN_INT16 || type == COLUMN_INT32 || type == COLUMN_INT64;
}

bool test_fits(const struct test *test, const struct column *column)
{
    switch (test->kind) {
    case TEST_INTEGER:
        return is_integer_type(column->type);
    case TEST_REAL:
        return column->type == COLUMN_FLOAT64;
    case TEST_CODE:
        return column->type == COLUMN_CATEGORY;
    case TEST_TEXT:
        return column->type == COLUMN_TEXT;
    case TEST_MISSING:
        return true;
    }
    return false;
}

/*
 * The inner loops, one a width, so that each is a plain loop over one type that the compiler turns into
 * vector instructions.  found[i] gathers "is in one of the ranges".
 */
#define DEFINE_INTEGER_LOOPS(type)                                                                                     \
    static void add_range_##type(const type *restrict x, size_t n, type low, type high, uint8_t *restrict found)     \
    {                                                                                                                  \
        FOR_ROWS(i, n, found[i] |= (uint8_t)((x[i] >= low) & (x[i] <= high)));                                        \
    }                                                                                                                  \
    static void mark_missing_##type(const type *restrict x, size_t n, type missing, uint8_t *restrict out)            \
    {                                                                                                                  \
        FOR_ROWS(i, n, out[i] = (uint8_t)(x[i] == missing ? ORDERED_UNKNOWN : out[i]));                               \
    }                                                                                                                  \
    static void add_ranges_##type(const struct test *test, const struct column *column, size_t first, size_t n,       \
                                  int64_t least, int64_t most, uint8_t *found)                                         \
    {                                                                                                                  \
        const type *x = (const type *)column->values + first;                                                          \
        for (size_t k = 0; k < test->n; k++) {                                                                         \
            const struct integer_range range = test->integers[k];                                                      \
            const int64_t low = range.low > least ? range.low : least;                                                 \
            const int64_t high = range.high < most ? range.high : most;                                                \
            if (low <= high) /* else no value of this width lies in it */                                              \
                add_range_##type(x, n, (type)low, (type)high, found);                                                  \
        }                                                                                                              \
    }
DEFINE_INTEGER_LOOPS(int8_t)
DEFINE_INTEGER_LOOPS(int16_t)
DEFINE_INTEGER_LOOPS(int32_t)
DEFINE_INTEGER_LOOPS(int64_t)

static void add_ranges_real(const struct test *test, const struct column *column, size_t first, size_t n,
                            uint8_t *found)
{
    const double *restrict x = (const double *)column->values + first;
    uint8_t *restrict out = found;
    for (size_t k = 0; k < test->n; k++) {
        const double low = test->reals[k].low;
        const double high = test->reals[k].high;
        FOR_ROWS(i, n, out[i] |= (uint8_t)((x[i] >= low) & (x[i] <= high)));
    }
}

/* A text that is shorter than the column's width is followed by NULs there. */
static bool text_equals(const char *value, size_t width, const struct test_text *text)
{
    return text->length <= width && memcmp(value, text->bytes, text->length) == 0 &&
           (text->length == width || value[text->length] == '\0');
}

static void add_texts(const struct test *test, const struct column *column, size_t first, size_t n, uint8_t *found)
{
    const char *value = (const char *)column->values + first * column->width;
    for (size_t i = 0; i < n; i++, value += column->width)
        for (size_t k = 0; k < test->n; k++)
            found[i] |= text_equals(value, column->width, &test->texts[k]);
}

static void add_found(const struct test *test, const struct column *column, size_t first, size_t n, uint8_t *found)
{
    if (column->type == COLUMN_FLOAT64)
        add_ranges_real(test, column, first, n, found);
    else if (column->type == COLUMN_TEXT)
        add_texts(test, column, first, n, found);
    else if (column->width == 1)
        add_ranges_int8_t(test, column, first, n, INT8_MIN, INT8_MAX, found);
    else if (column->width == 2)
        add_ranges_int16_t(test, column, first, n, INT16_MIN, INT16_MAX, found);
    else if (column->width == 4)
        add_ranges_int32_t(test, column, first, n, INT32_MIN, INT32_MAX, found);
    else
        add_ranges_int64_t(test, column, first, n, INT64_MIN, INT64_MAX, found);
}

/* Overwrites the result of every row whose value is missing with "unknown". */
static void mark_missing(const struct column *column, size_t first, size_t n, uint8_t *out)
{
    const bool category = column->type == COLUMN_CATEGORY;
    if (column->type == COLUMN_FLOAT64) {
        const double *restrict x = (const double *)column->values + first;
        FOR_ROWS(i, n, out[i] = (uint8_t)(x[i] != x[i] ? ORDERED_UNKNOWN : out[i]));
    } else if (column->type == COLUMN_TEXT) {
        const char *value = (const char *)column->values + first * column->width;
        for (size_t i = 0; i < n; i++)
            out[i] = (uint8_t)(value[i * column->width] == '\0' ? ORDERED_UNKNOWN : out[i]);
    } else if (column->width == 1) {
        mark_missing_int8_t((const int8_t *)column->values + first, n, category ? MISSING_CODE : INT8_MIN, out);
    } else if (column->width == 2) {
        mark_missing_int16_t((const int16_t *)column->values + first, n, category ? MISSING_CODE : INT16_MIN, out);
    } else if (column->width == 4) {
        mark_missing_int32_t((const int32_t *)column->values + first, n, category ? MISSING_CODE : INT32_MIN, out);
    } else {
        mark_missing_int64_t((const int64_t *)column->values + first, n, INT64_MIN, out);
    }
}

void test_compute(const struct test *test, const struct column *column, size_t first, size_t n, uint8_t *truth)
{
    memset(truth, 0, n);
    if (test->kind == TEST_MISSING) {
        mark_missing(column, first, n, truth);
        FOR_ROWS(i, n, truth[i] = (uint8_t)(truth[i] << 1)); /* "unknown" marks here what is missing: true */
        return;
    }
    add_found(test, column, first, n, truth);
    const uint8_t negated = test->negated;
    FOR_ROWS(i, n, truth[i] = (uint8_t)((truth[i] ^ negated) << 1));
    mark_missing(column, first, n, truth);
}
