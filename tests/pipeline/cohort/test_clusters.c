/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of clusters; those of several ranks are compared with one process by tests/mpi/check_cohort.sh. */
#include "cohort/clusters.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/near.h"

enum { N = 9 };

static void assert_numbers(const struct column *column, const size_t *rows, size_t n, const int32_t *wanted)
{
    int32_t number[N];

    assert_int_equal(clusters_number(column, rows, n, number), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(number[i], wanted[i]);
}

static void test_numbers_follow_the_values_and_a_missing_one_is_a_cluster_of_its_own(void **state)
{
    static const int64_t values[N] = {7, MISSING_INTEGER, -3, 7, 120, MISSING_INTEGER, -3, 0, 7};
    static const size_t rows[N] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    struct table *const table = table_alloc("t", "");
    (void)state;

    assert_int_equal(table_resize(table, N), 0);
    struct column *const column = table_add_column(table, "site", COLUMN_INT16, 0, "", "");
    for (size_t i = 0; i < N; i++)
        column_set_integer(column, i, values[i]);
    assert_numbers(column, rows, N, (const int32_t[]){2, 4, 0, 2, 3, 5, 0, 1, 2});
    assert_numbers(column, (const size_t[]){8, 4, 5, 0}, 4, (const int32_t[]){0, 1, 2, 0}); /* only the rows named */
    assert_numbers(column, (const size_t[]){5, 1}, 2, (const int32_t[]){0, 1});
    assert_numbers(column, rows, 0, NULL);
    table_free(table);
}

static void test_texts_are_ordered_by_their_bytes(void **state)
{
    static const char *const values[N] = {"north", "", "North", "a", "north", "northern", "a", "Z", "z"};
    static const size_t rows[N] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    struct table *const table = table_alloc("t", "");
    (void)state;

    assert_int_equal(table_resize(table, N), 0);
    struct column *const column = table_add_column(table, "site", COLUMN_TEXT, 8, "", "");
    for (size_t i = 0; i < N; i++)
        if (values[i][0] != '\0')
            assert_int_equal(column_set_text(column, i, values[i], strlen(values[i])), 0);
    assert_numbers(column, rows, N, (const int32_t[]){3, 6, 0, 2, 3, 4, 2, 1, 5});
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_follow_the_values_and_a_missing_one_is_a_cluster_of_its_own),
        cmocka_unit_test(test_texts_are_ordered_by_their_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
