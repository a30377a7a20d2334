/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

static struct table *estimates(void)
{
    static const char *const statuses[] = {"shown", "undefined"};
    struct table *const table = table_alloc("estimates", "");
    table_add_column(table, "arm", COLUMN_TEXT, 3, "", "");
    table_add_column(table, "estimate", COLUMN_FLOAT64, 0, "", "");
    table_add_column(table, "n", COLUMN_INT16, 0, "", "");
    assert_non_null(table_add_category(table, "status", statuses, 2, ""));
    return table;
}

static void test_rows_are_put_together_by_names(void **state)
{
    (void)state;
    struct table *const table = estimates();
    for (int64_t i = 0; i < 100; i++) {
        struct row_builder row = table_new_row(table);
        row_text(&row, "arm", i % 2 == 0 ? "iop" : "residential"); /* longer than the column: it widens */
        row_real(&row, "estimate", (double)i + 0.25);
        row_integer(&row, "n", i);
        row_text(&row, "status", "undefined");
        assert_int_equal(row_end(&row), 0);
    }
    assert_int_equal(table->n_rows, 100);
    size_t length;
    assert_memory_equal(column_text(table_column(table, "arm"), 98, &length), "iop", 4);
    assert_memory_equal(column_text(table_column(table, "arm"), 99, &length), "residential", 11);
    assert_int_equal(length, 11);
    assert_near(column_real(table_column(table, "estimate"), 99), 99.25, 0);
    assert_int_equal(column_integer(table_column(table, "n"), 7), 7);
    assert_int_equal(column_code(table_column(table, "status"), 0), 1);
    table_free(table);
}

static void test_what_is_not_told_is_missing(void **state)
{
    (void)state;
    struct table *const table = estimates();
    struct row_builder row = table_new_row(table);
    row_text(&row, "arm", NULL);
    row_text(&row, "status", "");
    assert_int_equal(row_end(&row), 0);
    for (size_t i = 0; i < table->n_columns; i++)
        assert_true(column_is_missing(&table->columns[i], 0));
    table_free(table);
}

static void refused(struct table *table, struct row_builder *row, const char *expected)
{
    row_integer(row, "none either", 1); /* only the first error of a row is told */
    const int status = row_end(row);
    assert_string_equal(capture_end(), expected);
    assert_int_equal(status, -1);
    assert_int_equal(table->n_rows, 1); /* no half row stays */
}

static void test_a_wrong_name_or_value_is_told_once_and_leaves_no_row(void **state)
{
    (void)state;
    struct table *const table = estimates();
    struct row_builder row = table_new_row(table);
    assert_int_equal(row_end(&row), 0);

    capture_start();
    row = table_new_row(table);
    row_text(&row, "arms", "iop");
    refused(table, &row, "error: table 'estimates' has no column 'arms'\n");

    capture_start();
    row = table_new_row(table);
    row_integer(&row, "n", 40000);
    refused(table, &row, "error: table 'estimates': a value of column 'n' does not fit its type int16\n");

    capture_start();
    row = table_new_row(table);
    row_text(&row, "status", "hidden");
    refused(table, &row, "error: table 'estimates': a value of column 'status' does not fit its type category\n");

    capture_start();
    row = table_new_row(table);
    row_text(&row, "estimate", "0.5");
    refused(table, &row, "error: table 'estimates': a value of column 'estimate' does not fit its type float64\n");
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_put_together_by_names),
        cmocka_unit_test(test_what_is_not_told_is_missing),
        cmocka_unit_test(test_a_wrong_name_or_value_is_told_once_and_leaves_no_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
