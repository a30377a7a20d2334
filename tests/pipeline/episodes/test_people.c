/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/table.h"
#include "episodes/people.h"
#include "tests/support/near.h"

static struct table *table_of_keys(const int64_t *keys, size_t n)
{
    struct table *table = table_alloc("clients", "");

    assert_non_null(table_add_column(table, "person", COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(table, n), 0);
    for (size_t i = 0; i < n; i++)
        column_set_integer(table_column(table, "person"), i, keys[i]);
    return table;
}

static struct table *people_of(const struct table *records)
{
    const struct column *const person = table_column(records, "person");

    return people_stays(records, &person, 1);
}

static int fate(const struct table *stays, size_t row)
{
    return column_code(table_column(stays, "fate"), row);
}

static void test_every_row_of_a_person_on_several_rows_is_set_aside(void **state)
{
    (void)state;
    const int64_t keys[] = {7, 3, 7, 5, 7};
    struct table *records = table_of_keys(keys, 5);
    struct table *stays = people_of(records);

    assert_int_equal(stays->n_rows, 5);
    assert_int_equal(fate(stays, 0), PERSON_SEVERAL_ROWS);
    assert_int_equal(fate(stays, 1), PERSON_KEPT);
    assert_int_equal(fate(stays, 2), PERSON_SEVERAL_ROWS);
    assert_int_equal(fate(stays, 3), PERSON_KEPT);
    assert_int_equal(fate(stays, 4), PERSON_SEVERAL_ROWS);
    table_free(stays);
    table_free(records);
}

static void test_missing_keys_are_not_one_person(void **state)
{
    (void)state;
    const int64_t keys[] = {MISSING_INTEGER, 4, MISSING_INTEGER};
    struct table *records = table_of_keys(keys, 3);
    struct table *stays = people_of(records);

    for (size_t i = 0; i < 3; i++)
        assert_int_equal(fate(stays, i), PERSON_KEPT);
    table_free(stays);
    table_free(records);
}

static void test_text_keys_that_share_a_beginning_are_different_people(void **state)
{
    (void)state;
    static const char *const keys[] = {"P1", "P10", "P1", "P"};
    struct table *records = table_alloc("clients", "");

    assert_non_null(table_add_column(records, "person", COLUMN_TEXT, 4, "", ""));
    assert_int_equal(table_resize(records, 4), 0);
    for (size_t i = 0; i < 4; i++)
        column_set_text(table_column(records, "person"), i, keys[i], strlen(keys[i]));
    struct table *stays = people_of(records);
    assert_int_equal(fate(stays, 0), PERSON_SEVERAL_ROWS);
    assert_int_equal(fate(stays, 1), PERSON_KEPT);
    assert_int_equal(fate(stays, 2), PERSON_SEVERAL_ROWS);
    assert_int_equal(fate(stays, 3), PERSON_KEPT);
    table_free(stays);
    table_free(records);
}

static void test_a_key_of_two_columns_is_one_person_when_both_agree(void **state)
{
    (void)state;
    static const int64_t keys[][2] = {{7, 3}, {7, 4}, {7, 3}, {3, 7}, {MISSING_INTEGER, MISSING_INTEGER}};
    struct table *records = table_alloc("clients", "");
    const struct column *persons[2];

    assert_non_null(table_add_column(records, "first", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(records, "second", COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(records, 5), 0);
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 2; k++)
            column_set_integer(&records->columns[k], i, keys[i][k]);
    for (size_t k = 0; k < 2; k++)
        persons[k] = &records->columns[k];
    struct table *stays = people_stays(records, persons, 2);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(fate(stays, i), i == 0 || i == 2 ? PERSON_SEVERAL_ROWS : PERSON_KEPT);
    table_free(stays);
    table_free(records);
}

static void test_without_a_key_every_row_is_a_person_and_no_rows_are_fine(void **state)
{
    (void)state;
    struct table *records = table_of_keys(NULL, 0);
    struct table *stays = people_stays(records, NULL, 0);

    assert_non_null(stays);
    assert_int_equal(stays->n_rows, 0);
    table_free(stays);
    table_free(records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_of_a_person_on_several_rows_is_set_aside),
        cmocka_unit_test(test_missing_keys_are_not_one_person),
        cmocka_unit_test(test_text_keys_that_share_a_beginning_are_different_people),
        cmocka_unit_test(test_a_key_of_two_columns_is_one_person_when_both_agree),
        cmocka_unit_test(test_without_a_key_every_row_is_a_person_and_no_rows_are_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
