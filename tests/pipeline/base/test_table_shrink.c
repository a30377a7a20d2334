/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole numbers as narrow as their values allow, with every value and missing one kept. */
#include "base/table.h"
#include "tests/support/near.h"

#include <string.h>

static struct table *table_of(enum column_type type, const char *units, const int64_t *values, size_t n)
{
    struct table *table = table_alloc("t", "");

    assert_non_null(table_add_column(table, "x", type, 0, "", units));
    assert_int_equal(table_resize(table, n), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(column_set_integer(table_column(table, "x"), i, values[i]), 0);
    return table;
}

static void assert_shrinks(enum column_type from, const int64_t *values, size_t n, enum column_type to)
{
    struct table *table = table_of(from, "", values, n);

    assert_int_equal(table_shrink(table, 2), 0);
    assert_int_equal(table_column(table, "x")->type, to);
    assert_int_equal(table_column(table, "x")->width, column_type_width(to, 0, 0));
    for (size_t i = 0; i < n; i++)
        assert_int_equal(column_integer(table_column(table, "x"), i), values[i]);
    assert_int_equal(table_resize(table, n + 3), 0); /* it can grow as before */
    assert_true(column_is_missing(table_column(table, "x"), n + 2));
    table_free(table);
}

static void test_the_values_decide_the_type(void **state)
{
    (void)state;
    assert_shrinks(COLUMN_INT32, (const int64_t[]){0, 127, -127, MISSING_INTEGER}, 4, COLUMN_INT8);
    assert_shrinks(COLUMN_INT32, (const int64_t[]){0, 128}, 2, COLUMN_INT16);
    assert_shrinks(COLUMN_INT32, (const int64_t[]){-128, 3}, 2, COLUMN_INT16); /* -128 means missing in int8 */
    assert_shrinks(COLUMN_INT32, (const int64_t[]){32767, -32767, MISSING_INTEGER}, 3, COLUMN_INT16);
    assert_shrinks(COLUMN_INT32, (const int64_t[]){32768}, 1, COLUMN_INT32);
    assert_shrinks(COLUMN_INT64, (const int64_t[]){70000, MISSING_INTEGER, -5}, 3, COLUMN_INT32);
    assert_shrinks(COLUMN_INT64, (const int64_t[]){INT64_MAX}, 1, COLUMN_INT64);
    assert_shrinks(COLUMN_INT16, (const int64_t[]){1, 2, 3}, 3, COLUMN_INT8);
    assert_shrinks(COLUMN_INT32, NULL, 0, COLUMN_INT8);
}

static void test_dates_and_other_types_stay(void **state)
{
    (void)state;
    struct table *table = table_of(COLUMN_INT32, "date", (const int64_t[]){1, 2}, 2);

    assert_non_null(table_add_column(table, "real", COLUMN_FLOAT64, 0, "", ""));
    assert_int_equal(table_shrink(table, 1), 0);
    assert_int_equal(table_column(table, "x")->type, COLUMN_INT32);
    assert_int_equal(table_column(table, "real")->type, COLUMN_FLOAT64);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_values_decide_the_type),
        cmocka_unit_test(test_dates_and_other_types_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
