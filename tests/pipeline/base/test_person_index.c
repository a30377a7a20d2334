/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/person_index.h"

#include <stdio.h>
#include <string.h>

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

static void test_rows_are_found_by_number_whatever_the_width_of_the_column(void **state)
{
    (void)state;
    struct table *people = numbers(COLUMN_INT64, 4, (const int64_t[]){7, 300, MISSING_INTEGER, -2}),
                 *visits = numbers(COLUMN_INT16, 5, (const int64_t[]){-2, 300, 8, MISSING_INTEGER, 7});
    const struct person_keys keys = {{&people->columns[0]}, 1}, other = {{&visits->columns[0]}, 1};
    struct person_index *index = person_index_make(&keys, NULL, 4);

    assert_non_null(index);
    assert_int_equal(person_index_first(index, &other, 0), 3);
    assert_int_equal(person_index_first(index, &other, 1), 1);
    assert_true(person_index_first(index, &other, 2) == PERSON_UNKNOWN);
    assert_true(person_index_first(index, &other, 3) == PERSON_MISSING); /* is not the person without a key */
    assert_int_equal(person_index_first(index, &other, 4), 0);
    person_index_free(index);
    table_free(people);
    table_free(visits);
}

static void test_words_are_found_whatever_their_codes(void **state)
{
    (void)state;
    static const char *const first[] = {"b", "a", "dd"}, *const second[] = {"a", "b", "c"};
    struct table *people = table_alloc("people", ""), *visits = table_alloc("visits", ""), *texts = table_alloc("texts", "");

    assert_non_null(table_add_category(people, "id", first, 3, ""));
    assert_non_null(table_add_category(visits, "who", second, 3, ""));
    assert_non_null(table_add_column(texts, "who", COLUMN_TEXT, 2, "", ""));
    assert_int_equal(table_resize(people, 3) + table_resize(visits, 3) + table_resize(texts, 2), 0);
    for (int32_t i = 0; i < 3; i++) {
        column_set_code(&people->columns[0], (size_t)i, i);
        column_set_code(&visits->columns[0], (size_t)i, i);
    }
    column_set_text(&texts->columns[0], 0, "dd", 2);
    column_set_text(&texts->columns[0], 1, "d", 1);
    const struct person_keys keys = {{&people->columns[0]}, 1}, codes = {{&visits->columns[0]}, 1},
                             words = {{&texts->columns[0]}, 1};
    struct person_index *index = person_index_make(&keys, NULL, 3);

    assert_int_equal(person_index_first(index, &codes, 0), 1);
    assert_int_equal(person_index_first(index, &codes, 1), 0);
    assert_true(person_index_first(index, &codes, 2) == PERSON_UNKNOWN);
    assert_int_equal(person_index_first(index, &words, 0), 2);
    assert_true(person_index_first(index, &words, 1) == PERSON_UNKNOWN);
    person_index_free(index);
    table_free(people);
    table_free(visits);
    table_free(texts);
}

static void test_a_person_in_several_entries_has_a_chain_that_ascends(void **state)
{
    (void)state;
    struct table *people = numbers(COLUMN_INT32, 6, (const int64_t[]){5, 6, 5, 5, 6, 9});
    const struct person_keys keys = {{&people->columns[0]}, 1};
    const size_t rows[] = {0, 2, 4, 3}; /* 5, 5, 6, 5: the others are not asked for */
    struct person_index *index = person_index_make(&keys, rows, 4);

    assert_int_equal(person_index_first(index, &keys, 3), 0);
    assert_int_equal(person_index_next(index, 0), 1);
    assert_int_equal(person_index_next(index, 1), 3);
    assert_true(person_index_next(index, 3) == PERSON_UNKNOWN);
    assert_int_equal(person_index_first(index, &keys, 1), 2);
    assert_true(person_index_first(index, &keys, 5) == PERSON_UNKNOWN);
    person_index_free(index);
    table_free(people);
}

static void test_keys_of_two_numbers_need_both(void **state)
{
    (void)state;
    enum { N = 20000 };
    struct table *people = table_alloc("people", "");

    assert_non_null(table_add_column(people, "one", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(people, "two", COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(people, N), 0);
    for (size_t i = 0; i < N; i++) { /* many share a half, nobody both */
        column_set_integer(&people->columns[0], i, (int64_t)(i / 100) << 40);
        column_set_integer(&people->columns[1], i, (int64_t)(i % 100) << 48);
    }
    const struct person_keys keys = {{&people->columns[0], &people->columns[1]}, 2};
    struct person_index *index = person_index_make(&keys, NULL, N);

    for (size_t i = 0; i < N; i++) {
        assert_int_equal(person_index_first(index, &keys, i), i);
        assert_true(person_index_next(index, i) == PERSON_UNKNOWN);
    }
    person_index_free(index);
    table_free(people);
}

/* Rows of 700 persons in 1,000 entries, some without a key, looked up in pieces of every size. */
static void test_many_at_once_are_found_as_one_by_one(void **state)
{
    (void)state;
    enum { N = 1000, ROWS = 1500 };
    int64_t ids[N], asked[ROWS];
    size_t rows[N], entries[ROWS];
    uint8_t leads[N];

    for (size_t i = 0; i < N; i++) {
        ids[i] = i % 41 == 0 ? MISSING_INTEGER : (int64_t)(i * 7919 % 700);
        rows[i] = (i * 37 + 5) % N;
    }
    for (size_t i = 0; i < ROWS; i++)
        asked[i] = i % 53 == 0 ? MISSING_INTEGER : (int64_t)(i * 104729 % 900);
    struct table *const people = numbers(COLUMN_INT64, N, ids), *const visits = numbers(COLUMN_INT32, ROWS, asked);
    const struct person_keys keys = {{&people->columns[0]}, 1}, other = {{&visits->columns[0]}, 1};
    struct person_index *const index = person_index_make(&keys, rows, N);

    for (size_t first = 0, n = 0; first < ROWS; first += n, n = (n * 3 + 1) % 200)
        person_index_find(index, &other, first, first + n < ROWS ? n : ROWS - first, entries + first);
    person_index_leaders(index, leads);
    for (size_t i = 0; i < ROWS; i++) {
        size_t lowest = PERSON_UNKNOWN;
        for (size_t entry = N; entry-- > 0;)
            if (asked[i] != MISSING_INTEGER && ids[rows[entry]] == asked[i])
                lowest = entry;
        assert_true(entries[i] == (asked[i] == MISSING_INTEGER ? PERSON_MISSING : lowest));
        assert_true(entries[i] == person_index_first(index, &other, i));
    }
    for (size_t entry = 0; entry < N; entry++)
        assert_int_equal(leads[entry], ids[rows[entry]] != MISSING_INTEGER && person_index_first(index, &keys, rows[entry]) == entry);
    person_index_free(index);
    table_free(visits);
    table_free(people);
}

static void test_nobody_is_found_among_nobody(void **state)
{
    (void)state;
    struct table *people = numbers(COLUMN_INT8, 1, (const int64_t[]){1});
    const struct person_keys keys = {{&people->columns[0]}, 1};
    struct person_index *index = person_index_make(&keys, NULL, 0);

    assert_true(person_index_first(index, &keys, 0) == PERSON_UNKNOWN);
    person_index_free(index);
    person_index_free(NULL);
    table_free(people);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_found_by_number_whatever_the_width_of_the_column),
        cmocka_unit_test(test_words_are_found_whatever_their_codes),
        cmocka_unit_test(test_a_person_in_several_entries_has_a_chain_that_ascends),
        cmocka_unit_test(test_keys_of_two_numbers_need_both),
        cmocka_unit_test(test_many_at_once_are_found_as_one_by_one),
        cmocka_unit_test(test_nobody_is_found_among_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
