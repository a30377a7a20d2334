/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/row_set.h"

#include <stdlib.h>

#include "tests/support/near.h"

static struct table *numbers(size_t n, const int64_t *values)
{
    struct table *table = table_alloc("numbers", "");

    assert_non_null(table_add_column(table, "row", COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(table, n), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(column_set_integer(&table->columns[0], i, values[i]), 0);
    return table;
}

static void test_rows_are_listed_once_and_know_their_place(void **state)
{
    (void)state;
    static const int64_t first[] = {128, 3, 64, 3, 63}, second[] = {0, 1000000, 64};
    static const size_t expected[] = {0, 3, 63, 64, 128, 1000000};
    struct table *const some = numbers(5, first), *const more = numbers(3, second);
    struct row_set set = {0};

    assert_int_equal(row_set_add(&set, &some->columns[0], 5), 0);
    assert_int_equal(row_set_add(&set, &more->columns[0], 3), 0);
    assert_int_equal(row_set_close(&set), 0);
    assert_int_equal(set.n, 6);
    size_t *const rows = row_set_list(&set);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(rows[i], expected[i]);
        assert_int_equal(row_set_place(&set, expected[i]), i);
    }
    free(rows);
    row_set_free(&set);
    table_free(more);
    table_free(some);
}

static void test_no_row_is_a_set(void **state)
{
    (void)state;
    struct table *const none = numbers(0, NULL);
    struct row_set set = {0};

    assert_int_equal(row_set_add(&set, &none->columns[0], 0), 0);
    assert_int_equal(row_set_close(&set), 0);
    assert_int_equal(set.n, 0);
    size_t *const rows = row_set_list(&set);
    assert_non_null(rows);
    free(rows);
    row_set_free(&set);
    table_free(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_listed_once_and_know_their_place),
        cmocka_unit_test(test_no_row_is_a_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
