/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One process meets itself; several are tested by tests/mpi. */
#include "base/person_meeting.h"

#include <string.h>

#include "base/table_exchange.h"
#include "tests/support/near.h"

static struct table *numbers(enum column_type type, size_t n, const int64_t *values)
{
    struct table *table = table_alloc("numbers", "");

    assert_non_null(table_add_column(table, "id", type, 0, "", ""));
    assert_int_equal(table_resize(table, n), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(column_set_integer(&table->columns[0], i, values[i]), 0);
    return table;
}

static void test_a_key_finds_its_value_and_says_when_there_is_none_or_several(void **state)
{
    (void)state;
    struct table *const known = numbers(COLUMN_INT64, 7, (const int64_t[]){7, 300, 7, 5, 5, MISSING_INTEGER, 9}),
                 *const asked = numbers(COLUMN_INT16, 7, (const int64_t[]){5, 9, 8, MISSING_INTEGER, 7, 300, 300});
    const struct person_keys keys = {{&known->columns[0]}, 1}, other = {{&asked->columns[0]}, 1};
    struct person_meeting *const meeting = person_meeting_make(&keys, (const int64_t[]){1, 0, 1, 2, 3, 4, -1}, 7);
    int64_t found[7] = {77, 77, 77, 77, 77, 77, 77};

    assert_non_null(meeting);
    assert_int_equal(person_meeting_ask(meeting, &other, NULL, 7, found), 0);
    /* 5 has two values, 9 says nothing, nobody is 8, one has no key, both 7 say the same. */
    assert_memory_equal(found, ((const int64_t[]){MEETING_SEVERAL, MEETING_NOWHERE, MEETING_NOWHERE, MEETING_NOWHERE, 1, 0, 0}),
                        sizeof found);
    found[1] = found[5] = 77;
    assert_int_equal(person_meeting_ask(meeting, &other, (const uint8_t[]){1, 0, 1, 1, 1, 0, 1}, 7, found), 0);
    assert_int_equal(found[0], MEETING_SEVERAL);
    assert_int_equal(found[1], 77);
    assert_int_equal(found[5], 77);
    assert_int_equal(found[6], 0);
    assert_int_equal(person_meeting_ask(meeting, &other, NULL, 0, NULL), 0);
    person_meeting_free(meeting);
    table_free(asked);
    table_free(known);
}

static void test_where_nobody_says_anything_everything_is_nowhere(void **state)
{
    (void)state;
    struct table *const known = numbers(COLUMN_INT32, 0, NULL), *const asked = numbers(COLUMN_INT64, 1, (const int64_t[]){1});
    const struct person_keys keys = {{&known->columns[0]}, 1}, other = {{&asked->columns[0]}, 1};
    struct person_meeting *const meeting = person_meeting_make(&keys, NULL, 0);
    int64_t found = 77;

    assert_non_null(meeting);
    assert_int_equal(person_meeting_ask(meeting, &other, NULL, 1, &found), 0);
    assert_int_equal(found, MEETING_NOWHERE);
    person_meeting_free(meeting);
    person_meeting_free(NULL);
    table_free(asked);
    table_free(known);
}

static void test_two_numbers_are_one_key(void **state)
{
    (void)state;
    struct table *const table = numbers(COLUMN_INT64, 3, (const int64_t[]){1, 1, 2});
    struct column *const second = table_add_column(table, "more", COLUMN_INT64, 0, "", "");
    const struct person_keys keys = {{&table->columns[0], second}, 2};
    int64_t found[3];

    for (size_t i = 0; i < 3; i++)
        column_set_integer(second, i, (int64_t[]){4, 5, 4}[i]);
    struct person_meeting *const meeting = person_meeting_make(&keys, (const int64_t[]){10, 11, 12}, 3);
    assert_non_null(meeting);
    assert_int_equal(person_meeting_ask(meeting, &keys, NULL, 3, found), 0);
    assert_memory_equal(found, ((const int64_t[]){10, 11, 12}), sizeof found);
    person_meeting_free(meeting);
    table_free(table);
}

static void test_rows_that_go_nowhere_do_not_arrive(void **state)
{
    (void)state;
    struct table *const table = numbers(COLUMN_INT8, 4, (const int64_t[]){1, 2, 3, 4});
    struct row_way way;
    size_t first[2] = {77, 77};

    assert_int_equal(row_way_make((const uint32_t[]){0, RANK_NONE, 0, RANK_NONE}, 4, &way), 0);
    struct table *const came = table_exchange(table, &way, first);
    assert_non_null(came);
    assert_int_equal(came->n_rows, 2);
    assert_int_equal(column_integer(&came->columns[0], 0), 1);
    assert_int_equal(column_integer(&came->columns[0], 1), 3);
    assert_int_equal(first[0], 0);
    assert_int_equal(first[1], 2);
    table_free(came);
    row_way_free(&way);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_key_finds_its_value_and_says_when_there_is_none_or_several),
        cmocka_unit_test(test_where_nobody_says_anything_everything_is_nowhere),
        cmocka_unit_test(test_two_numbers_are_one_key),
        cmocka_unit_test(test_rows_that_go_nowhere_do_not_arrive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
