/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table_print.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/number.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

static void assert_prints(const struct table *table, enum table_format format, const char *expected)
{
    const int file = memfd_create("printed", MFD_CLOEXEC);
    char printed[8192];
    assert_true(file >= 0);
    assert_int_equal(table_print(file, table, format), 0);
    const ssize_t n = pread(file, printed, sizeof printed - 1, 0);
    assert_true(n >= 0);
    printed[n] = '\0';
    close(file);
    assert_string_equal(printed, expected);
}

static struct table *make_table(void)
{
    static const char *const levels[] = {"iop", "residential, long"};
    struct table *table = table_alloc("example", "");
    assert_non_null(table);
    assert_int_equal(table_resize(table, 3), 0);
    assert_non_null(table_add_column(table, "who", COLUMN_TEXT, 24, "", ""));
    assert_non_null(table_add_column(table, "n", COLUMN_INT16, 0, "", ""));
    assert_non_null(table_add_column(table, "value", COLUMN_FLOAT64, 0, "", ""));
    assert_non_null(table_add_column(table, "empty", COLUMN_FLOAT64, 0, "", ""));
    assert_non_null(table_add_category(table, "level", levels, 2, ""));
    assert_non_null(table_add_column(table, "day", COLUMN_INT32, 0, "", "date"));
    column_set_text(&table->columns[0], 0, "a \"b\"", 5);
    column_set_text(&table->columns[0], 1, "\x1b[2J\xc3\xa4", 6);
    column_set_integer(&table->columns[1], 0, 154);
    column_set_integer(&table->columns[1], 2, -7);
    column_set_real(&table->columns[2], 0, 131.5);
    column_set_real(&table->columns[2], 1, 0.1);
    column_set_real(&table->columns[2], 2, 1. / 3);
    column_set_code(&table->columns[4], 0, 1);
    column_set_code(&table->columns[4], 2, 0);
    column_set_integer(&table->columns[5], 1, 18262);
    return table;
}

static void test_text_is_aligned_and_leaves_empty_columns_out(void **state)
{
    (void)state;
    struct table *table = make_table();
    assert_prints(table, TABLE_TEXT,
                  "who         n      value  level              day\n"
                  "a \"b\"     154  131.5      residential, long\n"
                  "\\x1b[2J\xc3\xa4    -    0.1                         2020-01-01\n"
                  "           -7    0.33333  iop\n");
    table_free(table);
}

static void test_csv_is_quoted_where_needed_and_exact(void **state)
{
    (void)state;
    struct table *table = make_table();
    assert_prints(table, TABLE_CSV,
                  "who,n,value,empty,level,day\n"
                  "\"a \"\"b\"\"\",154,131.5,,\"residential, long\",\n"
                  "\x1b[2J\xc3\xa4,,0.1,,,2020-01-01\n"
                  ",-7,0.3333333333333333,,iop,\n");
    table_free(table);
}

static void test_json_has_null_for_missing(void **state)
{
    (void)state;
    struct table *table = make_table();
    column_set_real(&table->columns[2], 0, INFINITY);
    column_set_real(&table->columns[2], 1, 2.5);
    column_set_real(&table->columns[2], 2, 4);
    assert_prints(table, TABLE_JSON,
                  "[{\"who\": \"a \\\"b\\\"\", \"n\": 154, \"value\": null, \"empty\": null, "
                  "\"level\": \"residential, long\", \"day\": null},\n"
                  " {\"who\": \"\\u001B[2J\xc3\xa4\", \"n\": null, \"value\": 2.5, \"empty\": null, \"level\": null, "
                  "\"day\": \"2020-01-01\"},\n"
                  " {\"who\": null, \"n\": -7, \"value\": 4.0, \"empty\": null, \"level\": \"iop\", \"day\": null}]\n");
    table_free(table);
}

static void test_a_table_without_rows_prints_in_every_format(void **state)
{
    (void)state;
    struct table *table = table_alloc("none", "");
    assert_non_null(table_add_column(table, "a", COLUMN_INT8, 0, "", ""));
    assert_prints(table, TABLE_TEXT, "(no rows)\n");
    assert_prints(table, TABLE_CSV, "a\n");
    assert_prints(table, TABLE_JSON, "[]\n");
    table_free(table);
}

static void test_exact_numbers_read_back_as_the_same_double(void **state)
{
    (void)state;
    static const double fixed[] = {0.1, 1. / 3, 6.02214076e23, 5e-324, 1.7976931348623157e308, -0.0, 131.5, 12345678.9};
    char text[NUMBER_SIZE];
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        assert_true(strtod(number_exact(text, fixed[i]), NULL) == fixed[i]);
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 100000; i++) {
        bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
        double x;
        memcpy(&x, &bits, sizeof x);
        if (isfinite(x))
            assert_true(strtod(number_exact(text, x), NULL) == x);
    }
    assert_string_equal(number_exact(text, 0.1), "0.1");
    assert_string_equal(number_exact(text, -0.0), "0");
    assert_string_equal(number_exact(text, NAN), "");
    assert_string_equal(number_exact(text, -INFINITY), "");
}

static void test_short_numbers_are_for_people(void **state)
{
    (void)state;
    char text[NUMBER_SIZE];
    assert_string_equal(number_short(text, 0.661382), "0.66138");
    assert_string_equal(number_short(text, 957491), "957491");
    assert_string_equal(number_short(text, 957491.25), "957491.2");
    assert_string_equal(number_short(text, 1.25e-11), "1.25e-11");
    assert_string_equal(number_short(text, -0.0), "0");
    assert_string_equal(number_short(text, NAN), "");
}

static void test_a_full_disk_is_told(void **state)
{
    (void)state;
    struct table *table = make_table();
    const int file = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(file >= 0);
    capture_start();
    const int result = table_print(file, table, TABLE_CSV);
    assert_non_null(strstr(capture_end(), "cannot write to an open file: No space left on device"));
    assert_int_equal(result, -1);
    close(file);
    table_free(table);
}

static void test_format_names(void **state)
{
    (void)state;
    enum table_format format;
    assert_int_equal(table_format_from_name("json", &format), 0);
    assert_int_equal(format, TABLE_JSON);
    assert_int_equal(table_format_from_name("csv", &format), 0);
    assert_int_equal(format, TABLE_CSV);
    assert_int_equal(table_format_from_name("xml", &format), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_aligned_and_leaves_empty_columns_out),
        cmocka_unit_test(test_csv_is_quoted_where_needed_and_exact),
        cmocka_unit_test(test_json_has_null_for_missing),
        cmocka_unit_test(test_a_table_without_rows_prints_in_every_format),
        cmocka_unit_test(test_exact_numbers_read_back_as_the_same_double),
        cmocka_unit_test(test_short_numbers_are_for_people),
        cmocka_unit_test(test_a_full_disk_is_told),
        cmocka_unit_test(test_format_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
