/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table_file.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/near.h"
#include "tests/support/scratch.h"

enum { ROWS = 20000 };

/* Numbers that repeat and numbers that do not, text that needs quotes, missing values, a date. */
static struct table *make_table(size_t n)
{
    static const char *const labels[] = {"-+", "a \"b\"", "c,d"};
    struct table *table = table_alloc("t", "");

    assert_non_null(table_add_column(table, "small", COLUMN_INT8, 0, "", ""));
    assert_non_null(table_add_column(table, "large", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(table, "share", COLUMN_FLOAT64, 0, "", ""));
    assert_non_null(table_add_column(table, "real", COLUMN_FLOAT64, 0, "", ""));
    assert_non_null(table_add_column(table, "day", COLUMN_INT32, 0, "", "date"));
    assert_non_null(table_add_category(table, "label", labels, 3, ""));
    assert_non_null(table_add_column(table, "text,", COLUMN_TEXT, 4, "", ""));
    assert_int_equal(table_resize(table, n), 0);
    for (size_t i = 0; i < n; i++) {
        if (i % 7 == 0)
            continue; /* a row of missing values */
        column_set_integer(&table->columns[0], i, (int64_t)(i % 250) - 125);
        column_set_integer(&table->columns[1], i, i % 3 == 0 ? -INT64_MAX + (int64_t)i : (int64_t)i * 7919);
        column_set_real(&table->columns[2], i, (double)(i % 13) / 12 - (i % 26 == 0 ? 1 : 0));
        column_set_real(&table->columns[3], i, sqrt((double)i) * 1e-7);
        column_set_integer(&table->columns[4], i, (int64_t)i);
        column_set_code(&table->columns[5], i, (int32_t)(i % 3));
        column_set_text(&table->columns[6], i, "\"\r\n-", 4 - i % 4);
    }
    return table;
}

/* One cell as RFC 4180 has it, by way of the plain functions. */
static void put(char **at, const struct column *column, size_t row)
{
    char number[NUMBER_SIZE] = "";
    size_t length;
    const char *text = column_text(column, row, &length);

    if (column->type == COLUMN_FLOAT64)
        *at += sprintf(*at, "%s", number_exact(number, column_real(column, row)));
    else if (column_is_numeric(column) && column_is_missing(column, row))
        return;
    else if (strcmp(column->name, "day") == 0) {
        const long day = (long)column_integer(column, row); /* days of 1970 to 2024 */
        long year = 1970, left = day;
        static const int months[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        for (; left >= 365 + (year % 4 == 0); year++)
            left -= 365 + (year % 4 == 0);
        int month = 0;
        for (; left >= months[month] + (month == 1 && year % 4 == 0); month++)
            left -= months[month] + (month == 1 && year % 4 == 0);
        *at += sprintf(*at, "%ld-%02d-%02ld", year, month + 1, left + 1);
    } else if (column_is_numeric(column))
        *at += sprintf(*at, "%lld", (long long)column_integer(column, row));
    else {
        const bool quoted = memchr(text, '"', length) || memchr(text, ',', length) || memchr(text, '\n', length);
        *at += sprintf(*at, quoted ? "\"" : "");
        for (size_t i = 0; i < length; i++)
            *at += sprintf(*at, text[i] == '"' ? "\"\"" : "%c", text[i]);
        *at += sprintf(*at, quoted ? "\"" : "");
    }
}

static char *written(const struct table *table, int n_threads)
{
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "table.csv");

    assert_int_equal(table_file_write(path, table, TABLE_CSV, n_threads), 0);
    char *text = scratch_read(path);
    scratch_remove(folder);
    return text;
}

static void test_every_cell_is_what_the_plain_functions_say(void **state)
{
    struct table *table = make_table(ROWS);
    char *expected = malloc((size_t)ROWS * 160), *at = expected, *found = written(table, 1);

    (void)state;
    assert_non_null(expected);
    at += sprintf(at, "small,large,share,real,day,label,\"text,\"\n");
    for (size_t row = 0; row < ROWS; row++)
        for (size_t k = 0; k < table->n_columns; k++) {
            put(&at, &table->columns[k], row);
            *at++ = k + 1 < table->n_columns ? ',' : '\n';
        }
    *at = '\0';
    assert_true(strcmp(found, expected) == 0);
    free(found);
    free(expected);
    table_free(table);
}

static void test_the_bytes_are_the_same_for_any_number_of_threads(void **state)
{
    struct table *table = make_table(ROWS);
    char *one = written(table, 1);

    (void)state;
    for (int n_threads = 2; n_threads <= 9; n_threads += 7) {
        char *many = written(table, n_threads);
        assert_true(strcmp(one, many) == 0);
        free(many);
    }
    free(one);
    table_free(table);
}

static void test_a_table_without_rows_is_its_header(void **state)
{
    struct table *table = make_table(0);
    char *found = written(table, 3);

    (void)state;
    assert_string_equal(found, "small,large,share,real,day,label,\"text,\"\n");
    free(found);
    table_free(table);
}

static void test_the_end_of_a_name_says_the_format(void **state)
{
    enum table_format format;

    (void)state;
    assert_int_equal(table_format_from_path("a.b/c.csv", &format), 0);
    assert_int_equal(format, TABLE_CSV);
    assert_int_equal(table_format_from_path("c.json", &format), 0);
    assert_int_equal(format, TABLE_JSON);
    assert_int_equal(table_format_from_path("c.txt", &format), 0);
    assert_int_equal(format, TABLE_TEXT);
    assert_int_equal(table_format_from_path("csv", &format), -1);
    assert_int_equal(table_format_from_path("c.h5", &format), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cell_is_what_the_plain_functions_say),
        cmocka_unit_test(test_the_bytes_are_the_same_for_any_number_of_threads),
        cmocka_unit_test(test_a_table_without_rows_is_its_header),
        cmocka_unit_test(test_the_end_of_a_name_says_the_format),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
